// Small helpers that several modules use.
export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// piece asks the server for a fragment.
export const piece = (path, options = {}) =>
  fetch(path, { ...options, headers: { "X-Piece": "1", ...options.headers } });

// say tells people who listen rather than look, at most every ten seconds.
let said = 0, waiting;
export function say(text) {
  clearTimeout(waiting);
  const wait = Math.max(0, said + 10_000 - Date.now());
  waiting = setTimeout(() => {
    said = Date.now();
    const place = one("[data-say]");
    if (place) place.textContent = text;
  }, wait);
}

// toast says what was just done.
export function toast(text) {
  const place = one("[data-toasts]");
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", "status");
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  box.append(words);
  place.replaceChildren(box);
  setTimeout(() => box.remove(), 10_000);
}

// fill puts values into a text of the catalogue.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// typing tells whether the person writes or chooses something right now.
export function typing() {
  const el = document.activeElement;
  return !!el && (el.matches("input, textarea, select") || el.isContentEditable);
}
