// Where the reader left off: the heading reached is remembered, and offered at the next visit.
(() => {
  if (!window.reader) return;
  const { make, chapter } = reader;
  const headings = [...document.querySelectorAll("article section > :is(h2, h3)")];
  const idOf = (heading) => heading.parentElement.id;
  const textOf = (heading) => heading.textContent.replace(/#$/, "");
  const name = `place/${chapter}`;
  const place = reader.get(name)?.split(" ")[0];
  const left = headings.find((heading) => idOf(heading) === place);

  // Not where the address says where to go, nor where there is nowhere to go.
  if (left && left !== headings[0] && !location.hash && !reader.get(`read/${chapter}`)) {
    const link = make("a", { href: `#${place}` }, textOf(left));
    const offer = make("p", { className: "resume" }, "You left off at ", link, ".");
    document.querySelector("article .reading-time").after(offer);
  }

  const remember = () => {
    const reached = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2).pop();
    if (reached) reader.set(name, `${idOf(reached)} ${textOf(reached)}`);
  };
  let timer = 0;
  document.addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(remember, 200);
  });
  reader.onShow(() => reader.set("last", chapter));
})();
