// The line of chapters says which one is being read.

/** Mark the link of the chapter nearest the top of the window. */
export function armChapters() {
  const line = document.querySelector(".chapters");
  if (!line || !("IntersectionObserver" in window)) return;
  const links = new Map([...line.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((seen) => {
    const now = seen.find((one) => one.isIntersecting);
    if (!now) return;
    for (const [anchor, link] of links) {
      if (anchor === now.target.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const anchor of links.keys()) {
    const chapter = document.getElementById(anchor);
    if (chapter) watch.observe(chapter);
  }
}
