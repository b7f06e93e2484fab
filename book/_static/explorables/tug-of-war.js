// Tug-of-war: a spring anchored at z pulls the crate, friction of at most alpha holds it; below, the soft threshold.
(() => {
  const REACH = 1.25;
  const layout = (width) => {
    // The track and the curve share their scale, so that the anchor stands above its place on the curve.
    const left = 46;
    const wide = width - left - 14;
    return {
      track: { left, top: 14, width: wide, height: 146 },
      curve: { left, top: 196, width: wide, height: Math.min(230, 0.62 * wide) },
    };
  };
  let scale = null; // of the last drawing, for dragging

  explorable("tug-of-war", {
    controls: {
      z: { label: "least squares z", min: -1.2, max: 1.2, step: 0.01, value: 0.59, digits: 2 },
      alpha: { label: "price alpha", min: 0, max: 1, step: 0.01, value: 0.25, digits: 2 },
    },
    height: (width) => {
      const { curve } = layout(width);
      return curve.top + curve.height + 46;
    },

    compute: ({ z, alpha }, call) => {
      const [coef] = call("soft_threshold", { z, alpha, out: 1 }).out;
      return { coef, pull: z - coef };
    },

    describe: ({ z, alpha }, { coef, pull }, format) =>
      coef === 0
        ? `The spring pulls with ${format(pull)}, and friction of up to ${format(alpha)} holds the crate: ` +
          "the coefficient is exactly 0."
        : `Pull and friction balance at ${format(Math.abs(pull))}: the crate slides to ${format(coef)}, ` +
          `which is ${format(z)} moved towards zero by ${format(alpha)}.`,

    draw: ({ picture, plot, width, format, shape, grip }, { z, alpha }, { coef, pull }) => {
      const { track, curve } = layout(width);
      const t = plot(track, [-REACH, REACH], [0, 1]);
      const c = plot(curve, [-REACH, REACH], [-REACH, REACH]);
      scale = t;
      const floor = 0.26;

      // Above: where the anchor may stand without starting the crate, the floor, the spring, the crate.
      t.area("ex-lasso", [[-alpha, floor - 0.07], [alpha, floor - 0.07], [alpha, floor], [-alpha, floor]]);
      t.line("ex-thin", [[-REACH, floor], [REACH, floor]]);
      const size = 12;
      const level = t.py(floor) - size;
      const [from, to] = [t.px(coef), t.px(z)];
      const turns = 12;
      const zigzag = Array.from({ length: turns + 1 }, (_, k) => {
        const height = k === 0 || k === turns ? 0 : k % 2 ? 7 : -7;
        return `${from + ((to - from) * k) / turns},${level + height}`;
      });
      picture.append(shape("polyline", { class: "ex-line ex-data", points: zigzag.join(" ") }));
      picture.append(
        shape("rect", { class: "ex-crate", x: from - size, y: level - size, width: 2 * size, height: 2 * size, rx: 3 }),
      );
      // The two forces, to scale, and what they are worth.
      const force = (look, end, height, name) => {
        t.arrow(look, coef, end, height);
        if (pull === 0) return;
        const middle = t.px((coef + end) / 2); // and never beyond the picture
        const shift = Math.min(width - 46, Math.max(46, middle)) - middle;
        t.text(look, (coef + end) / 2, height, `${name} ${format(Math.abs(pull))}`, shift, -7);
      };
      force("ex-data", coef + pull, 0.64, "pull");
      force("ex-lasso", coef - pull, 0.86, "friction");
      t.text("ex-lasso", 0, floor - 0.07, `holds within ±${format(alpha)}`, 0, 16);

      // Below: the soft threshold, and this anchor on it.
      c.line("ex-thin", [[-REACH, 0], [REACH, 0]]);
      c.line("ex-thin ex-dash", [[-REACH, -REACH], [REACH, REACH]]);
      c.line("ex-lasso", [[-REACH, -REACH + alpha], [-alpha, 0], [alpha, 0], [REACH, REACH - alpha]]);
      c.line("ex-thin ex-data ex-dash", [[z, REACH], [z, coef]]);
      c.dot("ex-lasso", z, coef, 7);
      c.ticks("bottom", [-1, -0.5, 0, 0.5, 1]);
      c.ticks("left", [-1, 0, 1], 0);
      c.text("ex-faint", 0, -REACH, "least squares coefficient z, the anchor", 0, 40);
      c.text("ex-lasso", -REACH, REACH, "coefficient w, the crate", 4, 4, "start");
      c.text("ex-faint", -0.8, -0.8, "w = z", 8, 12, "start");

      // The anchor last, so that it is on top: a handle to drag.
      grip("z", to, level);
      t.text("ex-data", z, floor, "z", 0, -size - 14);
    },

    drag: (handle, left) => ({ z: scale.value(left, 0)[0] }),
  });
})();
