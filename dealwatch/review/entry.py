"""Coming in and going out."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from dealwatch.review.doors import Limiter, Links
from dealwatch.review.site import HERE, Site, form_of


class Entry:
    def __init__(self, site: Site, links: Links | None) -> None:
        self.site, self.people, self.links = site, site.people, links
        self.limiter = Limiter()
        self.routes = [
            Route("/login", self.form),
            Route("/login", self.login, methods=["POST"]),
            Route("/login/style.css", self.style),
            Route("/logout", self.logout, methods=["POST"]),
        ]

    def page(self, request: Request, message: str = "", status: int = 200) -> Response:
        return self.site.page(request, "login.html", {"warning": message, "local": self.links is not None}, status)

    async def form(self, request: Request) -> Response:
        """The form; with a one-time token in the address, the way in."""
        token = request.query_params.get("token", "")
        if not token:
            return self.page(request)
        if self.links is None or not self.links.use(token):
            return self.page(request, "This link has been used. Start dealwatch review again for a new one.", 403)
        request.session.clear()
        request.session["boot"] = self.links.boot
        return RedirectResponse("/", 303)

    async def login(self, request: Request) -> Response:
        form = await form_of(request)
        name, visitor = form.get("name", "")[:64], f"from {request.client.host if request.client else ''}"
        wait = self.limiter.wait(f"name {name}", visitor)
        if wait:
            page = self.page(request, f"Too many tries. Wait {wait // 60 + 1} minutes.", 429)
            page.headers["retry-after"] = str(wait)
            return page
        self.limiter.failed(f"name {name}", visitor)
        person = await run_in_threadpool(self.people.verify, name, form.get("password", "")[:1000])
        if person is None:
            return self.page(request, "Name or password is wrong.", 403)
        self.limiter.passed(f"name {name}")
        self.limiter.passed(visitor)
        request.session.clear()
        request.session.update({"name": person.name, "epoch": person.epoch})
        return RedirectResponse("/", 303)

    async def logout(self, request: Request) -> Response:
        request.session.clear()
        return RedirectResponse("/login", 303)

    async def style(self, request: Request) -> Response:
        return FileResponse(HERE / "static" / "style.css")
