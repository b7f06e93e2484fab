// House prices: what four houses keep of three coefficients as lambda rises, and what they pay.
(() => {
  // Thousands of square feet, kilometres from the centre, bathrooms; prices in hundred thousands.
  const COLUMNS = [[3, 1, 2.5, 1.5], [4.5, 1, 5.5, 5], [4, 1, 2, 3]];
  const PRICES = [3.45, 2.6, 2.55, 2];
  const FEATURES = [
    { key: "footage", name: "square footage", unit: "per thousand square feet" },
    { key: "distance", name: "distance", unit: "per kilometre" },
    { key: "bathrooms", name: "bathrooms", unit: "per bathroom" },
  ];
  const [N, P, TOP, STEP] = [4, 3, 2.5, 0.01];
  const ROUNDING = 1e-12;
  const centred = (column) => column.map((value) => value - column.reduce((sum, other) => sum + other) / N);
  const sizes = (coefs) => coefs.reduce((sum, coef) => sum + Math.abs(coef), 0);

  // The whole path, once: at every lambda of the slider the coefficients and the two terms of the objective.
  let path = null;
  const solve = (call) => {
    const lambdas = Array.from({ length: Math.round(TOP / STEP) + 1 }, (_, k) => k / Math.round(1 / STEP));
    const alphas = lambdas.map((lambda) => lambda / (2 * N)).reverse();
    const shape = { n: N, p: P, m: alphas.length };
    const given = { X: COLUMNS.flat(), y: PRICES, coefs: P * shape.m, intercepts: shape.m, gaps: shape.m };
    const { coefs } = call("path", { ...shape, alphas, ...given });
    const [X, y] = [COLUMNS.map(centred).flat(), centred(PRICES)];
    path = lambdas.map((lambda, k) => {
      const coef = [...coefs.slice(P * (shape.m - 1 - k), P * (shape.m - k))];
      const [, objective] = call("gap", { n: N, p: P, X, y, coef, alpha: lambda / (2 * N), out: 2 }).out;
      const penalty = lambda * sizes(coef);
      return { lambda, coef, penalty, error: 2 * N * objective - penalty };
    });
    path.gone = FEATURES.map((_, j) => path.findLast(({ coef }) => Math.abs(coef[j]) > ROUNDING).lambda + STEP);
  };

  const layout = (width) => {
    const wide = width - 56;
    return {
      bars: { left: 2, top: 8, width: width - 16, height: 132 },
      bill: { left: 42, top: 212, width: wide, height: Math.min(300, 0.8 * wide) },
    };
  };
  let scale = null; // of the last drawing, for dragging

  explorable("house-prices", {
    controls: { lambda: { label: "lambda", min: 0, max: TOP, step: STEP, value: 0.5, digits: 2 } },
    play: { control: "lambda", every: 40 },
    height: (width) => {
      const { bill } = layout(width);
      return bill.top + bill.height + 66;
    },

    compute: ({ lambda }, call) => {
      if (!path) solve(call);
      const { coef, penalty, error } = path[Math.round(lambda / STEP)];
      const least = lambda * sizes(path[0].coef); // least squares fits four houses without error
      const values = { penalty, error, least, gained: least - penalty - error };
      FEATURES.forEach(({ key }, j) => Object.assign(values, { [key]: coef[j], [`${key}Gone`]: path.gone[j] }));
      return values;
    },

    describe: ({ lambda }, { penalty, error, least, ...values }, format) => {
      const left = FEATURES.filter(({ key }) => lambda < values[`${key}Gone`] - ROUNDING).map(({ name }) => name);
      const who = left.length ? `In the model: ${left.join(", ")}.` : "Nobody is left in the model.";
      return `${who} The Lasso pays ${format(error + penalty, 4)}, and least squares would pay ${format(least, 4)}.`;
    },

    draw: ({ picture, plot, format, shape, grip, width }, { lambda }, { penalty, error, least, gained, ...values }) => {
      const { bars, bill } = layout(width);

      // Above: the coefficients, each in an outline of what it is in least squares.
      const b = plot(bars, [-0.36, 0.86], [FEATURES.length, 0]);
      const bar = (look, level, to) => {
        const [from, end] = [b.px(0), b.px(to)];
        const box = { x: Math.min(from, end), y: b.py(level) + 20, width: Math.abs(end - from), height: 14 };
        picture.append(shape("rect", { class: look, ...box }));
      };
      FEATURES.forEach(({ key, name, unit }, j) => {
        const gone = lambda > values[`${key}Gone`] - ROUNDING;
        bar("ex-line ex-thin ex-data ex-dash", j, path[0].coef[j]);
        if (!gone) bar("ex-dot ex-lasso", j, values[key]);
        picture.append(shape("path", { class: "ex-line ex-data", d: `M${b.px(0)} ${b.py(j) + 18}v18` }));
        const leaves = format(values[`${key}Gone`]);
        const worth = gone ? `0, gone at lambda ${leaves}` : `${format(values[key], 3)} ${unit}`;
        b.text(gone ? "ex-faint" : "ex-lasso", -0.36, j, `${name}: ${worth}`, 0, 13, "start");
      });
      b.ticks("bottom", [-0.3, 0, 0.4, 0.8]);
      b.text("ex-faint", 0.25, 3, "coefficient; dashed: least squares", 0, 38);

      // Below: the bill at every lambda, and at this one.
      const most = TOP * sizes(path[0].coef);
      const c = plot(bill, [0, TOP], [0, most]);
      scale = c;
      const between = (low, high) => [...path.map(low), ...path.map(high).reverse()];
      const floor = (point) => [point.lambda, 0];
      const errors = (point) => [point.lambda, point.error];
      const bills = (point) => [point.lambda, point.error + point.penalty];
      c.area("ex-data", between(floor, errors));
      c.area("ex-lasso", between(errors, bills));
      c.line("ex-lasso", path.map(bills));
      c.line("ex-data ex-dash", [[0, 0], [TOP, most]]);
      c.ticks("bottom", [0, 0.5, 1, 1.5, 2, 2.5]);
      c.ticks("left", [0, 1, 2, 3], 0);
      FEATURES.forEach(({ key, name }) => {
        const at = values[`${key}Gone`];
        c.line("ex-thin ex-dash", [[at, 0], bills(path[Math.round(at / STEP)])]);
        c.text("ex-lasso", at, 0, name.replace("square ", ""), key === "bathrooms" ? -12 : 0, 37);
      });
      c.text("ex-faint", TOP / 2, 0, "lambda, and where each feature leaves", 0, 57);

      // The bill at this lambda: a column, and an account in the empty corner in the same order.
      const account = [
        ["least squares pays", least, null],
        ["gained", gained, "ex-line ex-thin ex-data"],
        ["penalty", penalty, "ex-dot ex-lasso"],
        ["squared error", error, "ex-dot ex-data"],
      ];
      let top = c.py(least);
      account.forEach(([name, value, look], k) => {
        const [left, level] = [bill.left + 10, bill.top + 12 + 19 * k];
        if (look) {
          const height = bill.top + bill.height - c.py(value);
          const column = { x: c.px(lambda) - 7, y: top, width: 14, height };
          picture.append(shape("rect", { class: look, ...column }));
          picture.append(shape("rect", { class: look, x: left, y: level - 10, width: 16, height: 11 }));
          top += height;
        } else {
          picture.append(shape("path", { class: "ex-line ex-data ex-dash", d: `M${left} ${level - 5}h16` }));
        }
        const place = { class: "ex-text ex-data", x: left + 24, y: level };
        picture.append(shape("text", place, `${name} ${format(value, 4)}`));
      });

      grip("lambda", c.px(lambda), c.py(0), "ex-lasso", 6);
    },

    drag: (handle, left) => ({ lambda: scale.value(left, 0)[0] }),
  });
})();
