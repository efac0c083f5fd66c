// The focus goes to "undo" where the button that was pressed is gone.

const STORED = "by-keyboard";

let byKeyboard = false;
addEventListener("keydown", () => { byKeyboard = true; }, { capture: true, passive: true });
addEventListener("pointerdown", () => { byKeyboard = false; }, { capture: true, passive: true });

// Whoever works by keyboard would otherwise have to walk through the whole page to reach "undo".
function focusUndo() {
  document.querySelector("#said [data-undo-seconds] button")?.focus();
}

document.addEventListener("submit", () => sessionStorage.setItem(STORED, byKeyboard ? "yes" : ""));
document.addEventListener("htmx:after:swap", () => {
  if (byKeyboard && (document.activeElement === document.body || !document.activeElement)) focusUndo();
});
if (sessionStorage.getItem(STORED) === "yes") {
  sessionStorage.removeItem(STORED);
  if (!document.querySelector("[autofocus]")) focusUndo();
}
