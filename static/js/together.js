// A note that several write: a bell says that it changed, the page reads it, and puts on top what was typed since.
import { io } from "../vendor/socket.io/socket.io.esm.min.js";

const ASK_EVERY = 3000; // milliseconds, while there is no channel

/** Let a keeper's form follow the note it is bound to, until it is released. */
export function bind(keeper) {
  const { together: url, topicOf: topic } = keeper.place.dataset;
  const purpose = document.querySelector("[data-purpose]")?.dataset.purpose;
  const socket = io({ transports: ["websocket"], forceNew: true, reconnectionDelay: 300, reconnectionDelayMax: 2000, timeout: 5000 });
  let reading = false;
  let again = false;

  async function read() {
    if (reading) { again = true; return; }
    reading = true;
    do {
      again = false;
      try { await readOnce(); } catch { /* the line is down: the next bell, or the next asking, reads */ }
    } while (again && !keeper.over);
    reading = false;
  }

  async function readOnce() {
    const answer = await fetch(url, { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" });
    if (answer.status === 404) return closed();
    if (!answer.ok) return;
    const note = await answer.json();
    if (keeper.composing) await keeper.composing;
    if (!keeper.over) say(note.writing);
    // While a batch is on its way its answer brings what the others wrote; what comes after that rings anew.
    if (keeper.batch) { keeper.missed = read; return; }
    if (note.version > keeper.version) keeper.take(keeper.base, { text: note.text }, note.version);
  }

  /** Filed, or closed for this reader: a batch finds out which, and brings in what was not kept yet. */
  function closed() {
    if (keeper.over || !keeper.together) return;
    keeper.ask();
  }

  function say(words) {
    const line = keeper.place.querySelector("[data-writing]");
    if (line && line.textContent !== words) line.textContent = words;
  }

  const asking = setInterval(() => { if (!socket.connected) read(); }, ASK_EVERY);
  socket.on("connect", () => socket.emit("watch", { topic, purpose, tag: "" }));
  socket.on("bell", read);
  keeper.release = () => { clearInterval(asking); socket.disconnect(); say(""); };
}
