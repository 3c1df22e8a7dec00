// Exit this page: cover it at once, end the session, put another page in its place.
// By the button, by the early link, or by pressing Shift three times.

const PRESSES = 3;
const PAUSE = 5000; // milliseconds after which the presses are forgotten

/** Hide everything on the page, in the same moment. */
export function cover() {
  document.documentElement.classList.add("gone");
  document.title = "";
}

/** Tell the server, without waiting for it, that this session is over. */
function endSession(url, token) {
  const body = new FormData();
  body.append("csrf_token", token);
  if (!navigator.sendBeacon?.(url, body)) fetch(url, { method: "POST", body, keepalive: true });
}

function tokenOfPage() {
  return document.querySelector("[data-token]")?.dataset.token
    ?? document.querySelector("input[name=csrf_token]")?.value ?? "";
}

function leave(bar) {
  cover();
  window.dispatchEvent(new Event("mdt:leaving")); // whoever warns on leaving keeps quiet now
  if (bar.dataset.end) endSession(bar.dataset.end, tokenOfPage());
  window.location.replace(bar.href);
}

function countShifts(bar, status) {
  let presses = 0;
  let alone = false;
  let timer;
  const forget = () => { presses = 0; status.textContent = ""; };
  document.addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.repeat;
    if (!alone) forget();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    presses += 1;
    clearTimeout(timer);
    timer = setTimeout(forget, PAUSE);
    if (presses === PRESSES) return leave(bar);
    status.textContent = presses === 1 ? bar.dataset.two : bar.dataset.one;
  });
}

/** Arm every exit link of the page, and the Shift key. */
export function armExit(root = document) {
  const bar = root.querySelector("[data-exit][data-end]");
  if (!bar) return;
  for (const link of root.querySelectorAll("[data-exit]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); leave(bar); });
  }
  countShifts(bar, root.querySelector("[data-exit-count]"));
  // Coming back by the browser's own button must not show the page again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { cover(); window.location.reload(); } });
}
