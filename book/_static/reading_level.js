// The reader's level, chosen in the sidebar: hover_cards.js and custom.css look for it in the root element.
(() => {
  const navigation = document.querySelector("nav.bd-links");
  if (!window.reader || !navigation) return;
  const NOTES = {
    beginner: "All terms explain themselves when you point at them.",
    intermediate: "Terms for beginners do not explain themselves.",
    expert: "Only terms for experts explain themselves.",
  };
  const { make } = reader;
  const select = make("select", {}, ...Object.keys(NOTES).map((level) => new Option(level)));
  const note = make("p", { id: "reading-level-note" });
  select.setAttribute("aria-describedby", note.id);

  const show = () => {
    const level = reader.get("level");
    select.value = level in NOTES ? level : "beginner";
    document.documentElement.dataset.readingLevel = select.value;
    note.textContent = NOTES[select.value];
  };

  select.addEventListener("change", () => {
    reader.set("level", select.value);
    show();
  });
  const label = make("label", {}, "Reading level ", select);
  navigation.before(make("form", { className: "reading-level", ariaLabel: "For this reader" }, label, note));
  reader.onShow(show);
})();
