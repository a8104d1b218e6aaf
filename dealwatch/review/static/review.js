// Keyboard triage. Every act submits the card's own form, so that the page works the same without this script.
const say = document.getElementById("say");
const cards = [...document.querySelectorAll("article.card")];
let at = -1;
let choosing = false;
let busy = Promise.resolve();

function select(index, focus = true) {
  if (!cards.length) return;
  at = Math.max(0, Math.min(cards.length - 1, index));
  cards.forEach((card, number) => card.classList.toggle("here", number === at));
  if (focus) cards[at].focus({ preventScroll: true });
  cards[at].scrollIntoView({ block: "nearest" });
}

async function send(form, button) {
  const data = new URLSearchParams(new FormData(form));
  if (button && button.name) data.set(button.name, button.value);
  for (let tries = 0; ; tries++) {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST", body: data, headers: { accept: "application/json" }, redirect: "error",
    });
    if (answer.status === 503 && tries < 5) { await new Promise((done) => setTimeout(done, 1000)); continue; }
    if (answer.status === 403) return { status: 403, message: "You are logged out, or may not decide. Reload the page." };
    const body = await answer.json();
    return { status: answer.status, ...body };
  }
}

async function freshen(deal) {
  const card = cards.find((other) => other.dataset.deal === String(deal));
  if (!card) return;
  const page = await (await fetch(`/deals/${deal}`)).text();
  const now = new DOMParser().parseFromString(page, "text/html").querySelector("article.card");
  if (!now) return;
  const index = cards.indexOf(card);
  for (const back of now.querySelectorAll("[name=back]")) back.value = location.pathname + location.search;
  card.replaceWith(now);
  cards[index] = now;
  now.classList.toggle("done", !now.classList.contains("waiting"));
  if (index === at) select(index);
}

function act(form, button, step) {
  busy = busy.then(async () => {
    const card = form.closest("article.card");
    try {
      const { status, message, deal } = await send(form, button);
      say.textContent = message;
      const shown = deal ?? card?.dataset.deal;
      const total = document.getElementById("total");
      if (shown) await freshen(shown);
      if (status === 200 && total && step) total.textContent = Math.max(0, Number(total.textContent) - 1);
      if (status === 200 && deal !== undefined) {
        const index = cards.findIndex((other) => other.dataset.deal === String(deal));
        if (index >= 0) { select(index); if (total) total.textContent = Number(total.textContent) + 1; } else location.reload();
      } else if (status === 200 && step && cards[at]?.dataset.deal === card?.dataset.deal) select(at + 1);
    } catch {
      say.textContent = "The server did not answer. Nothing is lost here: try again.";
    }
  });
}

const form = (name) => cards[at]?.querySelector(`form.${name}`);
function open(name, field) {
  const found = form(name);
  if (!found) return;
  found.closest("details").open = true;
  found.querySelector(`[name=${field}]`).focus();
}

const keys = {
  j: () => select(at + 1),
  k: () => select(at - 1),
  c: () => form("confirm") && act(form("confirm"), form("confirm").querySelector("button"), true),
  d: () => { if (form("dismiss")) { choosing = true; say.textContent = "Dismiss: 1 to 6 says why, Esc leaves it"; } },
  s: () => open("snooze", "until"),
  n: () => open("note", "note"),
  e: () => open("correct", "type"),
  u: () => { const undo = document.getElementById("undo"); if (undo) act(undo, null, false); },
  o: () => cards[at]?.querySelector("a.source")?.click(),
  "/": () => document.getElementById("q").focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, select, textarea, dialog");
  if (event.key === "Escape") {
    choosing = false;
    if (field && !field.matches("dialog")) select(at);
    return;
  }
  if (field) return;
  if (choosing && /^[1-6]$/.test(event.key)) {
    const dismiss = form("dismiss");
    dismiss.elements.reason.selectedIndex = Number(event.key) - 1;
    choosing = false;
    event.preventDefault();
    act(dismiss, dismiss.querySelector("button"), true);
    return;
  }
  choosing = false;
  if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
});

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (!sent.matches(".acts form, #undo")) return;
  event.preventDefault();
  const card = sent.closest("article.card");
  if (card) select(cards.indexOf(card), false);
  act(sent, event.submitter, ["confirm", "dismiss", "snooze"].includes(event.submitter?.value));
});

document.addEventListener("input", async (event) => {
  if (!event.target.matches("[list=names]")) return;
  const parts = event.target.value.split(";");
  const word = parts.pop().trim();
  if (word.length < 2) return;
  const found = await (await fetch(`/entities?q=${encodeURIComponent(word)}`)).json();
  const before = parts.length ? `${parts.join(";")}; ` : "";
  document.getElementById("names").replaceChildren(...found.map(({ name }) => new Option(name, before + name)));
});

if (innerWidth <= 700) document.querySelector(".filters")?.removeAttribute("open");
select(0, false);
