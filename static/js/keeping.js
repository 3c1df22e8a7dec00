// What is being written is kept on the server, at least once a second while keys are pressed. A batch that was not
// answered is sent again under the same number, so that it counts once. In memory only: a line that is down costs
// nothing as long as this page stays open, and the page says so.
import { inserted, merge, steps } from "./merge.js";
import { forget, isKept } from "./drafts.js";

const PAUSE = 300; // milliseconds without a key before what was typed is sent
const AT_MOST = 900; // milliseconds that a key waits while more are pressed
const PATIENCE = 8000; // milliseconds for an answer
const AGAIN = [500, 1000, 2000, 3000]; // milliseconds before a batch is sent again
const LOST = "Not kept yet: the line is down. It is safe on this page as long as it stays open.";
const AWAY = "Not kept yet: you are signed out. It is safe on this page as long as it stays open. Sign in again at another window, then go on here.";
const SHUT = "You cannot write here now. Your words are kept for you alone, and come back when you can.";
const SENT = "This was sent in the meantime. What you wrote since is still here.";
const NOT_YOURS = "You cannot write here now. What is on this page is safe as long as it stays open.";
const UNHEARD_AT_MOST = 3;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** A random identifier; also where the browser gives none ready-made. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  [bytes[6], bytes[8]] = [(bytes[6] & 15) | 64, (bytes[8] & 63) | 128];
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Everything of one form that is kept. */
class Keeper {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.pen = newId();
    this.number = 0;
    this.tries = 0;
    this.version = 0;
    this.draft = (this.form.querySelector("[data-draft-id]") ?? this.form.elements.key)?.value || newId();
    this.name();
    this.together = place.dataset.together ? "y" : "";
    this.base = place.dataset.base ? JSON.parse(place.dataset.base) : this.shown("defaultValue", "defaultChecked", "defaultSelected");
    this.listen();
    if (!same(this.base, this.now())) this.later();
    if (this.together) import("./together.js").then(({ bind }) => bind(this));
  }

  /** The form says which draft goes with it, so that what arrives late begins nothing. */
  name() {
    const told = this.form.querySelector("[data-draft-id]");
    if (told) told.value = this.draft;
  }

  listen() {
    const typed = (event) => { if (isKept(event.target)) this.later(); };
    this.form.addEventListener("input", typed);
    this.form.addEventListener("change", typed);
    this.form.addEventListener("submit", (event) => this.leave(event));
    document.addEventListener("compositionend", () => this.composed?.());
    document.addEventListener("compositionstart", () => { this.composing = new Promise((done) => { this.composed = done; }).then(() => { this.composing = null; }); });
    window.addEventListener("online", () => { if (this.batch || this.dirty()) this.send(); });
    for (const gone of ["pagehide", "mdt:leaving"]) window.addEventListener(gone, () => this.last());
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.dirty()) this.send(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) { this.over = this.leaving = false; this.later(); } });
  }

  /** What stands in the form, by field; or what stood in it when it was read. */
  shown(value, checked, selected) {
    const found = {};
    for (const field of [...this.form.elements].filter(isKept)) {
      if (field.type === "checkbox") found[field.name] = [...(found[field.name] ?? []), ...(field[checked] ? [field.value] : [])];
      else if (field.type === "radio") { if (field[checked]) found[field.name] = field.value; }
      else if (field.tagName === "SELECT") found[field.name] = ([...field.options].find((one) => one[selected]) ?? field.options[0])?.value ?? "";
      else found[field.name] = field[value].replaceAll("\r\n", "\n");
    }
    return found;
  }

  now() { return this.together ? { text: this.text.value } : { ...this.shown("value", "checked", "selected"), ...this.more }; }

  get text() { return this.form.elements.text ?? this.form.elements.note; }

  /** Whether something stands here that the server has not been told of, or has not refused. */
  dirty() {
    const now = this.now();
    return !this.over && !same(this.base, now) && !same(this.stuck, now);
  }

  later() {
    if (this.over) return;
    this.since ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(PAUSE, this.since + AT_MOST - Date.now())));
  }

  /** Send what is new, or what was not answered, once more. */
  async send() {
    clearTimeout(this.timer);
    if (this.over || this.sending || this.composing) return this.over || this.later();
    if (!this.batch && !this.dirty()) return;
    this.since = null;
    this.batch ??= this.next();
    this.sending = true;
    try { await this.answered(await this.post(this.batch, AbortSignal.timeout(PATIENCE)), this.batch); } catch { this.failed(LOST); }
    this.sending = false;
    if (!this.batch && this.dirty()) this.later();
    const { missed } = this;
    this.missed = null;
    missed?.();
    this.settled?.();
  }

  next(unheard) { return { number: this.number += 1, base: this.base, fields: this.now(), unheard }; }

  /** Ask how it stands, with nothing new to say. */
  ask() {
    this.batch ??= this.next();
    this.send();
  }

  post(batch, signal, more = {}) {
    const { who, subject, place } = this.place.dataset;
    const body = new FormData();
    const said = { csrf_token: this.form.elements.csrf_token.value, who, case: this.place.dataset.case, place, subject, draft: this.draft, pen: this.pen, together: this.together };
    for (const [name, value] of Object.entries(said)) body.append(name, value);
    body.append("number", batch.number);
    for (const name of ["base", "fields", "unheard"]) if (batch[name]) body.append(name, JSON.stringify(batch[name]));
    return fetch(this.place.dataset.keep, { method: "POST", body, signal, cache: "no-store", redirect: "manual", headers: { Accept: "application/json" }, ...more });
  }

  async answered(answer, batch) {
    if (answer.status === 400 || answer.status === 401) return this.signedOut();
    if (answer.status === 404) return this.shut(NOT_YOURS);
    if (answer.status === 413 || answer.status === 422) return this.refused(batch.fields, (await answer.json()).why[0]);
    if (!answer.ok) throw new Error("not kept");
    const heard = await answer.json();
    if (this.composing) await this.composing;
    if (batch !== this.batch) return; // the page was about to go and has said more since
    this.tries = 0;
    this.batch = null;
    if (heard.state === "closed") return this.shut(SHUT);
    if (heard.state === "gone") return this.goOn(heard.version < batch.number ? batch.base : batch.fields);
    if (heard.state === "held") return this.held(batch.fields, heard.why);
    this.take(batch.fields, heard.fields, heard.version);
    this.kept(heard.at);
  }

  /** The server has these fields now; what was typed since `sent` is put on top. */
  take(sent, fields, version) {
    if (version < this.version) return;
    this.version = version;
    const mine = this.now();
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === "string" && typeof mine[name] === "string") this.put(name, mine[name], merge(sent[name] ?? "", value, mine[name]));
    }
    this.base = { ...this.now(), ...fields };
    for (const name of Object.keys(this.base)) if (!(name in this.now())) delete this.base[name];
    const told = this.form.querySelector("[data-base-text]");
    if (told) told.value = this.base.text;
  }

  /** Change a text where it differs, so that the caret and what is selected stay where they are. */
  put(name, was, fresh) {
    const field = this.form.elements[name];
    if (was === fresh || !field) return;
    if (!field.setRangeText || field.tagName !== "TEXTAREA") { field.value = fresh; return; }
    const top = field.scrollTop;
    for (const [from, to, words] of steps(was, fresh)) field.setRangeText(words, from, to, "preserve");
    field.scrollTop = top;
  }

  kept(at) {
    const form = { hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: this.place.dataset.zone };
    const words = new Date(at).toLocaleTimeString(document.documentElement.lang, form).toLowerCase();
    if (this.wasLost || this.said !== SENT) this.say(this.wasLost ? "The line is back." : "");
    this.wasLost = false;
    this.place.querySelector("[data-kept]").textContent = `Kept at ${words}.`;
    if (!this.dirty()) forget(this.form);
  }

  say(words) {
    const line = this.place.querySelector("[data-kept-state]");
    if (line.textContent !== words) line.textContent = words;
    this.said = words;
    if (words) this.place.querySelector("[data-kept]").textContent = "";
  }

  failed(words) {
    this.wasLost = true;
    this.say(words);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), AGAIN[Math.min(this.tries, AGAIN.length - 1)]);
    this.tries += 1;
  }

  /** Another sign-in at this browser brings another token: take it, and send again. */
  async signedOut() {
    const page = await fetch(location.href, { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" });
    const token = page.ok && new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrf_token]");
    if (token) for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token.value;
    this.failed(token ? LOST : AWAY);
  }

  refused(fields, words) {
    this.batch = null;
    this.stuck = fields;
    this.say(words);
  }

  held(fields, why) {
    const words = why.map((one) => `“${one}”`).join(", ");
    this.stuck = fields;
    this.say(`Kept for you alone: ${words} repeats what not everybody here may have. Take it out, and the rest goes in.`);
  }

  /** It was filed meanwhile, with everything up to `base`. What was written since becomes a new one. */
  goOn(base) {
    if (this.together) this.letOut(base);
    this.draft = newId();
    this.name();
    if (this.form.elements.key) this.form.elements.key.value = this.draft;
    this.base = this.now();
    for (const [name, value] of Object.entries(this.base)) if (typeof value === "string") this.base[name] = "";
    this.say(SENT);
    if (this.dirty()) this.later();
  }

  /** Not bound to a note any more: what stands here now is their own, and goes on in a form of its own. */
  letOut(base) {
    this.text.value = inserted(base.text ?? "", this.text.value);
    this.more = { repeats: ["y"] }; // as that form begins
    this.together = "";
    this.release?.();
    this.form.querySelector("[data-base-text]")?.remove();
    this.form.querySelectorAll(".acts").forEach((acts) => { acts.hidden = true; });
    this.place.querySelector("[data-go-on]").hidden = false;
  }

  /** Not theirs to read any more: the page covers, their words are kept. */
  shut(words) {
    this.over = true;
    this.batch = null;
    this.release?.();
    forget(this.form);
    if (this.together) { this.text.value = ""; this.text.readOnly = true; }
    this.say(words);
  }

  /** The page goes: what is left goes with it. The batch that was not answered is named, for it may have counted. */
  last() {
    if (!this.dirty() || this.leaving) return;
    if (same(this.batch?.fields, this.now())) { this.post(this.batch, undefined, { keepalive: true }).catch(() => {}); return; }
    const before = this.batch ? [...(this.batch.unheard ?? []), [this.batch.number, this.batch.fields]] : [];
    this.batch = this.next(before.slice(-UNHEARD_AT_MOST));
    this.post(this.batch, undefined, { keepalive: true }).catch(() => {});
  }

  /** The form is sent: nothing more is kept. One written together is first brought to an end. */
  leave(event) {
    if (event.defaultPrevented) return;
    clearTimeout(this.timer);
    if (!this.together || !(this.batch || this.dirty())) { this.leaving = this.over = true; return; }
    event.preventDefault();
    const { submitter } = event;
    let done = false;
    const over = () => { if (!done) { done = true; this.settled = null; this.finish(submitter); } };
    this.settled = () => { if (!this.batch && !this.dirty()) over(); else this.send(); };
    setTimeout(over, 4000);
    this.send();
  }

  finish(submitter) {
    this.form.dispatchEvent(new CustomEvent("mdt:sent", { bubbles: true }));
    if (this.batch || this.dirty()) return this.say(LOST);
    this.leaving = true;
    this.over = true;
    forget(this.form);
    this.form.requestSubmit(submitter);
  }
}

/** Keep every form that says where. */
export function armKeeping() {
  for (const place of document.querySelectorAll("[data-keep]")) if (place.closest("form")) new Keeper(place);
}
