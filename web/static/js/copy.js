// Copy and open: the words go to the clipboard and the site opens beside the desk. Without scripts the words can be selected and the
// site has a link.
import { one, toast } from "./dom.js";

export function startCopy() {
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-copy-open]");
    if (button) copyAndOpen(button);
    const link = e.target.closest("[data-open-edit]");
    const fold = link && document.getElementById(link.getAttribute("href").slice(1))?.querySelector("[data-edit]");
    if (fold) {
      const field = one("textarea", fold);
      fold.open = true;
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
      e.preventDefault();
    }
  });
}

// copyAndOpen does both within the click: later the browser would not let it. The form of the button, if there is one, is sent after.
async function copyAndOpen(button) {
  const form = button.closest("[data-composer]");
  const words = form ? one("textarea", form).value.trim() : one("[data-copy-text]", button.closest("article")).textContent;
  if (!words) return;
  const copied = copy(words);
  window.open(button.dataset.copyOpen, "_blank", "noopener,noreferrer");
  if (!form) toast(await copied ? button.dataset.copied : button.dataset.notCopied);
}

// copy tries the old way first: it is done at once, and works on pages without TLS, where the clipboard's own interface is missing.
function copy(words) {
  const before = document.activeElement, holder = document.createElement("textarea");
  holder.value = words;
  holder.className = "sr";
  document.body.append(holder);
  holder.focus();
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  before?.focus();
  return done || navigator.clipboard?.writeText(words).then(() => true, () => false);
}
