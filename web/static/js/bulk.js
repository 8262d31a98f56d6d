// Several cases at once: selected with x, then taken or resolved one after another; the result names what was skipped.
import { all, fill, one, toast } from "./dom.js";

export function startBulk() {
  const bar = one("[data-bulk]");
  if (!bar) return;
  document.addEventListener("earshot:select", (e) => {
    const card = e.target.closest("[data-case]");
    if (!card) return;
    card.classList.toggle("card--selected");
    show(bar);
  });
  bar.addEventListener("click", (e) => {
    const act = e.target.closest("[data-act]")?.dataset.act;
    if (act === "clear") clear(bar);
    else if (act) run(bar, act);
  });
}

const selected = () => all(".card--selected");

function show(bar) {
  const n = selected().length;
  bar.hidden = !n;
  one("[data-n]", bar).textContent = fill(bar.dataset.selected, { n });
}

function clear(bar) {
  for (const card of selected()) card.classList.remove("card--selected");
  show(bar);
}

async function run(bar, act) {
  let done = 0, skipped = 0;
  for (const card of selected()) {
    const body = new URLSearchParams({ version: card.dataset.version ?? "", to: "board" });
    const answer = await fetch(`/cases/${card.dataset.case}/${act}`, { method: "POST", body, redirect: "manual", headers: { "X-Piece": "1" } }).catch(() => null);
    if (answer?.type === "opaqueredirect") done++;
    else skipped++;
    card.classList.remove("card--selected");
  }
  show(bar);
  toast(fill(skipped ? bar.dataset.skipped : bar.dataset.done, { n: done, m: skipped }));
}
