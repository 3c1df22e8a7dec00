// A table of links takes one stop of the tab key; arrows, Home and End walk in it.
for (const table of document.querySelectorAll("[data-matrix]")) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td a")]);
  const all = rows.flat();
  const rest = (link) => all.forEach((one) => one.setAttribute("tabindex", one === link ? "0" : "-1"));
  const placeOf = (link) => {
    const row = rows.findIndex((one) => one.includes(link));
    return [row, rows[row]?.indexOf(link)];
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const target = ([row, column], key) => {
    if (key === "Home") return rows[row][0];
    if (key === "End") return rows[row].at(-1);
    const step = steps[key];
    return step && rows[row + step[0]]?.[column + step[1]];
  };
  table.addEventListener("keydown", (event) => {
    if (!all.includes(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = target(placeOf(event.target), event.key);
    if (!next) return;
    event.preventDefault();
    rest(next);
    next.focus();
  });
  table.addEventListener("focusin", (event) => all.includes(event.target) && rest(event.target));
  rest(table.querySelector("td.on a") ?? all[0]);
}
