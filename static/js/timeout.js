// Two minutes' notice before the session ends, said once, the same in every open page.
import { cover } from "./exit.js";

const NOTICE = 120; // seconds
const LOOK_EVERY = 5000; // milliseconds

/** Watch the idle time of the session and ask, once, whether somebody is still there. */
export function armTimeout() {
  const dialog = document.getElementById("still-there");
  if (!dialog?.showModal) return;
  const idle = Number(dialog.dataset.idle);
  const others = "BroadcastChannel" in window ? new BroadcastChannel("mdt-session") : null;
  let last = Date.now();
  let keeping = false;

  const left = () => idle - (Date.now() - last) / 1000;
  const heard = (at) => { last = Math.max(last, at); if (dialog.open && left() > NOTICE) dialog.close(); };
  const tell = () => { heard(Date.now()); others?.postMessage({ at: last }); };

  async function keep() {
    if (keeping) return;
    keeping = true;
    const body = new FormData();
    body.append("csrf_token", dialog.dataset.token);
    try {
      const answer = await fetch(dialog.dataset.keep, { method: "POST", body });
      if (answer.ok) tell();
      else if (answer.status === 401) end();
    } catch { /* the line is down: the clock goes on, and the next press tries again */ }
    keeping = false;
  }

  function end() {
    cover();
    window.dispatchEvent(new Event("mdt:leaving"));
    dialog.querySelector("[data-leave]").submit();
  }

  function look() {
    if (left() <= 0) end();
    else if (left() <= NOTICE && !dialog.open) dialog.showModal();
  }

  dialog.querySelector("[data-stay]").addEventListener("click", () => { dialog.close(); keep(); });
  dialog.addEventListener("cancel", keep); // Escape is a sign of life too
  others?.addEventListener("message", (event) => heard(event.data.at));
  // Somebody who types for long sends nothing: their keys count as a sign of life now and then.
  document.addEventListener("input", () => { if (left() < idle * 0.75) keep(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  setInterval(look, LOOK_EVERY);
  tell();
}
