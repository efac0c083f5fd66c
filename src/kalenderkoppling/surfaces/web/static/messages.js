// Messages: closed by hand, undo counted down, and clear words when a request meets no server or no session.

export function startMessages() {
  document.addEventListener("click", (event) => {
    const close = event.target.closest?.("[data-dismiss]");
    if (close) close.closest(".said").remove();
  });
  document.addEventListener("kk:signed-out", () => sayTemplate("signed-out"));
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.ctx) sayTemplate("not-sent");
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.response?.ok !== false) document.querySelector("#said .not-sent")?.remove();
    countDown();
  });
  countDown();
}

function sayTemplate(name) {
  const template = document.getElementById(`say-${name}`);
  if (template) document.getElementById("said").replaceChildren(template.content.cloneNode(true));
}

function countDown() {
  for (const form of document.querySelectorAll("[data-undo-seconds]:not([data-counting])")) {
    form.dataset.counting = "";
    let left = Number(form.dataset.undoSeconds);
    const button = form.querySelector("button");
    const step = () => {
      if (!form.isConnected) return;
      if (left <= 0) return form.closest(".said").remove();
      button.textContent = form.dataset.undoText.replace("{seconds}", String(left));
      // Hands or eyes on the message stop its clock (WCAG 2.2.1); the server takes the undo a good while longer.
      if (!form.closest(".said")?.matches(":hover, :focus-within")) left -= 1;
      setTimeout(step, 1000);
    };
    step();
  }
}
