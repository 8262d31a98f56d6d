// Single keys. They rest while somebody types, while a dialog is open, and when the person switched them off.
import { all, one, typing } from "./dom.js";
import { showKeys } from "./ui.js";

const setting = "earshot.keys";
let cursor = null, leader = 0;

export function startKeys() {
  const box = one("[data-keys-on]");
  if (box) {
    box.checked = enabled();
    box.addEventListener("change", () => localStorage.setItem(setting, box.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", onKey);
}

const enabled = () => localStorage.getItem(setting) !== "off";

function onKey(e) {
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) return sendReply(e);
  if (e.ctrlKey || e.metaKey || e.altKey || typing() || !enabled() || one("dialog[open]")) return;
  const act = Date.now() - leader < 1200 ? places[e.key] : acts[e.key];
  leader = 0;
  if (act?.() !== undefined) e.preventDefault();
}

function sendReply(e) {
  const form = e.target.closest?.("[data-composer]");
  if (!form) return;
  e.preventDefault();
  one("[formaction]", form)?.click();
}

const go = (path) => () => { location.href = path; return true; };
const places = { b: go("/board"), s: go("/stream"), o: go("/sources"), x: go("/outbox") };

const acts = {
  j: () => move(1),
  k: () => move(-1),
  Enter: open,
  u: back,
  x: () => current()?.dispatchEvent(new CustomEvent("earshot:select", { bubbles: true })),
  i: () => submit("claim", '[data-key="i"]'),
  e: () => submit("resolve", '[data-key="e"]'),
  r: reply,
  h: () => press('[data-drop="h"] summary'),
  z: () => press("[data-undo] button"),
  "/": () => { const field = one("[data-search]"); field?.focus(); field?.select(); return !!field; },
  g: () => { leader = Date.now(); return true; },
  "?": () => { showKeys(); return true; },
};

const items = () => all("[data-board] [data-case], [data-column] [data-case], [data-list] > li").filter((el) => el.offsetParent);

export function current() {
  if (cursor?.isConnected) return cursor;
  return one("[data-list] .item--on");
}

function move(step) {
  const list = items();
  if (!list.length) return;
  const at = list.indexOf(current());
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1)];
  cursor?.classList.remove("card--cursor");
  cursor = next;
  next.classList.add("card--cursor");
  const link = one(".card__name", next);
  link?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (one("[data-case-page]") && link) location.href = link.href;
  return true;
}

function open() {
  if (document.activeElement?.matches("a, button, summary")) return;
  const link = current() && one(".card__name", current());
  link?.click();
  return link ? true : undefined;
}

function back() {
  const link = one("[data-back]");
  link?.click();
  return link ? true : undefined;
}

function press(selector) {
  const el = one(selector);
  el?.click();
  return el ? true : undefined;
}

// submit runs an act on the case of the page, or on the card under the cursor.
function submit(act, selector) {
  const form = one(selector);
  if (form) { form.requestSubmit(); return true; }
  const id = cursor?.isConnected && cursor.dataset.case;
  if (!id || one("[data-case-page]") || document.body.dataset.works !== "yes") return;
  const made = document.createElement("form");
  made.method = "post";
  made.action = `/cases/${id}/${act}`;
  for (const [name, value] of [["to", "board"], ["version", cursor.dataset.version ?? ""]]) {
    const field = document.createElement("input");
    field.type = "hidden"; field.name = name; field.value = value;
    made.append(field);
  }
  document.body.append(made);
  made.requestSubmit();
  return true;
}

function reply() {
  const field = one("#reply");
  if (field) { field.focus(); return true; }
  const link = cursor?.isConnected && one(".card__name", cursor);
  if (link) { location.href = link.href.split("#")[0] + "#reply"; return true; }
}
