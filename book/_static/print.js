// Paper is white, and nothing on it can be clicked: print the light theme and open what is folded, then put both back.
// The theme's own script opens solutions and proofs.
(() => {
  const root = document.documentElement;
  let putBack = () => {};
  window.addEventListener("beforeprint", () => {
    const theme = root.dataset.theme;
    const folded = document.querySelectorAll("article details:not([open])");
    root.dataset.theme = "light";
    folded.forEach((details) => (details.open = true));
    putBack = () => {
      root.dataset.theme = theme;
      folded.forEach((details) => (details.open = false));
    };
  });
  window.addEventListener("afterprint", () => putBack());
})();
