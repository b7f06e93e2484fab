// Hover cards: shows window.hoverCards[href] beside a link that is pointed at or focused; Escape closes it.
(() => {
  const card = document.createElement("div");
  card.id = "hover-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let link = null;
  let timer = 0;

  // Terms that a reader of this level knows; reading_level.js says the level.
  const KNOWN = { intermediate: ".level-beginner", expert: ".level-beginner, .level-intermediate" };
  const isKnown = (link) => link.matches(KNOWN[document.documentElement.dataset.readingLevel] || ":not(*)");

  const contentOf = (element) =>
    element.getAttribute &&
    element.closest("article") &&
    !isKnown(element) &&
    (window.hoverCards || {})[element.getAttribute("href")];

  const place = () => {
    const box = link.getBoundingClientRect();
    const gap = 8;
    const below = box.bottom + gap + card.offsetHeight <= window.innerHeight || box.top < window.innerHeight / 2;
    const left = Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - gap);
    card.style.left = `${Math.max(gap, left)}px`;
    card.style.top = `${below ? box.bottom + gap : Math.max(gap, box.top - gap - card.offsetHeight)}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    if (link) link.removeAttribute("aria-describedby");
    link = null;
    card.hidden = true;
  };

  const show = (element) => {
    hide();
    link = element;
    card.innerHTML = contentOf(element);
    card.hidden = false;
    place();
    link.setAttribute("aria-describedby", card.id);
    if (window.MathJax && MathJax.typesetPromise) {
      MathJax.typesetPromise([card]).then(() => link === element && place());
    }
  };

  const later = (action, delay) => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };

  document.addEventListener("mouseover", (event) => {
    const element = event.target.closest("a[href]");
    if (card.contains(event.target) || (element && element === link)) clearTimeout(timer);
    else if (element && contentOf(element)) later(() => show(element), 150);
    else if (link !== document.activeElement) later(hide, 250); // time to reach the card with the pointer
  });
  document.addEventListener("focusin", (event) => (contentOf(event.target) ? show(event.target) : hide()));
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", () => link && place(), { passive: true });
})();
