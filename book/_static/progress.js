// The landing page: how far the reader is, where to continue; the memory to export, to import and to reset.
(() => {
  const list = document.querySelector(".chapter-list");
  if (!window.reader || !list) return;
  const { make } = reader;
  const items = [...list.querySelectorAll("li")];
  const isRead = (item) => reader.get(`read/${item.dataset.chapter}`);
  const summary = make("p", {});
  const next = make("p", {});

  // The last chapter, or the next one that is not read; in a chapter begun also the section.
  const proceed = () => {
    const last = items.findIndex((item) => item.dataset.chapter === reader.get("last"));
    const item = items.slice(last).find((item) => !isRead(item));
    next.replaceChildren();
    if (last < 0 || !item) return;
    const link = item.querySelector("a").cloneNode(true);
    const [, id, heading] = /^(\S+) (.+)$/.exec(reader.get(`place/${item.dataset.chapter}`)) ?? [];
    if (id) {
      link.hash = id;
      link.append(`, ${heading}`);
    }
    next.append("Continue with ", link, ".");
  };

  const show = () => {
    const score = reader.score();
    const read = `${items.filter(isRead).length} of ${items.length} chapters read`;
    summary.textContent = score ? `${read}, ${score}.` : `${read}.`;
    items.forEach((item) => {
      item.querySelector(".chapter-score")?.remove();
      const score = reader.score(item.dataset.chapter);
      if (score) item.append(make("span", { className: "chapter-score" }, `, ${score}`));
    });
    proceed();
  };

  const file = make("input", { type: "file", accept: ".json", hidden: true });
  file.addEventListener("change", async () => {
    try {
      const kept = JSON.parse(await file.files[0].text());
      Object.entries(kept).forEach((entry) => reader.set(...entry));
      location.reload();
    } catch {
      summary.textContent = "This file was not exported by the book.";
    }
  });

  const actions = {
    Export: () => {
      const text = new Blob([JSON.stringify(reader.all(), null, 1)]);
      make("a", { href: URL.createObjectURL(text), download: "lasso-book.json" }).click();
    },
    Import: () => file.click(),
    Reset: () => {
      if (!confirm("Forget your level, progress and answers in this browser?")) return;
      reader.clear();
      location.reload();
    },
  };
  const buttons = Object.entries(actions).map(([text, onclick]) => make("button", { type: "button", onclick }, text));
  const contents = [summary, next, ...buttons, file];
  list.before(make("section", { className: "progress-summary", ariaLabel: "Your progress" }, ...contents));
  reader.onShow(show);
})();
