// The meeting room: how many minutes a point has left, and who would read the note that is being written.
const EVERY = 15000; // ms between two looks at the clock
const kind = document.querySelector("[data-kind]");
const form = kind?.closest("form");
let asked = 0;

/** "About 5 min left", and past the end how long ago that was: never seconds. */
function left(until) {
  const minutes = Math.ceil((new Date(until) - Date.now()) / 60000);
  return minutes > 0 ? `About ${minutes} min left` : `${Math.max(1, -minutes)} min over`;
}

function tell() {
  for (const timer of document.querySelectorAll("[data-until]")) {
    const words = left(timer.dataset.until);
    const place = timer.querySelector("[data-left]");
    if (place.textContent !== words) place.textContent = words;
  }
}

/** Ask anew who would read it; what kind of record it is stays as it was chosen. */
async function look() {
  const mine = ++asked;
  const answer = await fetch(kind.dataset.kind, { method: "POST", body: new FormData(form), cache: "no-store" }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["data-kinds", "data-strip"]) {
    const place = kind.querySelector(`[${part}]`);
    const next = fresh.querySelector(`[${part}]`);
    if (!next || place.innerHTML === next.innerHTML) continue;
    const at = document.activeElement?.id;
    place.replaceChildren(...next.childNodes);
    if (at) place.querySelector(`#${CSS.escape(at)}`)?.focus();
  }
}

tell();
setInterval(tell, EVERY);
document.addEventListener("mdt:renewed", (event) => {
  tell();
  if (form && ["table", "people"].includes(event.target.dataset?.live)) look();
});
form?.addEventListener("change", (event) => {
  if (["category", "labels", "repeats"].includes(event.target.name)) look();
});
