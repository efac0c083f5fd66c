// Live status over one stream: whom the page shows is told to the server, what comes is drawn once per frame.
// The stream is read by fetch and not by EventSource: the page learns why it was refused, and notices a silent stall.
// It goes on in hidden tabs.

const STALL_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const SEEN_EVERY_MS = 5 * 60_000;

let settings;
let stream = null;
let waiting = new Map();
let frame = 0;

export function startLive(dataset) {
  settings = dataset;
  run();
  document.addEventListener("htmx:after:swap", () => tellWatched());
  document.addEventListener("kk:shown", () => tellWatched());
  passOnHands();
}

function watched() {
  const people = new Set([...document.querySelectorAll("[data-person]")].map((each) => each.dataset.person));
  const card = document.querySelector("[data-card-person]")?.dataset.cardPerson ?? null;
  return { people: [...people].slice(0, 450), card };
}

function post(url, body) {
  return { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": settings.csrf }, body: JSON.stringify(body) };
}

async function run() {
  let wait = FIRST_WAIT_MS;
  for (;;) {
    const verdict = await once(() => { wait = FIRST_WAIT_MS; });
    if (verdict === "signed_out") return end("signedOut");
    if (verdict === "too_many") return end("tooMany");
    mark("off");
    await pause(wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

// A long wait ends early where the browser says that the network is back, or somebody looks at the page again.
function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", done);
  });
}

async function once(onOpen) {
  const abort = new AbortController();
  let stall = setTimeout(() => abort.abort(), STALL_MS);
  let verdict = "lost";
  const sent = watched();
  try {
    const answer = await fetch(settings.live, { ...post(settings.live, sent), signal: abort.signal, cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return "signed_out";
    if (!answer.ok) return "lost";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(stall);
      stall = setTimeout(() => abort.abort(), STALL_MS);
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const event = parsed(part);
        if (!event) continue;
        if (event.name === "hello") { stream = { id: event.content.stream, sent: JSON.stringify(sent) }; onOpen(); mark("on"); tellWatched(); }
        if (event.name === "status") take(event.content);
        if (event.name === "end") verdict = event.content.reason;
      }
    }
  } catch {
    verdict = "lost";
  } finally {
    clearTimeout(stall);
    stream = null;
  }
  return verdict;
}

function parsed(part) {
  const name = /^event: (.*)$/m.exec(part)?.[1];
  const content = /^data: (.*)$/m.exec(part)?.[1];
  return name && content ? { name, content: JSON.parse(content) } : null;
}

async function tellWatched() {
  const now = watched();
  const wanted = JSON.stringify(now);
  if (!stream || stream.sent === wanted) return;
  stream.sent = wanted;
  const url = `${settings.live}/${stream.id}/watch`;
  try { await fetch(url, post(url, now)); } catch { /* the stream itself will notice */ }
}

function take(content) {
  for (const person of content.people) waiting.set(person.id, person);
  if (!frame) frame = requestAnimationFrame(draw);
  // A hidden tab gets no frames, and must show the truth when it is looked at.
  if (document.hidden) { cancelAnimationFrame(frame); draw(); }
  if (content.card) document.querySelector("[data-card-person]")?.dispatchEvent(new CustomEvent("kk:card-changed", { bubbles: true }));
}

function draw() {
  frame = 0;
  const news = waiting;
  waiting = new Map();
  for (const place of document.querySelectorAll("[data-person]")) {
    const status = news.get(place.dataset.person);
    if (status) drawOne(place, status);
  }
}

function drawOne(place, status) {
  const part = (name) => place.querySelector(`[data-live="${name}"]`);
  part("status")?.setAttribute("data-colour", status.colour);
  set(part("word"), status.word);
  set(part("detail"), status.detail);
  const line = part("line");
  if (line) line.hidden = status.line_known;
}

function set(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function mark(state) {
  const place = document.getElementById("live");
  if (!place || place.dataset.state === state) return;
  const before = place.dataset.state;
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const text = state === "on" ? place.dataset.since : place.dataset.offSince;
  place.dataset.state = state;
  place.querySelector(".live-text").textContent = text.replace("{time}", time);
  document.documentElement.classList.toggle("is-stale", state !== "on");
  if (state === "off") say(place.dataset.stale);
  if (state === "on" && before === "off") say(place.dataset.back);
}

function end(why) {
  mark("off");
  const place = document.getElementById("live");
  if (!place) return;
  place.querySelector(".live-text").textContent = place.dataset[why];
  say(place.dataset[why]);
  document.dispatchEvent(new CustomEvent(why === "signedOut" ? "kk:signed-out" : "kk:too-many"));
}

function say(text) {
  document.getElementById("announcer").textContent = text;
}

// The stream keeps no session alive; hands on the page do.
function passOnHands() {
  let last = Date.now();
  const hand = () => {
    if (Date.now() - last < SEEN_EVERY_MS) return;
    last = Date.now();
    fetch(settings.seen, post(settings.seen, {})).catch(() => {});
  };
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, hand, { passive: true, capture: true });
}
