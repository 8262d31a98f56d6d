// The draft saves itself while somebody writes. One save at a time: each carries the version that the one before returned.
import { all, fill, one, piece } from "./dom.js";

let form, field, timer, inFlight = null, saved = "";

export function startDraft() {
  form = one("[data-composer]");
  if (!form) return;
  field = one("textarea", form);
  saved = field.value;
  if (location.hash === "#reply") field.focus();
  field.addEventListener("input", () => {
    showCount();
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  });
  form.addEventListener("submit", beforeSubmit);
  addEventListener("online", save);
  addEventListener("pagehide", () => save(true));
}

export const unsaved = () => !!field?.isConnected && field.value !== saved;

function save(last = false) {
  if (!field.isConnected || inFlight || field.value === saved) return inFlight;
  const words = field.value;
  const data = new URLSearchParams(new FormData(form));
  inFlight = piece(form.getAttribute("action"), { method: "POST", body: data, keepalive: last === true })
    .then(async (answer) => {
      if (!answer.ok) throw new Error((await answer.text()).trim());
      const got = await answer.json();
      saved = words;
      one("[data-version]", form).value = got.version;
      one("[data-saved]", form).textContent = field.value === words ? got.said : "";
      if (field.value === words) show(got.count, got.class, got.arc);
    })
    .catch((why) => { one("[data-saved]", form).textContent = fill(field.dataset.lost, { why: why.message }); })
    .finally(() => { inFlight = null; });
  return inFlight;
}

// beforeSubmit waits for a save under way, or its version would be older than the store's.
function beforeSubmit(e) {
  clearTimeout(timer);
  if (!inFlight) { saved = field.value; return; }
  e.preventDefault();
  const button = e.submitter;
  inFlight.finally(() => form.requestSubmit(button));
}

const units = {
  graphemes: (s) => [...new Intl.Segmenter().segment(s)].length,
  bytes: (s) => new TextEncoder().encode(s).length,
  utf16: (s) => s.length,
};

// showCount counts at once where the browser can count as the network does; otherwise the server's count follows the save.
function showCount() {
  const box = one("[data-counter]", form);
  const count = units[box.dataset.unit];
  if (!count) return;
  const max = Number(box.dataset.max), length = count(field.value);
  if (!max) return show(fill(box.dataset.plain, { n: length }), "", 0);
  const near = length * 10 >= max * 9;
  const text = length > max ? fill(box.dataset.over, { n: length - max }) : near ? fill(box.dataset.left, { n: max - length }) : fill(box.dataset.of, { length, max });
  show(text, length > max ? "counter--over" : near ? "counter--near" : "", Math.min(100, Math.round(length * 100 / max)));
}

function show(text, className, arc) {
  const box = one("[data-counter]", form);
  box.className = `counter ${className}`;
  one("[data-count]", box).textContent = text;
  for (const ring of all(".fill", box)) ring.setAttribute("stroke-dasharray", `${arc} 100`);
}
