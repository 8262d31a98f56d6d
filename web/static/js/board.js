// The board follows what happens. A card that is on it changes in place; a case that is new to it waits behind "3 new", so that
// nothing moves under the hand.
import { all, one, piece, say } from "./dom.js";

const touched = new Set();
const fresh = new Map(); // column → cards that wait, newest first
let timer = null, busy = false;

export function startBoard(live) {
  if (!one("[data-board]")) return;
  live.addEventListener("event", ({ detail }) => {
    if (detail.what === "missed") return location.reload();
    if (!detail.case) return;
    touched.add(detail.case);
    timer ??= setTimeout(update, 250);
  });
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-fresh] button");
    if (button) release(button.parentElement.dataset.fresh);
  });
}

async function update() {
  timer = null;
  if (busy) { timer = setTimeout(update, 250); return; }
  busy = true;
  const ids = [...touched];
  touched.clear();
  for (const id of ids) await refresh(id).catch(() => touched.add(id));
  await counts().catch(() => {});
  reveal();
  busy = false;
}

// reveal shows a column that was empty, and so hidden, once something is in it.
function reveal() {
  for (const el of all("[data-optional]")) {
    const column = one(`#c-${el.dataset.optional}`);
    el.hidden = !one("[data-case], [data-fresh] button", column);
  }
}

// refresh brings one case up to date: its card changes, moves, leaves or waits.
async function refresh(id) {
  const old = one(`[data-board] [data-case="${CSS.escape(id)}"]`);
  const answer = await piece(`/cases/${id}/card${location.search}`);
  if (answer.status >= 500) return;
  forget(id);
  if (answer.status !== 200) {
    if (old && !old.contains(document.activeElement)) old.remove();
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const card = holder.content.firstElementChild;
  const column = answer.headers.get("X-Column");
  if (!old) {
    if (!new URLSearchParams(location.search).get("q")) wait(column, card);
    return;
  }
  const focused = old.contains(document.activeElement);
  const list = one(`[data-column="${column}"]`);
  const cursor = old.classList.contains("card--cursor");
  if (old.parentElement === list) old.replaceWith(card);
  else {
    old.remove();
    one(".empty", list)?.remove();
    list.prepend(card);
  }
  card.classList.toggle("card--cursor", cursor);
  if (focused) one(".card__name", card).focus({ preventScroll: true });
}

function forget(id) {
  for (const cards of fresh.values()) {
    const at = cards.findIndex((card) => card.dataset.case === id);
    if (at >= 0) cards.splice(at, 1);
  }
  all("[data-fresh]").forEach(chip);
}

function wait(column, card) {
  if (!fresh.has(column)) fresh.set(column, []);
  fresh.get(column).unshift(card);
  const place = one(`[data-fresh="${column}"]`);
  chip(place);
  say(`${one(`#h-${column}`).textContent}: ${place.textContent}`);
}

// chip shows how many cards wait in a column.
function chip(place) {
  const n = fresh.get(place.dataset.fresh)?.length ?? 0;
  if (!n) return place.replaceChildren();
  let button = one("button", place);
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "chip chip--on";
    place.append(button);
  }
  button.textContent = (n === 1 ? place.dataset.single : place.dataset.many).replace("2", n);
}

function release(column) {
  const list = one(`[data-column="${column}"]`);
  one(".empty", list)?.remove();
  const cards = fresh.get(column) ?? [];
  list.prepend(...cards);
  fresh.set(column, []);
  chip(one(`[data-fresh="${column}"]`));
  list.scrollTop = 0;
  one(".card__name", cards[0])?.focus();
}

async function counts() {
  const answer = await piece(`/board/counts${location.search}`);
  if (!answer.ok) return;
  for (const [column, n] of Object.entries(await answer.json())) {
    for (const el of all(`[data-count-of="${column}"]`)) el.textContent = n;
  }
}
