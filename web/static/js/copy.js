// Copy and open: the words go to the clipboard and the site opens beside the desk. Without scripts the words can be selected and the
// site has a link.
import { one, toast } from "./dom.js";

export function startCopy() {
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-copy-open]");
    if (button) copyAndOpen(button);
    const link = e.target.closest("[data-open-edit]");
    const fold = link && one(link.getAttribute("href"))?.querySelector("[data-edit]");
    if (fold) {
      fold.open = true;
      one("textarea", fold).focus();
      e.preventDefault();
    }
  });
}

// copyAndOpen does both within the click: later the browser would not let it. The form of the button, if there is one, is sent after.
function copyAndOpen(button) {
  const form = button.closest("[data-composer]");
  const words = form ? one("textarea", form).value.trim() : one("[data-copy-text]", button.closest("article")).textContent;
  if (!words) return;
  const said = copy(words) ? button.dataset.copied : button.dataset.notCopied;
  window.open(button.dataset.copyOpen, "_blank", "noopener,noreferrer");
  if (!form) toast(said);
}

// copy works on pages without TLS, too, where the clipboard's own interface is missing.
function copy(words) {
  navigator.clipboard?.writeText(words).catch(() => {});
  const holder = document.createElement("textarea");
  holder.value = words;
  holder.className = "sr";
  document.body.append(holder);
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  return done || !!navigator.clipboard;
}
