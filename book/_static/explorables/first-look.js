// First look: ten coefficients that shrink and leave as the price rises, and the error of their forecasts.
(() => {
  const FEATURES = {
    age: "age",
    sex: "sex",
    bmi: "body mass index",
    bp: "blood pressure",
    s1: "cholesterol",
    s2: "LDL cholesterol",
    s3: "HDL cholesterol",
    s4: "cholesterol / HDL",
    s5: "triglycerides",
    s6: "blood sugar",
  };
  const KEYS = Object.keys(FEATURES);
  const P = KEYS.length;
  const ROWS = P + 2; // of each table in first-look-data.js
  // The price on a log scale. There is a fit for each place of the slider.
  const RISE = { min: -1.3, max: 1.7, step: 0.01 };
  const rises = Array.from({ length: 301 }, (_, k) => Number((RISE.min + RISE.step * k).toFixed(2)));
  const price = (rise) => 10 ** rise;

  // The groups of patients, all of them first: how many they are, and rows that stand for them.
  const groups = () => {
    const { sizes, tables } = window.firstLook;
    const numbers = new Float64Array(Uint8Array.from(atob(tables), (letter) => letter.charCodeAt(0)).buffer);
    return sizes.map((size, k) => {
      const table = numbers.subarray(k * ROWS * (P + 1), (k + 1) * ROWS * (P + 1));
      return { size, X: table.subarray(0, P * ROWS), y: table.subarray(P * ROWS) };
    });
  };
  const squares = ({ size, X, y }, coef, intercept) => {
    const left = [...y].map((value, i) => value - intercept - coef.reduce((sum, w, j) => sum + w * X[j * ROWS + i], 0));
    return (size / ROWS) * left.reduce((sum, value) => sum + value * value, 0);
  };

  // All fits, once: those of the slider, the last at alpha = 0. The error is of the patients outside each group,
  // by fits to the group: what all leave less what the group leaves.
  let all = null;
  const solve = (call) => {
    const [everyone, ...trained] = groups();
    const alphas = [...rises.map(price).reverse(), 0];
    const m = alphas.length;
    const fit = ({ X, y }) => {
      const found = call("path", { n: ROWS, p: P, m, X, y, alphas, coefs: m * P, intercepts: m, gaps: m });
      return alphas.map((_, k) => [found.coefs.subarray(k * P, (k + 1) * P), found.intercepts[k]]);
    };
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const unseen = (group, ...model) =>
      (squares(everyone, ...model) - squares(group, ...model)) / (everyone.size - group.size);
    const fits = trained.map(fit);
    const coefs = fit(everyone).map(([coef]) => coef);
    const errors = alphas.map((_, k) => mean(trained.map((group, fold) => unseen(group, ...fits[fold][k]))));
    const none = new Float64Array(P);
    // At the slider's places from left to right; those who leave last come first.
    all = {
      coefs: coefs.slice(0, -1).reverse(),
      errors: errors.slice(0, -1).reverse(),
      least: { coef: coefs[m - 1], error: errors[m - 1] },
      empty: mean(trained.map((group) => unseen(group, none, mean([...group.y])))),
    };
    const stays = (j) => all.coefs.findLastIndex((coef) => coef[j] !== 0);
    all.order = KEYS.map((_, j) => j).sort((a, b) => stays(b) - stays(a));
  };

  const inside = (values) => KEYS.filter((key) => values[key] !== 0).length;

  // Side by side, or on a narrow page one below the other.
  const layout = (width) => {
    const beside = width >= 540;
    const [names, numbers, row] = [128, 46, beside ? 22 : 18];
    const wide = beside ? Math.round(0.53 * width) : width;
    const bars = { left: names, top: 24, width: wide - names - numbers, height: P * row };
    const [edge, top] = beside ? [wide + 30, bars.top] : [0, bars.top + bars.height + 42];
    const curve = { left: edge + 45, top, width: width - edge - 57, height: beside ? bars.height : 106 };
    return { bars, curve, row, edge };
  };
  let scale = null; // of the last drawing, for dragging

  explorable("first-look", {
    controls: {
      rise: { label: "price alpha", ...RISE, value: RISE.min, show: (rise) => `${Number(price(rise).toPrecision(2))}` },
    },
    play: { control: "rise", every: 40 },
    height: (width) => {
      const { curve } = layout(width);
      return curve.top + curve.height + 44;
    },

    compute: ({ rise }, call) => {
      if (!all) solve(call);
      const k = Math.round((rise - RISE.min) / RISE.step);
      const values = { alpha: price(rise), error: all.errors[k], least: all.least.error, empty: all.empty };
      KEYS.forEach((key, j) => (values[key] = all.coefs[k][j]));
      return values;
    },

    describe: (state, { error, least, empty, ...values }, format) => {
      const count = inside(values);
      const who = count ? `${count} of ${P} measurements ${count > 1 ? "are" : "is"} in.` : "No measurement is in.";
      const share = (value) => `${format((100 * value) / empty, 1)}%`;
      return (
        `${who} For unseen patients the squared error is ${share(error)} of that of forecasting the mean. ` +
        `Least squares, with all ${P}: ${share(least)}.`
      );
    },

    draw: ({ picture, plot, format, shape, handle, width }, { rise }, { error, least, empty, ...values }) => {
      const { bars, curve, row, edge } = layout(width);

      // The coefficients, each in front of what it is in least squares.
      const b = plot(bars, [-40, 40], [P, 0]);
      const bar = (look, level, to) => {
        const [from, end] = [b.px(0), b.px(to)];
        const height = row - 7;
        const box = { x: Math.min(from, end), y: b.py(level) - height / 2, width: Math.abs(end - from), height };
        picture.append(shape("rect", { class: look, ...box }));
      };
      b.text("ex-faint", -40, 0, "coefficients; grey: least squares", -bars.left, -12, "start");
      all.order.forEach((j, place) => {
        const [coef, level] = [values[KEYS[j]], place + 0.5];
        const look = coef === 0 ? "ex-faint" : "ex-lasso";
        bar("ex-area ex-data", level, all.least.coef[j]);
        bar("ex-dot ex-lasso", level, coef);
        b.text(look, -40, level, FEATURES[KEYS[j]], -8, 4, "end");
        b.text(look, 40, level, coef === 0 ? "0" : format(coef, 1), 42, 4, "end");
      });
      b.line("ex-thin ex-data", [[0, 0], [0, P]]);

      // The error at every price.
      const c = plot(curve, [RISE.min, RISE.max], [0, 1.18]);
      scale = c;
      const across = (level) => [[RISE.min, level], [RISE.max, level]];
      c.text("ex-faint", RISE.min, 1.18, "squared error for unseen patients", edge - curve.left, -12, "start");
      c.line("ex-thin", across(0));
      c.line("ex-thin ex-data ex-dash", across(1));
      c.line("ex-thin ex-data ex-dash", across(least / empty));
      c.text("ex-data", RISE.min, 1, "the mean", 6, -6, "start");
      c.text("ex-data", RISE.min, least / empty, "least squares, all ten", 6, 18, "start");
      c.line("ex-lasso", all.errors.map((value, k) => [rises[k], value / empty]));
      c.ticks("left", [0, 0.5, 1], (share) => `${100 * share}%`);
      c.ticks("bottom", [0.1, 1, 10].map(Math.log10), (at) => String(10 ** at));
      c.text("ex-faint", (RISE.min + RISE.max) / 2, 0, "price alpha, log scale", 0, 38);

      // The cursor last, so that it is on top; its words move from its right to its left.
      const [left, level] = [c.px(rise), c.py(error / empty)];
      handle(
        "rise",
        shape("rect", { class: "ex-grip", x: left - 22, y: curve.top, width: 44, height: curve.height }),
        shape("path", { class: "ex-line ex-thin ex-data", d: `M${left} ${level}V${curve.top + curve.height}` }),
        shape("circle", { class: "ex-dot ex-lasso", cx: left, cy: level, r: 7 }),
      );
      const share = (rise - RISE.min) / (RISE.max - RISE.min);
      const words = `${inside(values)} in: ${format((100 * error) / empty, 1)}%`;
      c.text("ex-lasso", rise, error / empty, words, 42 - 94 * share, -12);
    },

    drag: (handle, left) => ({ rise: scale.value(left, 0)[0] }),
  });
})();
