// Keys that work on every page. Single-letter ones can be switched off (WCAG 2.1.4); the choice stays in this browser.

const STORED = "single-keys";

export const singleKeys = () => localStorage.getItem(STORED) !== "off";

export function isTyping(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

export function startKeys() {
  const box = document.getElementById("single-keys");
  if (box) {
    box.checked = singleKeys();
    box.addEventListener("change", () => localStorage.setItem(STORED, box.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!singleKeys() || isTyping(event.target)) return;
    if (event.key === "?") {
      document.getElementById("keys")?.togglePopover();
      event.preventDefault();
    }
    const search = document.querySelector("input[type=search]");
    if (event.key === "/" && search) {
      search.focus();
      search.select();
      event.preventDefault();
    }
  });
}
