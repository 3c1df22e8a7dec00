// How far the work on a file is, without the page coming again.

const EVERY = 1000; // milliseconds
const RESTS = 5000; // after a failed question

function show(place, far) {
  const bar = place.querySelector("progress");
  bar.max = far.of;
  bar.value = far.value;
  const words = place.querySelector("[role=status]");
  if (words && words.textContent !== far.words) words.textContent = far.words;
}

/** Ask now and then; come again once the file stands elsewhere. */
async function follow(place) {
  let rest = EVERY;
  try {
    const answer = await fetch(place.dataset.working, { headers: { "X-Live": "1" } });
    if (!answer.ok) return window.location.reload();
    const far = await answer.json();
    if (far.state !== place.dataset.state || far.stopped) return window.location.reload();
    show(place, far);
  } catch {
    rest = RESTS; // the line is down: the work goes on without us
  }
  setTimeout(follow, rest, place);
}

const place = document.querySelector("[data-working]");
if (place) {
  // The answer asks to be fetched again after a while, for browsers without script. Not here.
  window.addEventListener("load", () => { window.stop(); follow(place); });
}
