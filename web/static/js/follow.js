// Sources and outbox follow what happens. What is under the hand stays: while the pointer rests on the page's body, or something
// in it has the focus or is open, a button in the header waits instead, and the change comes in when the hand leaves.
import { all, one, piece, say } from "./dom.js";

const about = {
  sources: (what) => what.startsWith("source."),
  outbox: (what) => what.startsWith("outbox.") || what.startsWith("stop.") || what === "reply.moved" || what === "notice.sent",
};
let area, button, timer = null, due = false, busy = false;

export function startFollow(live) {
  area = one("[data-follow]");
  button = one("[data-follow-now]");
  if (!area || !button) return;
  live.addEventListener("event", ({ detail }) => {
    if (detail.what !== "missed" && !about[area.dataset.follow](detail.what)) return;
    due = true;
    timer ??= setTimeout(offer, 250);
  });
  button.addEventListener("click", refresh);
  area.addEventListener("pointerleave", offer);
  area.addEventListener("focusout", () => setTimeout(offer));
}

const held = () => area.matches(":hover") || area.contains(document.activeElement) || !!one("details[open]", area);

function offer() {
  timer = null;
  if (!due) return;
  if (!held()) return refresh();
  if (!button.hidden) return;
  button.hidden = false;
  say(button.textContent);
}

async function refresh() {
  if (busy) return;
  busy = true;
  due = false;
  const asked = this === button;
  const answer = await piece(location.pathname).catch(() => null);
  busy = false;
  if (!answer?.ok) { due = true; return; }
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!asked && held()) { due = true; return offer(); } // the hand came while the answer was on its way
  button.hidden = true;
  const from = one("[data-follow]", next);
  if (from && area.innerHTML !== from.innerHTML) area.replaceChildren(...from.childNodes);
  bars(next);
  if (due) offer();
}

// bars brings the stop switches at the top up to date.
function bars(next) {
  const selector = "#main > .notice--bar:not([data-offline])";
  const old = all(selector), fresh = all(selector, next);
  if (old.map((el) => el.outerHTML).join() === fresh.map((el) => el.outerHTML).join()) return;
  for (const el of old) el.remove();
  one("#main > header").before(...fresh);
}
