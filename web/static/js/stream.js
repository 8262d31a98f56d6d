// The stream says how many mentions arrived since it was read; it never moves by itself.
import { one, say } from "./dom.js";

export function startStream(live) {
  const chip = one("[data-newer]");
  if (!chip || location.search) return;
  const words = one("[data-newer-text]", chip);
  let n = 0;
  live.addEventListener("event", ({ detail }) => {
    if (detail.what !== "mention.new" && detail.what !== "missed") return;
    n++;
    words.textContent = (n === 1 ? words.dataset.single : words.dataset.many).replace("2", n);
    chip.hidden = false;
    say(words.textContent);
  });
}
