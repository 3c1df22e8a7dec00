// A button that says how many it acts on: data-count names the ticks, data-none, -one and -many its words.

function say(button) {
  const form = button.form;
  const ticked = [...form.elements].filter((one) => one.name === button.dataset.count && one.checked).length;
  const words = ticked === 0 ? button.dataset.none : ticked === 1 ? button.dataset.one : button.dataset.many;
  button.textContent = words.replace("#", ticked);
}

for (const button of document.querySelectorAll("[data-count]")) {
  say(button);
  button.form.addEventListener("change", () => say(button));
}
