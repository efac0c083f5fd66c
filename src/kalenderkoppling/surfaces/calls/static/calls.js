// Calls by keyboard: what was pressed may be gone afterwards, so the focus goes to what comes next.

let at = -1;

const marks = () => [...document.querySelectorAll("#waiting button")];

document.addEventListener("htmx:before:request", (event) => {
  if (event.target.closest?.("#waiting form")) at = marks().indexOf(document.activeElement);
});
document.addEventListener("focusin", () => { at = -1; });

document.addEventListener("htmx:after:swap", (event) => {
  if (document.activeElement !== document.body) return;
  if (event.target.matches?.("[data-older]")) return event.target.focus();
  // The list may have been drawn anew for another reason before the answer to the press came.
  if (at < 0) return;
  const left = marks();
  (left[Math.min(at, left.length - 1)] ?? document.getElementById("waiting-title")).focus();
});
