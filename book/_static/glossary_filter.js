// The glossary: show the terms of one level. Without this script all are shown.
(() => {
  const form = document.querySelector(".glossary-filter");
  const terms = [...document.querySelectorAll("dl.glossary > dt")];
  const apply = () => {
    const level = form.elements.level.value;
    terms.forEach((term) => {
      term.hidden = level !== "" && !term.classList.contains(`level-${level}`);
      term.nextElementSibling.hidden = term.hidden;
    });
    const shown = terms.filter((term) => !term.hidden).length;
    form.querySelector("[role=status]").textContent = `${shown} of ${terms.length} terms shown.`;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  // A link to a term that is not shown shows all.
  document.querySelector("dl.glossary").addEventListener("click", (event) => {
    if (!event.target.closest("a[href^='#']")) return;
    form.reset();
    apply();
  });
  apply();
})();
