// What somebody typed stays on the page while its parts are renewed under it.
// In memory only: nothing about a case is ever stored on the device.

const typed = new Map(); // "draft name / field" -> value
let leaving = false;

const keyOf = (field) => `${field.form.dataset.draft}/${field.name}${field.type === "radio" || field.type === "checkbox" ? `/${field.value}` : ""}`;
export const isKept = (field) => field?.form?.dataset?.draft && field.name && !["hidden", "password", "file", "submit"].includes(field.type);
const valueOf = (field) => ("checked" in field && /radio|checkbox/.test(field.type) ? field.checked : field.value);

function put(field, value) {
  if (/radio|checkbox/.test(field.type)) field.checked = value;
  else field.value = value;
}

/** Put back what was typed into the forms under `root`, after a part of the page was replaced. */
export function restore(root = document) {
  for (const form of root.querySelectorAll("form[data-draft]")) {
    for (const field of form.elements) {
      if (isKept(field) && typed.has(keyOf(field))) put(field, typed.get(keyOf(field)));
    }
  }
}

/** Forget what was typed into one form: it has been sent, or given up. */
export function forget(form) {
  for (const key of [...typed.keys()]) {
    if (key.startsWith(`${form.dataset.draft}/`)) typed.delete(key);
  }
}

/** Whether something is typed that has not been sent. */
export function unsent() {
  return typed.size > 0;
}

function remember(field) {
  if (field.type === "radio") {
    for (const one of field.form.elements[field.name]) typed.set(keyOf(one), one.checked);
  } else typed.set(keyOf(field), valueOf(field));
}

/** Listen to every form marked data-draft, now and later, and warn before a page with unsent words closes. */
export function armDrafts() {
  document.addEventListener("input", (event) => { if (isKept(event.target)) remember(event.target); });
  document.addEventListener("submit", (event) => { if (event.target.dataset.draft && !event.defaultPrevented) forget(event.target); });
  document.addEventListener("mdt:renewed", (event) => restore(event.target));
  window.addEventListener("mdt:leaving", () => { leaving = true; typed.clear(); });
  window.addEventListener("beforeunload", (event) => { if (unsent() && !leaving) event.preventDefault(); });
}
