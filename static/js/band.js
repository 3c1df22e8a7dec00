// The line in the frame of each page: a report that waits, anew when one is added or made, and at each of its marks.
import { socket } from "./line.js";

const TOPIC = "band";
const ASK_EVERY = 20000; // ms, where websockets are blocked
const LOOK_AGAIN = 60000; // ms: the time that is left is said in hours and minutes
const place = document.querySelector("[data-band]");
const said = document.querySelector("[data-band-said]");
let tag = place?.dataset.bandTag;
let asking = null;

/** Whoever is signed out has no band, and a page that watches nothing else needs no line any more. */
function over() {
  place.replaceChildren();
  clearInterval(asking);
  if (!document.querySelector("[data-topic]")) socket.disconnect();
}

/** Have it anew. Focus stays where it is: on the same link of it, if that is there still. It is said aloud where it is
 *  another, and not where a minute has gone. */
async function read() {
  const answer = await fetch(place.dataset.band, { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 401 || answer?.status === 404) return over();
  const fresh = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-band-tag]") : null;
  if (!fresh) return setTimeout(read, 5000);
  const another = tag !== fresh.dataset.bandTag;
  tag = fresh.dataset.bandTag;
  if (another) said.textContent = [...fresh.querySelectorAll("span")].map((part) => part.textContent.trim()).join(" ");
  if (fresh.textContent !== place.textContent) {
    const held = [...place.querySelectorAll("a")].indexOf(document.activeElement);
    place.replaceChildren(...fresh.childNodes);
    if (held >= 0) (place.querySelectorAll("a")[held] ?? document.querySelector("main")).focus({ preventScroll: true });
  }
  watch();
}

const watch = () => { if (socket.connected) socket.emit("watch", { topic: TOPIC, tag }); };

/** Where the channel is blocked: ask over HTTP whether it changed. */
async function ask() {
  const answer = await fetch(`/live?${new URLSearchParams({ topic: TOPIC, tag })}`, { headers: { "X-Live": "1" }, cache: "no-store" }).catch(() => null);
  if (answer?.status === 205) read();
  if (answer?.status === 401) over();
}

if (place && socket) {
  socket.on("connect", () => { clearInterval(asking); asking = null; watch(); });
  socket.on("bell", ({ topic }) => { if (topic === TOPIC) read(); });
  socket.on("signed_out", over);
  socket.on("connect_error", () => { asking ??= setInterval(ask, ASK_EVERY); });
  if (socket.connected) watch();
  setInterval(() => { if (place.firstElementChild && !document.hidden) read(); }, LOOK_AGAIN);
  window.addEventListener("pageshow", (event) => { if (event.persisted) read(); });
}
