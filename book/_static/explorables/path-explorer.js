// Path explorer: the coefficients of a small regression at every price, and what pulls on its features at one of them.
(() => {
  const [N, P, SEED] = [60, 6, 2];
  const TRUTH = [1, -0.8, 0.6, 0, 0, 0]; // times the signal
  const every = TRUTH.map((_, j) => j);
  // The price is set by how far it has fallen on a log scale. There is a fit for each place of that slider.
  const FALL = { min: -0.5, max: 2, step: 0.01 };
  const price = (fall) => 10 ** -fall;
  const falls = Array.from({ length: 251 }, (_, k) => Number((FALL.min + FALL.step * k).toFixed(2)));
  const place = (fall) => Math.round((fall - FALL.min) / FALL.step);
  const AXES = [
    ["alpha, log scale", "alpha, log scale: less penalty to the right"],
    ["alpha", "alpha, falling: less penalty to the right"],
    ["L1 norm", "L1 norm, as a share of what least squares spends"],
  ];

  const layout = (width) => {
    const [left, wide] = [46, width - 46 - 40];
    const path = { left, top: 46, width: wide, height: Math.min(250, 0.62 * wide) };
    return { path, bars: { left, top: path.top + path.height + 98, width: wide, height: 100 } };
  };

  // --- Data: columns of mean zero, length root n and without correlation; then 4 is made to resemble 1, -2 and 3 ----
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0) / N;
  const scaled = (a) => a.map((value) => value / Math.sqrt(dot(a, a)));
  let columns = null;
  const draws = (call) => {
    const numbers = call("normals", { n: 7 * N, seed: SEED, out: 7 * N }).out;
    const made = [];
    [...every, P].forEach((j) => {
      let column = numbers.slice(j * N, (j + 1) * N);
      const mean = column.reduce((sum, value) => sum + value, 0) / N;
      column = column.map((value) => value - mean);
      if (j < P) made.forEach((other) => (column = column.map((value, i) => value - dot(column, other) * other[i])));
      made.push(scaled(column));
    });
    return made;
  };

  // All fits of one data set, the last at alpha = 0: kept while only the cursor moves.
  let [known, all] = ["", null];
  const follow = ({ signal, noise, rho }, call) => {
    columns = columns || draws(call);
    if (known === `${signal} ${noise} ${rho}`) return all;
    known = `${signal} ${noise} ${rho}`;
    const [one, two, three, own] = columns;
    const rest = Math.sqrt(1 - 3 * rho * rho);
    const X = columns.slice(0, P);
    X[3] = own.map((value, i) => rho * (one[i] - two[i] + three[i]) + rest * value);
    const y = columns[P].map((e, i) => noise * e + signal * every.reduce((sum, j) => sum + TRUTH[j] * X[j][i], 0));
    const alphas = [...falls.map(price), 0];
    const m = alphas.length;
    const flat = new Float64Array(N * P);
    X.forEach((column, j) => flat.set(column, j * N));
    const found = call("path", { n: N, p: P, m, X: flat, y, alphas, coefs: m * P, intercepts: m, gaps: m });
    const coefs = alphas.map((_, k) => found.coefs.subarray(k * P, (k + 1) * P));
    const spent = coefs.map((w) => w.reduce((sum, value) => sum + Math.abs(value), 0));
    const pulls = (k) => {
      const fit = (i) => every.reduce((sum, j) => sum + coefs[k][j] * X[j][i], found.intercepts[k]);
      const left = y.map((value, i) => value - fit(i));
      return X.map((column) => Math.abs(dot(column, left)));
    };
    all = { alphas, coefs, pulls, strongest: Math.max(...pulls(0)), shares: spent.map((sum) => sum / spent[m - 1]) };
    return all;
  };

  // --- Drawing ------------------------------------------------------------------------------------------------------
  const worth = (value, alpha = value) => value.toFixed(alpha < 0.095 ? 3 : 2);
  const list = (names) => names.join(", ").replace(/, ([^,]*)$/, " and $1");
  // Labels of 14 pixels each, moved as little as keeps them apart.
  const apart = (tops) => {
    const order = every.slice().sort((a, b) => tops[a] - tops[b]);
    const moved = tops.slice();
    for (let round = 0; round < 60; round++) {
      order.slice(1).forEach((j, k) => {
        const close = 14 - (moved[j] - moved[order[k]]);
        if (close > 0) [moved[j], moved[order[k]]] = [moved[j] + close / 2, moved[order[k]] - close / 2];
      });
    }
    return moved;
  };
  const look = (j) => (TRUTH[j] ? "ex-lasso" : "ex-alarm");

  // Across: what the axis shows of the k-th fit, from its left end to its right one; and its ticks.
  const axisOf = (axis, { alphas, strongest, shares }) => {
    const top = 1.12 * strongest; // at the largest alpha no feature is in
    const step = [0.1, 0.2, 0.5, 1].find((size) => top / size < 6);
    const steps = Array.from({ length: 6 }, (_, k) => k * step).filter((value) => value < top);
    return [
      {
        across: (k) => -Math.log10(alphas[k]),
        range: [FALL.min, FALL.max],
        ticks: [3, 1, 0.3, 0.1, 0.03, 0.01].map((alpha) => -Math.log10(alpha)),
        name: (at) => String(Number((10 ** -at).toPrecision(1))),
      },
      {
        across: (k) => Math.max(-alphas[k], -top),
        range: [-top, 0],
        ticks: steps.map((value) => -value),
        name: (at) => Math.abs(at).toFixed(1),
      },
      {
        across: (k) => shares[k],
        range: [0, 1],
        ticks: [0, 0.25, 0.5, 0.75, 1],
        name: (at) => `${100 * at}%`,
      },
    ][axis];
  };
  let scale = null; // of the last drawing, for dragging

  explorable("path-explorer", {
    controls: {
      fall: { label: "price alpha", ...FALL, value: 0.4, show: (fall) => worth(price(fall)) },
      signal: { label: "signal", min: 0.2, max: 1.5, step: 0.05, value: 1, digits: 2 },
      noise: { label: "noise", min: 0, max: 2, step: 0.05, value: 0.6, digits: 2 },
      rho: { label: "correlation of 4", min: 0, max: 0.55, step: 0.01, value: 0.2, digits: 2 },
      axis: { label: "axis", options: AXES.map(([name]) => name), value: 0 },
    },
    play: { control: "fall", every: 50 },
    height: (width) => {
      const { bars } = layout(width);
      return bars.top + bars.height + 44;
    },

    compute: (state, call) => {
      const all = follow(state, call);
      const k = place(state.fall);
      const [values, pulls] = [{ alpha: all.alphas[k], across: axisOf(state.axis, all).across(k) }, all.pulls(k)];
      every.forEach((j) => {
        values[`coef${j + 1}`] = all.coefs[k][j];
        values[`pull${j + 1}`] = pulls[j];
      });
      return values;
    },

    describe: (state, values) => {
      const inside = every.filter((j) => values[`coef${j + 1}`] !== 0).map((j) => j + 1);
      const outside = every.map((j) => j + 1).filter((j) => !inside.includes(j));
      const next = outside.reduce((best, j) => (best && values[`pull${best}`] >= values[`pull${j}`] ? best : j), 0);
      const at = `At alpha = ${worth(values.alpha)}`;
      const who =
        inside.length === 0
          ? `${at} no feature is in.`
          : inside.length === 1
            ? `${at} feature ${inside[0]} is in, pulled with exactly alpha.`
            : `${at} features ${list(inside)} are in, pulled with exactly alpha.`;
      if (!next) return who;
      const share = Math.floor((100 * values[`pull${next}`]) / values.alpha);
      return `${who} The closest outside is ${next}, with ${share}% of alpha.`;
    },

    draw: ({ picture, plot, shape, handle }, { signal, fall, axis }, values) => {
      const { path, bars } = layout(picture.viewBox.baseVal.width);
      const now = place(fall);
      const { across, range, ticks, name } = axisOf(axis, all);
      const drawn = all.alphas.map((_, k) => k).slice(0, axis ? undefined : -1);
      const reach = Math.max(1.2, 1.08 * signal, ...all.coefs.map((w) => 1.05 * Math.max(...w.map(Math.abs))));
      const c = plot(path, range, [-reach, reach]);
      scale = { c, axis };
      const right = path.left + path.width;
      const last = all.coefs[drawn[drawn.length - 1]];

      // Above: the path. Dashes at its right end are the truth.
      c.line("ex-thin", [[range[0], 0], [range[1], 0]]);
      every.forEach((j) => {
        // Only from zero to zero, so that the lines do not hide each other where they rest.
        const coef = (k) => all.coefs[drawn[k]]?.[j] || 0;
        const lines = [[]];
        drawn.forEach((fit, k) => {
          if (coef(k - 1) || coef(k) || coef(k + 1)) lines[0].push([across(fit), coef(k)]);
          else if (lines[0].length) lines.unshift([]);
        });
        lines.forEach((line) => c.line(`${look(j)} ${TRUTH[j] ? "" : "ex-dash"}`, line));
        const truth = { class: "ex-line ex-truth ex-dash", d: `M${right} ${c.py(signal * TRUTH[j])}h22` };
        if (TRUTH[j]) picture.append(shape("path", truth));
      });
      apart(every.map((j) => c.py(last[j]))).forEach((top, j) =>
        c.text(look(j), range[1], last[j], j + 1, 30, top - c.py(last[j]) + 4),
      );
      c.ticks("bottom", ticks, name);
      c.ticks("left", reach < 2 ? [-1, 0, 1] : [-2, -1, 0, 1, 2], 0);
      c.text("ex-faint", (range[0] + range[1]) / 2, -reach, AXES[axis][1], 0, 40);
      c.text("ex-faint", range[0], reach, "coefficients", 0, -28, "start");
      c.text("ex-truth", range[1], reach, "truth", 40, -28, "end");

      // Below: the pulls as shares of the price.
      const b = plot(bars, [-0.5, P - 0.5], [0, 1]);
      b.text("ex-faint", -0.5, 1, "pull of the residual on each feature, |x'r|/n", 0, -26, "start");
      every.forEach((j) => {
        const pull = values[`pull${j + 1}`];
        const share = Math.min(1, pull / values.alpha);
        const inside = values[`coef${j + 1}`] !== 0;
        const corners = [[j - 0.28, 0], [j - 0.28, share], [j + 0.28, share], [j + 0.28, 0]];
        if (inside) b.area(`ex-full ${look(j)}`, corners);
        else b.area("ex-data", corners);
        // On top of its bar, or within it just below the price.
        b.text(inside ? look(j) : "ex-data", j, share, worth(pull, values.alpha), 0, inside || share < 0.8 ? -6 : 16);
        b.text(look(j), j, 0, j + 1, 0, 18);
        if (inside) c.dot(look(j), across(now), values[`coef${j + 1}`], 5);
      });
      b.line("ex-data", [[-0.5, 1], [P - 0.5, 1]]);
      b.line("ex-thin", [[-0.5, 0], [P - 0.5, 0]]);
      b.ticks("left", [0, 1], (at) => (at ? "alpha" : "0"));
      b.text("ex-lasso", 1, 0, "in the truth", 0, 36);
      b.text("ex-alarm", 4, 0, "not in the truth", 0, 36);

      // The cursor last, so that it is on top.
      const left = c.px(across(now));
      handle(
        "fall",
        shape("rect", { class: "ex-grip", x: left - 22, y: path.top - 16, width: 44, height: path.height + 16 }),
        shape("path", { class: "ex-line ex-thin ex-data", d: `M${left} ${path.top - 4}V${path.top + path.height}` }),
        shape("circle", { class: "ex-dot ex-data", cx: left, cy: path.top - 8, r: 8 }),
      );
    },

    // The fit nearest to where the cursor was moved to.
    drag: (handle, left, top, { axis }) => {
      const [wanted] = scale.c.value(left, top);
      const { across } = axisOf(axis, all);
      const far = falls.map((_, k) => Math.abs(across(k) - wanted));
      return { fall: falls[far.indexOf(Math.min(...far))] };
    },
  });
})();
