// First contact: contours around least squares grow until they touch a diamond (Lasso) and a circle (ridge).
(() => {
  const X = [-1.15, 1.65];
  const Y = [-1.15, 1.35];
  const layout = (width) => {
    const wide = width - 60;
    return { left: 46, top: 14, width: wide, height: (wide * (Y[1] - Y[0])) / (X[1] - X[0]) };
  };
  const turn = Array.from({ length: 97 }, (_, k) => (2 * Math.PI * k) / 96);

  // The contour through w: half axes along (1, 1) and (1, -1), the eigenvectors of the correlation matrix.
  const contour = ([b1, b2], rho, [w1, w2]) => {
    const [d1, d2] = [w1 - b1, w2 - b2];
    const level = d1 * d1 + d2 * d2 + 2 * rho * d1 * d2;
    return turn.map((angle) => {
      const along = Math.sqrt(level / (2 + 2 * rho)) * Math.cos(angle);
      const across = Math.sqrt(level / (2 - 2 * rho)) * Math.sin(angle);
      return [b1 + along + across, b2 + along - across];
    });
  };

  let scale = null; // of the last drawing, for dragging

  explorable("first-contact", {
    controls: {
      b1: { label: "least squares, first", min: -1, max: 1.5, step: 0.01, value: 1, digits: 2 },
      b2: { label: "least squares, second", min: -1, max: 1.2, step: 0.01, value: 0.7, digits: 2 },
      rho: { label: "correlation", min: -0.95, max: 0.95, step: 0.01, value: 0.5, digits: 2 },
      budget: { label: "budget t", min: 0.05, max: 1.1, step: 0.01, value: 0.6, digits: 2 },
    },
    height: (width) => layout(width).height + 62,

    compute: ({ b1, b2, rho, budget }, call) => {
      const touch = (ridge) =>
        call("contact", { p: 2, gram: [1, rho, rho, 1], least_squares: [b1, b2], budget, ridge, coef: 2, price: 1 });
      const [lasso, ridge] = [touch(0), touch(1)];
      return {
        lasso1: lasso.coef[0],
        lasso2: lasso.coef[1],
        alpha: lasso.price[0],
        ridge1: ridge.coef[0],
        ridge2: ridge.coef[1],
      };
    },

    describe: (state, { lasso1, lasso2, alpha, ridge1, ridge2 }, format) => {
      const zero = lasso1 === 0 ? "the first" : "the second";
      const corner = (lasso1 === 0) !== (lasso2 === 0);
      const where =
        alpha === 0
          ? "Least squares is inside the diamond, and nothing is touched."
          : `The diamond is touched at ${format(lasso1)}, ${format(lasso2)}, ` +
            (corner ? `a corner: ${zero} coefficient is exactly 0.` : "on an edge: neither is 0.");
      return `${where} The circle: ${format(ridge1)}, ${format(ridge2)}.`;
    },

    draw: ({ picture, plot, shape, grip, clipped }, { b1, b2, rho, budget }, { lasso1, lasso2, ridge1, ridge2 }) => {
      const box = layout(picture.viewBox.baseVal.width);
      const c = plot(box, X, Y);
      scale = c;
      c.line("ex-thin", [[X[0], 0], [X[1], 0]]);
      c.line("ex-thin", [[0, Y[0]], [0, Y[1]]]);
      const diamond = [[budget, 0], [0, budget], [-budget, 0], [0, -budget], [budget, 0]];
      const circle = turn.map((angle) => [budget * Math.cos(angle), budget * Math.sin(angle)]);
      c.area("ex-ridge", circle);
      c.area("ex-lasso", diamond);
      clipped(box).append(
        c.line("ex-ridge ex-dash", circle),
        c.line("ex-lasso", diamond),
        c.line("ex-thin ex-data ex-dash", contour([b1, b2], rho, [ridge1, ridge2])),
        c.line("ex-data", contour([b1, b2], rho, [lasso1, lasso2])),
      );
      const [left, top] = [c.px(ridge1), c.py(ridge2)];
      picture.append(shape("rect", { class: "ex-dot ex-ridge", x: left - 6, y: top - 6, width: 12, height: 12 }));
      c.dot("ex-lasso", lasso1, lasso2, 7);
      c.ticks("bottom", [-1, 0, 1], 0);
      c.ticks("left", [-1, 0, 1], 0);
      c.text("ex-faint", (X[0] + X[1]) / 2, Y[0], "first coefficient; the second upwards", 0, 40);
      grip("b", c.px(b1), c.py(b2));
      c.text("ex-data", b1, b2, "least squares", 0, -14);
    },

    drag: (handle, left, top) => {
      const [b1, b2] = scale.value(left, top);
      return { b1, b2 };
    },
  });
})();
