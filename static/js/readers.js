// Who will read this: the strip below the text, and the sensitivities asked for, follow what the update is about.
const strip = document.querySelector("[data-strip]");
const form = strip?.closest("form");
let asked = 0;

async function look(afresh) {
  const mine = ++asked;
  const said = new FormData(form);
  const query = new URLSearchParams({ category: said.get("category") ?? "" });
  if (!afresh) said.getAll("labels").forEach((label) => query.append("labels", label));
  const answer = await fetch(`${strip.dataset.strip}?${query}`, { cache: "no-store" });
  if (!answer.ok || mine !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  strip.replaceChildren(...fresh.querySelector("[data-strip]").childNodes);
  if (afresh) form.querySelector("[data-labels]").replaceChildren(...fresh.querySelector("[data-labels]").childNodes);
}

if (form) {
  form.querySelector("[name=look]").parentElement.hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.name === "category") look(true);
    if (event.target.name === "labels") look(false);
  });
}
