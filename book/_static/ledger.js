// The ledger of claims: filters its rows and keeps the filter in the address, so that a selection can be linked.
(() => {
  const form = document.querySelector(".ledger-filters");
  if (!form) return;
  const rows = [...document.querySelectorAll("table.ledger tbody tr")];
  const selects = [...form.querySelectorAll("select")];
  const chapterName = (row) => row.lastElementChild.firstElementChild.textContent;

  selects.forEach((select) => {
    const names = new Map(
      rows.map((row) => [row.dataset[select.name], select.name === "chapter" ? chapterName(row) : row.dataset[select.name]]),
    );
    [...names].sort().forEach(([value, name]) => select.add(new Option(name, value)));
  });

  const chosen = () => [...new FormData(form)].filter(([, value]) => value);

  const apply = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/);
    rows.forEach((row) => {
      const text = row.textContent.toLowerCase();
      row.hidden =
        selects.some((select) => select.value && select.value !== row.dataset[select.name]) ||
        !words.every((word) => text.includes(word));
    });
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("[role=status]").textContent = `${shown} of ${rows.length} claims shown.`;
  };

  const remember = () => {
    apply();
    history.replaceState(null, "", `#${new URLSearchParams(chosen())}`);
  };

  const restore = () => {
    const address = location.hash.slice(1);
    const row = address.startsWith("ledger-") && document.getElementById(address);
    form.reset();
    if (!row) {
      new URLSearchParams(address).forEach((value, name) => {
        if (form.elements[name]) form.elements[name].value = value;
      });
    }
    apply();
    if (row) row.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("input", remember);
  form.addEventListener("reset", () => setTimeout(remember)); // the fields are empty only after the event
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", restore);
  restore();
})();
