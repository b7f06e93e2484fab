// A box that scrolls sideways must be reachable by keyboard: give it a place in the tab order while it overflows.
(() => {
  const update = () =>
    document.querySelectorAll("div.math, .highlight pre, .cell_output pre, .scrolls").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  window.addEventListener("resize", update);
  window.addEventListener("load", () => {
    const typeset = window.MathJax && MathJax.startup && MathJax.startup.promise;
    Promise.resolve(typeset).then(update);
  });
})();
