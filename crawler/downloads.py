"""Scrapy's download handler, so that one source's running downloads can be ended while the others go on."""

import asyncio

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response


class EndableHandler(HTTP11DownloadHandler):
    """Puts each download into the set `request.meta["downloads"]` while it runs; cancelling it there ends it."""

    async def download_request(self, request: Request) -> Response:
        download = asyncio.ensure_future(super().download_request(request))
        running: set[asyncio.Future[Response]] = request.meta.get("downloads", set())
        running.add(download)
        try:
            return await download
        except asyncio.CancelledError as error:
            raise DownloadCancelledError(f"Download of {request.url} was ended") from error
        finally:
            running.discard(download)
