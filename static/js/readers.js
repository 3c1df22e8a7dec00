// Who will read this, and what it repeats that they may not see: the strip below the text, the sensitivities asked
// for, and the guard follow what is typed. Nothing of it is kept by asking.
const strip = document.querySelector("[data-strip]");
const form = strip?.closest("form");
const PAUSE = 800; // milliseconds without a key before the words are looked at
let asked = 0;
let resting = null;

function renew(part, fresh) {
  const place = form.querySelector(`[${part}]`);
  const next = fresh.querySelector(`[${part}]`);
  if (place.innerHTML !== next.innerHTML) place.replaceChildren(...next.childNodes);
}

/** What was ticked in the guard stays ticked when it is drawn anew. */
function keepTicks(act) {
  const ticked = [...form.querySelectorAll("[data-repeats] input:checked")].map((one) => `${one.name}=${one.value}`);
  act();
  for (const one of form.querySelectorAll("[data-repeats] input")) one.checked = ticked.includes(`${one.name}=${one.value}`);
}

async function look(parts) {
  const mine = ++asked;
  const answer = await fetch(strip.dataset.strip, { method: "POST", body: new FormData(form), cache: "no-store" }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  keepTicks(() => parts.forEach((part) => renew(part, fresh)));
}

const READERS = ["data-strip", "data-repeats"];

if (form) {
  form.querySelector("[name=look]").parentElement.hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.name === "category") look(["data-labels", "data-quotes", ...READERS]);
    if (event.target.name === "labels") look(READERS);
    if (event.target.name === "quotes") look(["data-quotes", ...READERS]);
  });
  form.addEventListener("input", (event) => {
    if (event.target.name !== "note") return;
    clearTimeout(resting);
    resting = setTimeout(look, PAUSE, READERS);
  });
  window.addEventListener("focus", () => { if (form.querySelector("#guard")) look(READERS); });
}
