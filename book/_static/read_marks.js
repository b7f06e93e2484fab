// Chapters read: the button at a chapter's end, and the marks in the navigation and in the list of chapters.
(() => {
  if (!window.reader) return;
  const { make, chapter } = reader;
  const nameOf = (chapter) => `read/${chapter}`;
  const button = make("button", { type: "button" }, "Mark as read");

  const show = () => {
    document.querySelectorAll("nav.bd-links a, .chapter-list a").forEach((link) => {
      const read = reader.get(nameOf(reader.chapterOf(link.pathname)));
      link.querySelector(".read-mark")?.remove();
      if (read) link.append(make("span", { className: "read-mark", role: "img", ariaLabel: "read" }, "✓"));
    });
    button.ariaPressed = Boolean(reader.get(nameOf(chapter)));
  };

  button.addEventListener("click", () => {
    if (reader.get(nameOf(chapter))) reader.forget(nameOf(chapter));
    else reader.set(nameOf(chapter), "yes");
    show();
  });
  if (chapter) {
    const end = make("section", { className: "chapter-end", ariaLabel: "Your progress" }, button);
    document.querySelector("article").append(end);
  }
  reader.onShow(show);
})();
