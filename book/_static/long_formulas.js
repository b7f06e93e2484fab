// A formula that is wider than its column scrolls: give it a place in the tab order, as the theme does for code.
(() => {
  const update = () =>
    document.querySelectorAll("mjx-container[display]").forEach((formula) => {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    });
  window.addEventListener("resize", update);
  window.addEventListener("load", () => MathJax.startup.promise.then(update));
})();
