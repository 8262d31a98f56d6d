// The page of a case follows what happens to it. While somebody writes, nothing is replaced: a bar says that something changed.
import { one, piece, typing } from "./dom.js";
import { unsaved } from "./draft.js";
import { reveal } from "./ui.js";

const parts = ["[data-thread]", ".main > .bar", "#context", "[data-list]"];
let timer = null;

export function startCase(live) {
  const page = one("[data-case-page]");
  if (!page) return;
  live.addEventListener("event", ({ detail }) => {
    if (detail.case !== page.dataset.casePage && detail.what !== "missed") return;
    if (detail.what === "reply.saved" && detail.actor === document.body.dataset.me) return;
    timer ??= setTimeout(() => { timer = null; refresh(detail); }, 200);
  });
}

const busy = () => typing() || unsaved() || one("details.drop[open], dialog[open], .msg details[open]");

async function refresh(detail) {
  if (busy()) {
    if (detail.actor !== document.body.dataset.me) one("[data-changed]").hidden = false;
    return;
  }
  const answer = await piece(location.pathname).catch(() => null);
  if (!answer?.ok || busy()) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of parts) swap(one(selector), one(selector, next));
  const dock = one(".dock"), nextDock = one(".dock", next);
  if (!!one("form", dock) !== !!one("form", nextDock)) location.reload();
  else swap(dock, nextDock, !one("form", dock));
  reveal();
}

// swap replaces what is inside when it differs, so that nothing flickers and scrolling stays where it is.
function swap(old, next, allowed = true) {
  if (allowed && old && next && old.innerHTML !== next.innerHTML) old.replaceChildren(...next.childNodes);
}
