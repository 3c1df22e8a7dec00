// Which questions are asked follows what is answered. The server decides it; the page puts in what is asked now and takes
// out what is not. What stays is not touched, so nothing typed and no focus is lost; what comes back comes with its words.
const list = document.querySelector("[data-asked]");
const form = list?.closest("form");
const PAUSE = 600; // milliseconds without a key before words are an answer
const gone = new Map(); // what was taken out, by question, for when it is asked again
let turn = 0;
let resting = null;

const blocks = (root) => [...root.querySelectorAll(":scope > [data-q]")];

/** What stands here is taken out; whoever was in it goes on at what stands before. */
function takeOut(block, others) {
  if (block.contains(document.activeElement)) {
    const before = blocks(list).slice(0, blocks(list).indexOf(block)).reverse();
    const at = before.find((one) => !others.includes(one) && one.querySelector("input:not([type=hidden]), select, textarea"));
    at?.querySelector("input:checked, input:not([type=hidden]), select, textarea").focus();
  }
  block.remove();
  gone.set(block.dataset.q, block);
}

/** Make the page ask what the fresh one asks. What came and what went, by blocks. */
function renew(fresh) {
  const here = new Map(blocks(list).map((one) => [one.dataset.q, one]));
  const next = blocks(fresh);
  const came = next.filter((one) => !here.has(one.dataset.q));
  const went = [...here.values()].filter((one) => !next.some((other) => other.dataset.q === one.dataset.q));
  let last = null;
  for (const one of next) {
    const block = here.get(one.dataset.q) ?? gone.get(one.dataset.q) ?? one;
    if (!here.has(one.dataset.q)) last ? last.after(block) : list.prepend(block);
    last = block;
  }
  for (const one of went) takeOut(one, went);
  return [came, went];
}

function worded(found, words, many) {
  const named = found.map((one) => one.dataset.words).filter(Boolean);
  return named.length > 2 ? `${many} ${named.length} questions.` : named.map((one) => `${words} ${one}`).join(" ");
}

/** Said once for those who do not see it. */
function say([came, went]) {
  const stops = came.find((one) => one.dataset.q === "told");
  const asked = came.filter((one) => one !== stops);
  const words = [stops?.dataset.words, worded(asked, "Asked now:", "Asked now:"), worded(went.filter((one) => one.dataset.q !== "told"), "Not asked any more:", "Not asked any more:")];
  const place = form.querySelector("[data-asked-said]");
  if (came.length || went.length) place.textContent = words.filter(Boolean).join(" ");
}

async function look() {
  clearTimeout(resting);
  const mine = ++turn;
  let text;
  try {
    const answer = await fetch(list.dataset.asked, { method: "POST", body: new FormData(form), cache: "no-store", redirect: "manual" });
    if (!answer.ok) return;
    text = await answer.text();
  } catch { return; } // the line is down: what is asked next is decided when the page is sent
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-asked]");
  if (mine !== turn || !fresh || form.dataset.sent) return;
  const changed = renew(fresh);
  form.querySelector("button[data-onward]").textContent = fresh.dataset.onward;
  say(changed);
}

form?.addEventListener("change", look);
form?.addEventListener("input", (event) => {
  if (!/^(text|textarea|url)$/.test(event.target.type)) return;
  clearTimeout(resting);
  resting = setTimeout(look, PAUSE);
});
