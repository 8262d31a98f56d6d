// Menus that close, filters that apply themselves, the drawer, toasts that leave, the line that went down.
import { all, one } from "./dom.js";

export function startUI() {
  reveal();
  one("[data-show-keys]")?.addEventListener("click", showKeys);
  document.addEventListener("change", (e) => e.target.closest("[data-submit]")?.form.requestSubmit());
  document.addEventListener("submit", dropEmpty);
  document.addEventListener("click", closeMenus);
  document.addEventListener("click", openDrawer);
  document.addEventListener("keydown", (e) => e.key === "Escape" && escape());
  document.addEventListener("click", showMore);
  for (const box of all("[data-toasts] .toast")) setTimeout(() => box.remove(), 10_000);
  cleanAddress();
  watchLine();
}

// reveal shows what works with scripts only, and hides its stand-in.
export function reveal() {
  for (const el of all("[data-js], [data-show-keys]")) el.hidden = false;
  for (const el of all("[data-nojs]")) el.hidden = true;
}

export function showKeys() {
  one("[data-keys]")?.showModal();
}

// dropEmpty keeps addresses short: a filter that is not set is not sent.
function dropEmpty(e) {
  if (e.target.method !== "get") return;
  for (const field of all("input[name], select[name]", e.target)) if (!field.value) field.disabled = true;
  setTimeout(() => { for (const field of all(":disabled", e.target)) field.disabled = false; });
}

function closeMenus(e) {
  for (const menu of all("details.drop[open]")) if (!menu.contains(e.target)) menu.open = false;
}

function escape() {
  for (const menu of all("details.drop[open]")) {
    menu.open = false;
    one("summary", menu).focus();
  }
  const drawer = one(".context.is-open");
  if (drawer) {
    drawer.classList.remove("is-open");
    one("[data-drawer]")?.focus();
  }
}

function openDrawer(e) {
  const opener = e.target.closest("[data-drawer]");
  const drawer = one("#context");
  if (!drawer) return;
  if (opener) {
    e.preventDefault();
    drawer.classList.toggle("is-open");
    if (drawer.classList.contains("is-open")) drawer.focus();
  } else if (!drawer.contains(e.target)) drawer.classList.remove("is-open");
}

// showMore puts the next cards where the button stands. With htmx on the page, htmx does it.
async function showMore(e) {
  const link = e.target.closest("[data-more]");
  if (!link || window.htmx || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const answer = await fetch(link.href, { headers: { "X-Piece": "1" } }).catch(() => null);
  if (!answer?.ok) {
    location.href = link.href;
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const first = one("a", holder.content);
  link.closest("li").replaceWith(holder.content);
  first?.focus();
}

// cleanAddress takes the word of what was done out of the address, so that a reload does not say it again.
function cleanAddress() {
  const here = new URL(location.href);
  if (!here.searchParams.has("did")) return;
  here.searchParams.delete("did");
  here.searchParams.delete("case");
  history.replaceState(null, "", here);
}

function watchLine() {
  const bar = one("[data-offline]");
  if (!bar) return;
  const show = () => { bar.hidden = navigator.onLine; };
  addEventListener("offline", show);
  addEventListener("online", show);
}
