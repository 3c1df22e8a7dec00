// One press sends once, and a refused form begins with what to do about it.

function holdBack(form) {
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
}

function letGo(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

/** Stop a second sending of the same form, and move to the error summary if there is one. */
export function armForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !("once" in form.dataset)) return;
    if (form.dataset.sent) event.preventDefault();
    else holdBack(form);
  }, true);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(letGo);
  });
  document.addEventListener("mdt:sent", (event) => letGo(event.target)); // a live form that stays on its page
  document.querySelector("[data-errors]")?.focus();
}
