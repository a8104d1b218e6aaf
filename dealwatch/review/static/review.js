// Keyboard triage. Every act submits the card's own form, so that the page works the same without this script.
const say = document.getElementById("say");
const total = document.getElementById("total");
const cards = [...document.querySelectorAll("article.card")];
const shown = (document.getElementById("cards")?.dataset.states ?? "").split(" ");
const fresh = document.getElementById("cards")?.dataset.fresh ?? "";
const AFTER = { confirm: "confirmed", dismiss: "dismissed", snooze: "snoozed" };
const sending = new Set();
let at = -1;
let choosing = false;
let queue = Promise.resolve();

function select(index, focus = true) {
  if (!cards.length) return;
  at = Math.max(0, Math.min(cards.length - 1, index));
  cards.forEach((card, number) => card.classList.toggle("here", number === at));
  if (focus) cards[at].focus({ preventScroll: true });
  cards[at].scrollIntoView({ block: "nearest" });
}

const find = (deal) => cards.findIndex((card) => card.dataset.deal === String(deal));

// The number in the heading counts the deals that the filter lets through.
function moved(before, after) {
  const change = shown.includes(after) - shown.includes(before);
  if (total && change) total.textContent = Number(total.textContent) + change;
}

function mark(card, state) {
  moved(card.dataset.state, state);
  card.dataset.state = state;
  card.classList.toggle("done", !shown.includes(state));
}

async function send(form, data) {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST", body: data, headers: { accept: "application/json" }, redirect: "error", keepalive: true,
    });
    if (answer.status === 503 && tries < 5) { await new Promise((done) => setTimeout(done, 1000)); continue; }
    if (answer.status === 403) return { status: 403, message: "You are logged out, or may not decide. Reload the page." };
    return { status: answer.status, ...await answer.json() };
  }
}

async function freshen(deal) {
  const index = find(deal);
  if (index < 0) return;
  const page = await (await fetch(`/deals/${deal}${fresh}`)).text();
  const now = new DOMParser().parseFromString(page, "text/html").querySelector("article.card");
  if (!now) return;
  const card = cards[index];
  for (const back of now.querySelectorAll("[name=back]")) back.value = location.pathname + location.search;
  const state = now.dataset.state;
  now.dataset.state = card.dataset.state;
  card.replaceWith(now);
  cards[index] = now;
  mark(now, state);
  if (index === at) select(index, document.activeElement === document.body);
}

// The numbers of the filters, once no act is on its way any more.
async function recount() {
  const facets = document.getElementById("facets");
  if (!facets || sending.size) return;
  const answer = await fetch(`/facets${location.search}`);
  if (!answer.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  facets.replaceChildren(...now.body.childNodes);
}

// One act after the other reaches the server, in the order of the keys; the page does not wait for the answers.
function later(work) {
  queue = queue.then(work).catch(() => { say.textContent = "The server did not answer. Nothing is lost: try again."; });
}

function act(form, button) {
  const card = form.closest("article.card");
  const { deal } = card.dataset;
  const action = button?.value;
  if (sending.has(deal)) return;
  sending.add(deal);
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.set(button.name, action);
  const before = card.dataset.state;
  if (action in AFTER) {
    mark(card, AFTER[action]);
    select(find(deal) + 1);
  }
  later(async () => {
    let answer = { status: 0 };
    try {
      answer = await send(form, data);
      say.textContent = answer.message;
      if (!answer.to) await freshen(deal);
    } finally {
      sending.delete(deal);
      if (answer.status !== 200) {
        if (!answer.status) mark(cards[find(deal)], before);
        select(find(deal));
      }
    }
    if (answer.to) location.assign(answer.to);
    else if (answer.status === 200 && finished()) location.reload();
    else recount().catch(() => {});
  });
}

// All on this page is decided, and more wait on the next.
const finished = () =>
  !sending.size && Number(total?.textContent) > 0 && cards.every((card) => !shown.includes(card.dataset.state));

function undo(form) {
  later(async () => {
    const { status, message, deal } = await send(form, new URLSearchParams(new FormData(form)));
    say.textContent = message;
    if (status !== 200) return;
    const index = find(deal);
    if (index < 0) { location.reload(); return; }
    await freshen(deal);
    select(index);
    recount().catch(() => {});
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
  c: () => form("confirm") && act(form("confirm"), form("confirm").querySelector("button")),
  d: () => { if (form("dismiss")) { choosing = true; say.textContent = "Dismiss: 1 to 6 says why, Esc leaves it"; } },
  s: () => open("snooze", "until"),
  n: () => open("note", "note"),
  e: () => open("correct", "type"),
  m: () => open("merge", "other"),
  u: () => { const found = document.getElementById("undo"); if (found) undo(found); },
  o: () => cards[at]?.querySelector("a.source")?.click(),
  Enter: () => cards[at]?.querySelector("h2 a")?.click(),
  "/": () => document.getElementById("q").focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, select, textarea, dialog[open]");
  if (event.key === "Escape") {
    if (choosing) say.textContent = "";
    choosing = false;
    if (field && !field.matches("dialog")) select(at);
    return;
  }
  if (field) return;
  if (event.key === "Enter" && !event.target.matches("article.card, body")) return;
  if (choosing && /^[1-6]$/.test(event.key)) {
    const dismiss = form("dismiss");
    dismiss.elements.reason.selectedIndex = Number(event.key) - 1;
    choosing = false;
    event.preventDefault();
    act(dismiss, dismiss.querySelector("button"));
    return;
  }
  choosing = false;
  if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
});

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent.id === "undo") { event.preventDefault(); undo(sent); }
  if (!sent.matches(".acts form")) return;
  event.preventDefault();
  select(cards.indexOf(sent.closest("article.card")), false);
  act(sent, event.submitter ?? sent.querySelector("button"));
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest("article.card");
  if (card && cards[at] !== card) select(cards.indexOf(card), false);
});

window.addEventListener("beforeunload", (event) => { if (sending.size) event.preventDefault(); });

document.getElementById("keys")?.addEventListener("click", () => keys["?"]());

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
