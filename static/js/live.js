// The live channel of a page. A bell says that this page's own view changed and nothing more:
// the page covers what it shows, reads itself anew, and only then uncovers.
import { socket } from "./line.js";

const COVER_AFTER = 2000; // ms without a channel
const ASK_EVERY = 4000; // ms, where websockets are blocked
const STILL_HERE = 20000; // ms, so that the room knows who is in it
const root = document.querySelector("[data-topic]");

let tag = root?.dataset.tag;
let reading = null;
let again = false;
let asking = null;
let lost = null;

const parts = () => root.querySelectorAll("[data-live]");
// What somebody types stands outside these parts, so it stays in sight and keeps its focus.
const cover = () => parts().forEach((part) => { part.classList.add("covered"); part.setAttribute("aria-busy", "true"); });
const uncover = () => parts().forEach((part) => { part.classList.remove("covered"); part.removeAttribute("aria-busy"); });

function say(words) {
  const place = document.querySelector("[data-line]");
  if (place && place.textContent !== words) place.textContent = words;
}

/** Where focus is, so that it can be put back after its part of the page was replaced. */
function held() {
  const at = document.activeElement;
  if (!at?.id || !root.contains(at)) return () => {};
  const { id, selectionStart: from, selectionEnd: to } = at;
  return () => {
    const back = document.getElementById(id);
    if (!back || back === document.activeElement) return;
    back.focus({ preventScroll: true });
    if (from != null) try { back.setSelectionRange(from, to); } catch { /* not a text field */ }
  };
}

function opened() {
  const ids = [...root.querySelectorAll("details[open][id]")].map((one) => one.id);
  return () => ids.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
}

function replaceParts(fresh) {
  const putBack = [held(), opened()];
  for (const part of parts()) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!next) part.replaceChildren();
    else if (next.innerHTML !== part.innerHTML) {
      part.replaceChildren(...next.childNodes);
      part.dispatchEvent(new CustomEvent("mdt:renewed", { bubbles: true }));
    }
  }
  putBack.forEach((put) => put());
}

function close() {
  socket.disconnect();
  clearInterval(asking);
  window.dispatchEvent(new Event("mdt:leaving"));
  const words = document.createElement("p");
  words.className = "lede";
  words.textContent = "This page has closed. Go back to your desk.";
  root.replaceChildren(words);
  uncover();
}

async function read() {
  const answer = await fetch(root.dataset.page ?? location.href, { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" });
  if (answer.status === 404 || answer.status === 401 || answer.type === "opaqueredirect") return close();
  if (!answer.ok) throw new Error("not read");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-topic]");
  if (!fresh) return close();
  replaceParts(fresh);
  tag = fresh.dataset.tag;
  root.dataset.tag = tag;
  if (!again) uncover();
  watch();
}

/** Cover, read, uncover. A bell that rings meanwhile is answered by reading once more. */
async function renew() {
  cover();
  if (reading) { again = true; return; }
  do {
    again = false;
    reading = read();
    try { await reading; } catch { again = false; setTimeout(renew, 1000); }
  } while (again);
  reading = null;
}

function watch() {
  if (socket.connected) socket.emit("watch", { topic: root.dataset.topic, purpose: root.dataset.purpose, tag });
}

/** Where the channel is blocked: ask over HTTP whether the view changed. */
async function ask() {
  const query = new URLSearchParams({ topic: root.dataset.topic, purpose: root.dataset.purpose, tag });
  try {
    const answer = await fetch(`/live?${query}`, { headers: { "X-Live": "1" }, cache: "no-store" });
    if (answer.status === 205) return renew();
    if (answer.status === 401 || answer.status === 404) return close();
    if (answer.status === 204) { found(); say("This page asks for news every few seconds."); }
  } catch { drop(); }
}

function drop() {
  lost ??= setTimeout(() => { cover(); say("The line dropped. What you typed is safe on this page."); }, COVER_AFTER);
}

function found() {
  clearTimeout(lost);
  lost = null;
  if (!reading) uncover();
}

if (root) {
  socket.on("connect", () => { clearInterval(asking); asking = null; say(""); watch(); found(); });
  socket.on("bell", ({ topic }) => { if (topic !== "band") renew(); });
  socket.on("signed_out", () => { cover(); location.assign("/"); });
  socket.on("disconnect", (why) => { drop(); if (why === "io server disconnect") setTimeout(() => socket.connect(), 500); });
  socket.on("connect_error", () => { drop(); asking ??= setInterval(ask, ASK_EVERY); });
  if (socket.connected) { watch(); found(); }
  setInterval(watch, STILL_HERE);
  window.addEventListener("pageshow", (event) => { if (event.persisted) renew(); });
}
