// Three texts to one: what two people made of the same text, brought together. The same rules as
// mdt/operations/merging.py; a test holds the two together. Pure.

const PIECES = /[\p{L}\p{N}\p{M}_]+\s*|\s+|[^\p{L}\p{N}\p{M}_\s]/gu;
const BLANK = /^\s+$/u;

/** What `first` and `second` made of `base`, together. */
export function merge(base, first, second) {
  if (first === second || second === base) return first;
  if (first === base) return second;
  const old = [...base];
  const [mine, theirs] = [change(old, [...first]), change(old, [...second])];
  let text = "";
  for (let at = 0; at <= old.length; at += 1) {
    const [one, other] = [mine.wrote.get(at) ?? "", theirs.wrote.get(at) ?? ""];
    text += one + (other === one ? "" : other);
    if (at < old.length && !mine.gone.has(at) && !theirs.gone.has(at)) text += old[at];
  }
  return text;
}

/** What somebody wrote beside what was there, each piece on a line of its own. */
export function inserted(base, text) {
  const { wrote } = change([...base], [...text]);
  return [...wrote.values()].map((piece) => piece.trim()).filter(Boolean).join("\n");
}

/** How to get from one text to another, last place first: [from, to, words], counted as the page counts. */
export function steps(old, fresh) {
  const was = [...old];
  const { gone, wrote } = change(was, [...fresh]);
  const found = [];
  for (let at = 0, place = 0; at <= was.length; at += 1) {
    if (wrote.has(at)) found.push([place, place, wrote.get(at)]);
    if (gone.has(at)) found.push([place, place + was[at].length, ""]);
    place += at < was.length ? was[at].length : 0;
  }
  return found.reverse();
}

/** What became of a text: the places of what is `gone`, and what somebody `wrote` before a place. */
function change(base, text) {
  const gone = new Set();
  const wrote = new Map();
  let [at, done] = [0, 0];
  for (const [start, there] of [...kept(base, text), [base.length, text.length]]) {
    if (done < there) wrote.set(at, text.slice(done, there).join(""));
    for (; at < start; at += 1) gone.add(at);
    [at, done] = [start + 1, there + 1];
  }
  return { gone, wrote };
}

/** The places, in both, of the characters that stayed: words first, then letters of words that changed. */
function kept(base, text) {
  const head = alike(base, text);
  const tail = alike(base.slice(head).reverse(), text.slice(head).reverse());
  const pairs = Array.from({ length: head }, (_, n) => [n, n]);
  byWords(base.slice(head, base.length - tail), text.slice(head, text.length - tail), head, pairs);
  for (let n = tail; n > 0; n -= 1) pairs.push([base.length - n, text.length - n]);
  return pairs;
}

function alike(one, other) {
  let n = 0;
  while (n < one.length && n < other.length && one[n] === other[n]) n += 1;
  return n;
}

function byWords(base, text, head, pairs) {
  const [ours, theirs] = [base.join("").match(PIECES) ?? [], text.join("").match(PIECES) ?? []];
  const sizes = [ours, theirs].map((pieces) => pieces.map((piece) => [...piece].length));
  let [at, there, piece, other] = [0, 0, 0, 0];
  for (const [n, m] of [...inCommon(ours, theirs), [ours.length, theirs.length]]) {
    const start = at + sum(sizes[0], piece, n);
    const begin = there + sum(sizes[1], other, m);
    for (const [i, j] of byLetters(base.slice(at, start), text.slice(there, begin))) pairs.push([head + at + i, head + there + j]);
    const size = sizes[0][n] ?? 0;
    for (let i = 0; i < size; i += 1) pairs.push([head + start + i, head + begin + i]);
    [at, there, piece, other] = [start + size, begin + size, n + 1, m + 1];
  }
}

const sum = (sizes, from, to) => sizes.slice(from, to).reduce((all, one) => all + one, 0);

/** Letters first, and the spaces between them: a space is like any other, and must not say which letter stayed. */
function byLetters(one, other) {
  const pairs = [];
  let [at, there] = [0, 0];
  for (const [n, m] of [...inCommon(one, other), [one.length, other.length]]) {
    for (const [i, j] of common(one.slice(at, n), other.slice(there, m))) pairs.push([at + i, there + j]);
    if (n < one.length) pairs.push([n, m]);
    [at, there] = [n + 1, m + 1];
  }
  return pairs;
}

/** What they have in common that is more than blank, as pairs of places. */
function inCommon(one, other) {
  const [mine, theirs] = [one, other].map((every) => [...every.keys()].filter((n) => !BLANK.test(every[n])));
  return common(mine.map((n) => one[n]), theirs.map((m) => other[m])).map(([n, m]) => [mine[n], theirs[m]]);
}

/** A longest common subsequence, as pairs of places (Hyyrö's bit vectors: a whole row in one addition). */
export function common(one, other) {
  const rows = rowsOf(one, other);
  let [at, there] = [one.length, other.length];
  const isSet = (row) => (rows[row] >> BigInt(at - 1)) & 1n;
  const pairs = [];
  while (at && there) {
    if (isSet(there - 1)) { at -= 1; continue; }
    there -= 1;
    if (there && !isSet(there - 1)) continue;
    at -= 1;
    pairs.push([at, there]);
  }
  return pairs.reverse();
}

function rowsOf(one, other) {
  const where = new Map();
  one.forEach((symbol, at) => where.set(symbol, (where.get(symbol) ?? 0n) | (1n << BigInt(at))));
  const full = (1n << BigInt(one.length)) - 1n;
  let row = full;
  return other.map((symbol) => {
    const hits = row & (where.get(symbol) ?? 0n);
    row = ((row + hits) | (row - hits)) & full;
    return row;
  });
}
