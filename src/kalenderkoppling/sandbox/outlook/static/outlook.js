// Makes the plain pages quicker: forms open in a dialog, the search answers while one types.
// Without this script everything works by links and forms.

const dialog = document.getElementById("dialog");
const TYPING_PAUSE_MS = 150;

document.getElementById("done")?.focus({ preventScroll: false });

if (dialog) {
  document.addEventListener("click", openInDialog);
  dialog.addEventListener("submit", sendFromDialog);
  dialog.addEventListener("click", closeOnBackdrop);
}

const asked = document.getElementById("q");
if (asked) {
  let pause;
  asked.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(showFound, TYPING_PAUSE_MS);
  });
}

function openInDialog(event) {
  const link = event.target.closest("a[data-dialog], dialog a[data-close]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (link.hasAttribute("data-close")) dialog.close();
  else fetch(link.href).then((answer) => show(answer, link.href));
}

// Another page than a form (the booking is gone, a deed was done) is gone to.
async function show(answer, address) {
  const sheet = sheetOf(await answer.text());
  if (!sheet || answer.redirected) {
    location.assign(answer.redirected ? answer.url : address);
    return;
  }
  dialog.replaceChildren(closeButton(), sheet);
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[aria-invalid]") ?? dialog.querySelector("#subject")).focus();
}

async function sendFromDialog(event) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await fetch(form.action, { method: "POST", body });
  await show(answer, location.href);
}

function sheetOf(page) {
  return new DOMParser().parseFromString(page, "text/html").getElementById("sheet");
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button close";
  button.setAttribute("aria-label", dialog.dataset.close);
  button.textContent = "×";
  button.addEventListener("click", () => dialog.close());
  return button;
}

function closeOnBackdrop(event) {
  if (event.target === dialog && dialog.open && isOutside(event)) dialog.close();
}

function isOutside(event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

async function showFound() {
  const typed = asked.value;
  const address = new URL(asked.form.action);
  address.search = new URLSearchParams(new FormData(asked.form)).toString();
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  if (asked.value !== typed) return;
  const found = document.getElementById("found");
  const fresh = page.getElementById("found");
  found.className = fresh.className;
  found.replaceChildren(...fresh.childNodes);
}
