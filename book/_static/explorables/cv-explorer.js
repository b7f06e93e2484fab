// CV explorer: the error of a cross-validation over alpha, its two choices, and which features they keep.
(() => {
  const P = 20;
  const TRUTH = [1, -0.75, 0.5]; // the other features are useless
  const [M, EPS] = [50, 5e-3]; // alphas in equal ratios from alpha_max down to this part of it, as in lasso_cv
  const X = [Math.log10(0.0025), Math.log10(2.2)];
  const layout = (width) => {
    const [left, wide] = [46, width - 46 - 14];
    const curve = { left, top: 66, width: wide, height: Math.min(230, 0.6 * wide) };
    return { curve, strip: { left, top: curve.top + curve.height + 42, width: wide, height: 120 } };
  };

  const rounded = (value, digits) => String(Number(value.toPrecision(digits)));

  // --- Data, row by row, so that more rows join those that are there ------------------------------------------------
  const rows = ({ seed, n, noise }, call) => {
    const numbers = call("normals", { n: n * (P + 1), seed, out: n * (P + 1) }).out;
    const features = new Float64Array(n * P);
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const row = numbers.subarray(i * (P + 1), (i + 1) * (P + 1));
      for (let j = 0; j < P; j++) features[j * n + i] = row[j];
      y[i] = TRUTH.reduce((sum, w, j) => sum + w * row[j], noise * row[P]);
    }
    return [features, y];
  };
  const grid = (features, y) => {
    const n = y.length;
    const mean = y.reduce((sum, value) => sum + value, 0) / n;
    let top = 0;
    for (let j = 0; j < P; j++) {
      const pull = y.reduce((sum, value, i) => sum + features[j * n + i] * (value - mean), 0) / n;
      top = Math.max(top, Math.abs(pull));
    }
    return Array.from({ length: M }, (_, k) => top * EPS ** (k / (M - 1)));
  };

  // The curve, both choices and the counts, all by place on the grid.
  const validate = (state, call) => {
    const { n, folds } = state;
    const [features, y] = rows(state, call);
    const alphas = grid(features, y);
    const tested = { n, p: P, m: M, X: features, y, n_folds: folds, alphas, errors: folds * M };
    const { errors } = call("cross_validate", tested);
    const { coefs } = call("path", { n, p: P, m: M, X: features, y, alphas, coefs: M * P, intercepts: M, gaps: M });
    const folded = alphas.map((_, k) => Array.from({ length: folds }, (_, fold) => errors[fold * M + k]));
    const mean = folded.map((all) => all.reduce((sum, error) => sum + error, 0) / folds);
    const se = folded.map((all, k) => {
      const squares = all.reduce((sum, error) => sum + (error - mean[k]) ** 2, 0);
      return Math.sqrt(squares / (folds - 1) / folds);
    });
    // At alpha_max itself a coefficient is zero up to rounding.
    const inside = (k, from, to) => coefs.subarray(k * P + from, k * P + to).filter((w) => Math.abs(w) > 1e-12).length;
    const best = mean.indexOf(Math.min(...mean));
    return {
      alphas,
      mean,
      se,
      right: alphas.map((_, k) => inside(k, 0, TRUTH.length)),
      wrong: alphas.map((_, k) => inside(k, TRUTH.length, P)),
      best,
      first: mean.findIndex((error) => error <= mean[best] + se[best]), // alphas fall
    };
  };

  // The last data set, and the choices for those seen before with the same rows, noise and folds.
  let found = null;
  let [seen, settings] = [new Map(), ""];

  explorable("cv-explorer", {
    controls: {
      n: { label: "rows n", min: 40, max: 200, step: 10, value: 100, digits: 0 },
      noise: { label: "noise", min: 0.3, max: 2, step: 0.1, value: 1, digits: 1 },
      folds: { label: "folds", min: 3, max: 10, step: 1, value: 5, digits: 0 },
      seed: { label: "data set", min: 1, max: 50, step: 1, value: 1, digits: 0 },
    },
    actions: [{ label: "New data", run: ({ seed }) => ({ seed: (seed % 50) + 1 }) }],
    play: { control: "seed", every: 600 },
    height: (width) => {
      const { strip } = layout(width);
      return strip.top + strip.height + 46;
    },

    compute: (state, call) => {
      found = validate(state, call);
      const { alphas, mean, se, right, wrong, best, first } = found;
      const now = [state.n, state.noise, state.folds].join(" ");
      if (now !== settings) [seen, settings] = [new Map(), now];
      const at = (k) => [alphas[k], right[k] + wrong[k]];
      seen.set(state.seed, [at(best), at(first)]);
      return {
        alpha: alphas[best],
        alpha_1se: alphas[first],
        error: mean[best],
        error_1se: mean[first],
        standard_error: se[best],
        left_end: mean[M - 1],
        right_end: mean[0],
        right: right[best],
        right_1se: right[first],
        wrong: wrong[best],
        wrong_1se: wrong[first],
      };
    },

    describe: (state, { alpha, alpha_1se, right, right_1se, wrong, wrong_1se }) => {
      return (
        `The minimum, alpha = ${rounded(alpha, 2)}, keeps ${right} of the 3 true features and ${wrong} false. ` +
        `The 1-SE choice, alpha = ${rounded(alpha_1se, 2)}, keeps ${right_1se} and ${wrong_1se}.`
      );
    },

    draw: ({ picture, plot, shape, clipped }, { noise, seed }, { wrong, wrong_1se }) => {
      const { curve, strip } = layout(picture.viewBox.baseVal.width);
      const { alphas, mean, se, best, first, ...counts } = found;
      const across = alphas.map(Math.log10);
      const high = mean.map((error, k) => error + se[k]);
      const floor = Math.min(0.7 * noise ** 2, ...mean.map((error, k) => error - se[k]));
      const top = 1.08 * Math.min(2 * high[0], Math.max(...high)); // the left arm may go on beyond
      const c = plot(curve, X, [floor, top]);
      const s = plot(strip, X, [0, P]);
      const hatch = shape("pattern", {
        id: "cv-explorer-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
      });
      hatch.append(shape("path", { class: "ex-line ex-alarm", d: "M0 0V6" }));
      picture.append(hatch);
      const hatched = (element) => element.setAttribute("style", "fill: url(#cv-explorer-hatch); fill-opacity: 1");

      // Above: the error with its band, and what the true coefficients would have.
      clipped(curve).append(
        c.line("ex-thin ex-truth ex-dash", [[X[0], noise ** 2], [X[1], noise ** 2]]),
        c.area("ex-lasso", [
          ...across.map((at, k) => [at, high[k]]),
          ...across.map((at, k) => [at, mean[k] - se[k]]).reverse(),
        ]),
        c.line("ex-lasso", across.map((at, k) => [at, mean[k]])),
      );
      c.text("ex-faint", X[0], top, "validation error; dashed: that of the truth", 0, -52, "start");
      c.text("ex-truth", X[0], noise ** 2, "truth", -8, 4, "end");
      const step = [0.5, 1, 2, 5].find((size) => (top - floor) / size < 8);
      const steps = Array.from({ length: 20 }, (_, k) => k * step).filter((value) => value > floor && value < top);
      const free = steps.filter((value) => Math.abs(c.py(value) - c.py(noise ** 2)) > 15);
      c.ticks("left", free, step < 1 ? 1 : 0);

      // Below: the features that each alpha keeps, true ones first.
      const half = (across[0] - across[1]) / 2;
      const stairs = (heights) => across.flatMap((at, k) => [[at + half, heights[k]], [at - half, heights[k]]]);
      const right = stairs(counts.right);
      const roof = stairs(counts.right.map((count, k) => count + counts.wrong[k]));
      s.area("ex-full ex-lasso", [...right, [right.at(-1)[0], 0], [right[0][0], 0]]);
      hatched(s.area("ex-alarm", [...right, ...roof.slice().reverse()]));
      s.line("ex-thin ex-data", roof);
      s.line("ex-thin", [[X[0], 0], [X[1], 0]]);
      s.ticks("left", [0, 3, 10, 20], 0);
      s.ticks("bottom", [0.003, 0.01, 0.03, 0.1, 0.3, 1].map(Math.log10), (at) => rounded(10 ** at, 1));
      s.text("ex-faint", (X[0] + X[1]) / 2, 0, "alpha, log scale: more penalty to the right", 0, 40);
      const key = (look, left, text) => {
        const swatch = shape("rect", { class: `ex-area ${look}`, x: left, y: strip.top - 24, width: 14, height: 12 });
        picture.append(swatch);
        const label = { class: `ex-text ${look.split(" ")[0]}`, x: left + 20, y: strip.top - 13 };
        picture.append(shape("text", label, text));
        return swatch;
      };
      key("ex-lasso ex-full", strip.left, "true features kept");
      hatched(key("ex-alarm", strip.left + 156, "false ones"));

      // Both choices through both panels, and in the lower one those of the data sets before.
      const mark = (look, square, left, level, r) =>
        picture.append(
          square
            ? shape("rect", { class: `ex-mark ${look}`, x: left - r, y: level - r, width: 2 * r, height: 2 * r })
            : shape("circle", { class: `ex-mark ${look}`, cx: left, cy: level, r: r + 1 }),
        );
      seen.forEach((choices, other) => {
        if (other >= seed) return;
        choices.forEach(([alpha, count], k) => mark("ex-ghost", k === 1, s.px(Math.log10(alpha)), s.py(count), 3));
      });
      [best, first].forEach((k, square) => {
        const left = c.px(across[k]);
        const text = square ? `1 SE: ${wrong_1se} false` : `minimum: ${wrong} false`;
        const level = curve.top - 30 + 18 * !square;
        const d = `M${left} ${level + 6}V${curve.top + curve.height}M${left} ${strip.top}v${strip.height}`;
        picture.append(shape("path", { class: "ex-line ex-thin ex-data ex-dash", d }));
        mark("", square, left, c.py(mean[k]), 5);
        mark("", square, left, s.py(counts.right[k] + counts.wrong[k]), 5);
        // To the left of its line, or to the right if the other's is there; but within the picture.
        const long = 7.2 * text.length;
        const start = square ? Math.min(left - 20, strip.left + strip.width - long) : Math.max(0, left - long);
        picture.append(shape("text", { class: "ex-text ex-data", x: start, y: level }, text));
      });
    },
  });
})();
