// Solver race: ISTA, FISTA and coordinate descent on the contours of a Lasso with two features, and their gaps.
(() => {
  const X = [-1.5, 2.1];
  const Y = [-1.2, 1.6];
  const MOST = 60; // iterations
  const FLOOR = -12; // of the logarithm of the gap
  const LEAST_SQUARES = [1, 0.6];
  // ISTA and FISTA often run along the same line: the first is drawn wide and pale, the second over it.
  const SOLVERS = [
    { key: "ista", name: "ISTA", look: "ex-lasso-light ex-wide", mark: "circle" },
    { key: "fista", name: "FISTA", look: "ex-lasso ex-dash", mark: "square" },
    { key: "cd", name: "coordinate descent", look: "ex-lasso-dark ex-dots", mark: "triangle" },
  ];
  const layout = (width) => {
    const wide = width - 60;
    const high = (wide * (Y[1] - Y[0])) / (X[1] - X[0]);
    const narrow = width < 440; // the key needs two lines
    const key = 14 + high + 64;
    return {
      plane: { left: 46, top: 14, width: wide, height: high },
      key: [[46, key], [140, key], narrow ? [46, key + 20] : [240, key]],
      gaps: { left: 46, top: key + (narrow ? 30 : 10), width: wide, height: Math.max(150, 0.36 * wide) },
    };
  };

  // Two samples whose columns have mean squares of one and the correlation, and a target without noise.
  const samples = (rho) => {
    const [one, along, across] = [Math.SQRT2, Math.SQRT2 * rho, Math.SQRT2 * Math.sqrt(1 - rho * rho)];
    const [b1, b2] = LEAST_SQUARES;
    return { n: 2, p: 2, X: [one, 0, along, across], y: [one * b1 + along * b2, across * b2] };
  };

  // All iterates of the three, and the gap of each. The same until something other than the iteration moves.
  let run = { of: "" };
  const race = ({ rho, alpha, start1, start2, restart }, call) => {
    const of = [rho, alpha, start1, start2, restart].join();
    if (of === run.of) return;
    const data = { ...samples(rho), alpha };
    const step = 1 / (1 + Math.abs(rho)); // one over the largest eigenvalue of the correlations
    const start = [start1, start2];
    let [ahead, momentum] = [start, [1]];
    const next = {
      ista: (coef) => call("ista_step", { ...data, coef, step }).coef,
      fista: (coef) => {
        const found = call("fista_step", { ...data, coef, ahead, momentum, step, restart });
        ({ ahead, momentum } = found);
        return found.coef;
      },
      cd: (coef) => call("sweep", { ...data, coef }).coef,
    };
    run = { of };
    SOLVERS.forEach(({ key }) => {
      const coefs = [start];
      while (coefs.length <= MOST) coefs.push(next[key](coefs[coefs.length - 1]));
      run[key] = { coefs, gaps: coefs.map((coef) => call("gap", { ...data, coef, out: 2 }).out[0]) };
    });
    run.contours = contours(rho, alpha, run.cd.coefs[MOST]);
  };

  // Contours of the objective around its lowest point, by bisection along rays: it only rises along them.
  const contours = (rho, alpha, [low1, low2]) => {
    const objective = (w1, w2) => {
      const [d1, d2] = [w1 - LEAST_SQUARES[0], w2 - LEAST_SQUARES[1]];
      return 0.5 * (d1 * d1 + d2 * d2 + 2 * rho * d1 * d2) + alpha * (Math.abs(w1) + Math.abs(w2));
    };
    const lowest = objective(low1, low2);
    return [0.01, 0.06, 0.2, 0.5, 1, 1.8, 3].map((rise) =>
      Array.from({ length: 121 }, (_, k) => {
        const [u1, u2] = [Math.cos((k * Math.PI) / 60), Math.sin((k * Math.PI) / 60)];
        let [near, far] = [0, 16];
        for (let halving = 0; halving < 20; halving++) {
          const middle = (near + far) / 2;
          if (objective(low1 + middle * u1, low2 + middle * u2) - lowest < rise) near = middle;
          else far = middle;
        }
        return [low1 + near * u1, low2 + near * u2];
      }),
    );
  };

  // Coordinate descent moves along one axis after the other: a corner between each two sweeps.
  const corners = (coefs) => coefs.flatMap((coef, k) => (k ? [[coef[0], coefs[k - 1][1]], coef] : [coef]));
  const height = (gap) => Math.max(FLOOR, Math.log10(Math.max(gap, 1e-99)));
  const short = (value) => (value < 1e-12 ? "below 1e\u221212" : value.toExponential(0).replace("-", "\u2212"));
  let scale = null; // of the last drawing, for dragging

  explorable("solver-race", {
    controls: {
      rho: { label: "correlation", min: -0.95, max: 0.95, step: 0.01, value: 0.9, digits: 2 },
      alpha: { label: "price alpha", min: 0.02, max: 0.6, step: 0.01, value: 0.1, digits: 2 },
      start1: { label: "start, first", min: -1.4, max: 2, step: 0.01, value: -1.2, digits: 2 },
      start2: { label: "start, second", min: -0.9, max: 1.3, step: 0.01, value: -0.3, digits: 2 },
      restart: { label: "FISTA", options: ["without restarts", "with restarts"], value: 0 },
      iteration: { label: "iteration", min: 0, max: MOST, step: 1, value: MOST, digits: 0 },
    },
    play: { control: "iteration", every: 200 },
    height: (width) => {
      const { gaps } = layout(width);
      return gaps.top + gaps.height + 46;
    },

    compute: (state, call) => {
      race(state, call);
      const values = {};
      SOLVERS.forEach(({ key }) => {
        const [first, second] = run[key].coefs[state.iteration];
        Object.assign(values, { [`${key}1`]: first, [`${key}2`]: second, [`${key}Gap`]: run[key].gaps[state.iteration] });
      });
      return values;
    },

    describe: ({ iteration }, { istaGap, fistaGap, cdGap }) =>
      `Relative gap after ${iteration} iteration${iteration === 1 ? "" : "s"}: ISTA ${short(istaGap)}, ` +
      `FISTA ${short(fistaGap)}, coordinate descent ${short(cdGap)}.`,

    draw: ({ picture, plot, width, shape, grip, clipped }, { iteration, start1, start2 }) => {
      const { plane, key, gaps } = layout(width);
      const c = plot(plane, X, Y);
      scale = c;
      const inside = clipped(plane);
      const marks = ({ look, mark }, places, r) => {
        const drawn = {
          circle: `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
          square: `m${-0.9 * r} ${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`,
          triangle: `m0 ${-1.2 * r}l${1.1 * r} ${2 * r}h${-2.2 * r}z`,
        };
        const d = places.map(([left, top]) => `M${left} ${top}${drawn[mark]}`).join("");
        const element = shape("path", { class: `ex-dot ${look}`, d });
        picture.append(element);
        return element;
      };
      const place = ([w1, w2]) => [c.px(w1), c.py(w2)];

      // The plane: contours, axes, the three on their ways.
      inside.append(...run.contours.map((points) => c.line("ex-thin ex-contour", points)));
      c.line("ex-thin", [[X[0], 0], [X[1], 0]]);
      c.line("ex-thin", [[0, Y[0]], [0, Y[1]]]);
      c.ticks("bottom", [-1, 0, 1, 2], 0);
      c.ticks("left", [-1, 0, 1], 0);
      c.text("ex-faint", (X[0] + X[1]) / 2, Y[0], "first coefficient; the second upwards", 0, 38);
      SOLVERS.forEach((solver) => {
        const coefs = run[solver.key].coefs.slice(0, iteration + 1);
        inside.append(c.line(solver.look, solver.key === "cd" ? corners(coefs) : coefs));
        inside.append(marks(solver, coefs.map(place), 3.5));
      });
      SOLVERS.forEach((solver) => inside.append(marks(solver, [place(run[solver.key].coefs[iteration])], 6)));
      grip("start", ...place([start1, start2]));
      const away = start2 < run.cd.coefs[MOST][1]; // the label is on the side where nobody goes
      c.text("ex-data", start1, start2, "start", 0, away ? 24 : -14);

      // The key, at fixed places since the lines cross.
      SOLVERS.forEach((solver, k) => {
        const [left, level] = key[k];
        picture.append(shape("path", { class: `ex-line ${solver.look}`, d: `M${left} ${level - 4}h30` }));
        marks(solver, [[left + 15, level - 4]], 5);
        picture.append(shape("text", { class: "ex-text ex-data", x: left + 37, y: level }, solver.name));
      });

      // The gaps.
      const g = plot(gaps, [0, MOST], [FLOOR, 2]);
      g.line("ex-thin", [[0, FLOOR], [MOST, FLOOR]]);
      g.ticks("bottom", [0, 10, 20, 30, 40, 50, 60], 0);
      [0, -4, -8, -12].forEach((power) => {
        g.line("ex-thin ex-contour", [[0, power], [MOST, power]]);
        g.text("ex-faint", 0, power, power ? `1e\u2212${-power}` : "1", -8, 4, "end");
      });
      SOLVERS.forEach((solver) => {
        const points = run[solver.key].gaps.slice(0, iteration + 1).map((gap, k) => [k, height(gap)]);
        g.line(solver.look, points);
        const [at, level] = points[iteration];
        marks(solver, [[g.px(at), g.py(level)]], 6);
      });
      g.text("ex-faint", MOST, 2, "relative duality gap", 0, 10, "end");
      g.text("ex-faint", MOST / 2, FLOOR, "iteration: about two passes over the data", 0, 38);
    },

    drag: (handle, left, top) => {
      const [start1, start2] = scale.value(left, top);
      return { start1, start2 };
    },
  });
})();
