// The list by keyboard, the card beside it, and what an entry of the week is about.

import { isTyping, singleKeys } from "../web/keys.js";

const search = document.getElementById("search");
const card = document.getElementById("card");
let openFirst = false;

// ── up and down the list ────────────────────────────────────────────────────────────────────────

const links = () => [...document.querySelectorAll(".row-open")];

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return move(event);
  if (event.key === "Enter" && event.target === search) return openFound(event);
  if (event.key === "Escape") return leave(event);
  if (event.key === "f" && singleKeys() && !isTyping(event.target)) return mark(event);
});

function move(event) {
  const all = links();
  const row = event.target.closest?.(".row");
  if (event.target !== search && !row) return;
  const at = row ? all.indexOf(row.querySelector(".row-open")) : -1;
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  if (next >= all.length) return;
  event.preventDefault();
  if (next < 0) search.focus();
  else all[next].focus();
}

// Enter in the search opens the first hit of what is written, also where the answer has yet to come.
function openFound(event) {
  event.preventDefault();
  const shown = document.querySelector(".rows")?.dataset.query;
  if (shown === search.value.trim()) links()[0]?.click();
  else openFirst = true;
}

function leave(event) {
  if (document.querySelector(":popover-open")) return;
  if (card.querySelector(".card")) {
    event.preventDefault();
    closeCard();
  } else if (event.target !== search) search.focus();
}

function mark(event) {
  const star = (event.target.closest?.(".row") ?? card.querySelector(".card-head"))?.querySelector(".star button");
  if (star) star.click();
}

// ── the card ────────────────────────────────────────────────────────────────────────────────────

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close-card]");
  if (!close || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  closeCard(close.getAttribute("href"));
});

function closeCard(address = card.querySelector("[data-close-card]")?.getAttribute("href") ?? "/") {
  const who = card.querySelector(".card")?.dataset.cardPerson;
  card.replaceChildren(document.getElementById("card-nobody").content.cloneNode(true));
  history.replaceState({ htmx: true }, "", address);
  document.title = document.querySelector("#list-title").textContent;
  showOpen();
  document.dispatchEvent(new CustomEvent("kk:shown"));
  const row = [...document.querySelectorAll(".row")].find((each) => each.dataset.person === who);
  (row?.querySelector(".row-open") ?? search).focus();
}

function showOpen() {
  const who = card.querySelector(".card")?.dataset.cardPerson;
  for (const row of document.querySelectorAll(".row")) {
    const isOpen = row.dataset.person === who;
    row.classList.toggle("is-open", isOpen);
    const link = row.querySelector(".row-open");
    if (isOpen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  const from = event.detail?.ctx?.sourceElement;
  const target = event.detail?.ctx?.target;
  if (target?.id === "rows" && openFirst) {
    openFirst = false;
    links()[0]?.click();
  }
  if (target?.id === "card" && from?.matches?.(".row-open")) {
    document.getElementById("card-name")?.focus({ preventScroll: true });
    if (matchMedia("(max-width: 60rem)").matches) scrollTo(0, 0);
    else card.scrollTop = 0;
  }
  showOpen();
});

showOpen();

// ── what an entry is about: on hover, focus and tap (WCAG 1.4.13: stays under the pointer, Escape closes) ───────

let closing = 0;

const aboutOf = (entry) => document.getElementById(entry.getAttribute("popovertarget"));
const entryAt = (event) => event.target.closest?.("[data-about]");

function show(entry) {
  clearTimeout(closing);
  const about = aboutOf(entry);
  if (!about || about.matches(":popover-open")) return;
  about.showPopover();
  place(about, entry.getBoundingClientRect());
}

function place(about, beside) {
  const { width, height } = about.getBoundingClientRect();
  const below = beside.bottom + 6 + height <= innerHeight;
  about.style.margin = "0";
  about.style.inset = "auto";
  about.style.left = `${Math.max(8, Math.min(beside.left, innerWidth - width - 8))}px`;
  about.style.top = `${below ? beside.bottom + 6 : Math.max(8, beside.top - height - 6)}px`;
}

function hideSoon(about) {
  clearTimeout(closing);
  closing = setTimeout(() => about?.matches(":popover-open") && about.hidePopover(), 160);
}

card.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const entry = entryAt(event);
  if (entry) show(entry);
  else if (event.target.closest?.(".about")) clearTimeout(closing);
});
card.addEventListener("pointerout", (event) => {
  const about = entryAt(event) ? aboutOf(entryAt(event)) : event.target.closest?.(".about");
  if (event.pointerType === "mouse" && about) hideSoon(about);
});
card.addEventListener("focusin", (event) => entryAt(event)?.matches(":focus-visible") && show(entryAt(event)));
card.addEventListener("focusout", (event) => entryAt(event) && hideSoon(aboutOf(entryAt(event))));
card.addEventListener("click", (event) => {
  const entry = entryAt(event);
  if (!entry) return;
  event.preventDefault();
  show(entry);
});
