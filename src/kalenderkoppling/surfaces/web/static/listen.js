// Hear it first: a link to a sound is played in place, one sound at a time. Without this script the browser plays it.
// The sound is fetched and decoded here instead of by an audio element: one request, and its refusal can be told.

let context = null;
let heard = null;

export function startListening() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-listen]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const isHeard = heard?.address === address(link);
    stop();
    if (!isHeard) play(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches?.("[data-listen]")) return;
    event.preventDefault();
    event.target.click();
  });
  document.addEventListener("htmx:after:swap", dress);
  document.addEventListener("kk:shown", dress);
  dress();
}

const address = (link) => link.getAttribute("href");
const links = () => [...document.querySelectorAll("[data-listen]")];

async function play(link) {
  const mine = { address: address(link), abort: new AbortController(), source: null, timer: 0 };
  heard = mine;
  say(mine, "");
  dress();
  try {
    // Made in the click itself: browsers let nothing sound that nobody has asked for.
    context ??= new AudioContext();
    if (navigator.audioSession) navigator.audioSession.type = "playback";
    const running = context.resume();
    const sound = await fetched(mine);
    await running;
    if (heard === mine && sound) start(mine, sound);
    else if (heard === mine) stop();
  } catch {
    if (heard !== mine) return;
    say(mine, link.dataset.failed);
    stop();
  }
}

async function fetched(mine) {
  const answer = await fetch(mine.address, {
    headers: { Accept: "audio/wav, application/problem+json" },
    cache: "no-store",
    signal: mine.abort.signal,
  });
  if (answer.ok) return context.decodeAudioData(await answer.arrayBuffer());
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("kk:signed-out"));
  const problem = await answer.json();
  const link = links().find((each) => address(each) === mine.address);
  if (heard === mine) say(mine, problem.key === "phone_rings" ? link?.dataset.nothing : link?.dataset.failed);
  return null;
}

function start(mine, sound) {
  mine.source = context.createBufferSource();
  mine.source.buffer = sound;
  mine.source.connect(context.destination);
  mine.source.addEventListener("ended", () => heard === mine && stop());
  mine.source.start();
  const rings = Number(links().find((each) => address(each) === mine.address)?.dataset.rings ?? 0);
  if (!rings) return;
  say(mine, links().find((each) => address(each) === mine.address).dataset.ringing);
  mine.timer = setTimeout(() => say(mine, ""), rings * 1000);
}

function stop() {
  const last = heard;
  heard = null;
  if (!last) return;
  last.abort.abort();
  clearTimeout(last.timer);
  if (last.timer) say(last, "");
  last.source?.stop();
  context?.suspend();
  dress();
}

// A page that changes meanwhile brings its links anew: each is dressed by what is heard, and without a link nothing is.
function dress() {
  let found = false;
  for (const link of links()) {
    const isHeard = heard?.address === address(link);
    found ||= isHeard;
    link.setAttribute("role", "button");
    link.toggleAttribute("data-heard", isHeard);
    const text = isHeard ? link.dataset.stop : link.dataset.start;
    const place = link.querySelector("[data-listen-text]");
    if (place.textContent !== text) place.textContent = text;
  }
  if (heard && !found) stop();
}

function say(mine, text) {
  for (const link of links()) {
    if (address(link) !== mine.address) continue;
    const place = link.parentElement.querySelector(".listen-said");
    if (place) place.textContent = text ?? "";
  }
}
