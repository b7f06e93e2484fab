// What all explorables share: the kernels, the frame (picture, controls, reset, address) and drawing with axes.
// An explorable is registered with explorable(name, {controls, actions, play, height, compute, describe, draw, drag}):
// controls  by key of the state: a slider {label, min, max, step, value, digits}, whose value may be shown by
//           show(value), or a choice {label, options, value}, where the state holds the number of the option;
// actions   buttons {label, run}, run(state) returns changes;
// play      {control, every}: a button that moves a slider on by one step every so many milliseconds, or, for
//           readers who want less motion, at the same pace by one jump a second;
// compute   (state, call) returns the numbers, describe says them in a sentence, draw draws them.
// See explorables/ for examples.
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  // --- Kernels: lasso_jit, compiled to WebAssembly and stored in kernels.js ---------------------------------------
  const load = async () => {
    const packed = Uint8Array.from(atob(window.lassoKernels.module), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const code = await new Response(stream).arrayBuffer();
    return (await WebAssembly.instantiate(code)).instance.exports;
  };

  // Call a kernel with its arguments by name; an array to be written is given by its length. Returns all arrays.
  const caller = (wasm) => (name, given) => {
    const mark = wasm.mark();
    const arrays = {};
    const passed = window.lassoKernels.parameters[name].map(([key, kind]) => {
      if (kind !== "array") return given[key];
      const values = typeof given[key] === "number" ? new Float64Array(given[key]) : given[key];
      arrays[key] = [wasm.allocate(8 * values.length), values.length, values];
      return arrays[key][0];
    });
    const scratch = wasm.allocate(16);
    // Views are made after the last allocation: when memory grows, earlier ones are lost.
    const view = ([place, length]) => new Float64Array(wasm.memory.buffer, place, length);
    Object.values(arrays).forEach((array) => view(array).set(array[2]));
    const status = wasm[name](scratch, scratch + 8, ...passed);
    const results = Object.fromEntries(Object.entries(arrays).map(([key, array]) => [key, view(array).slice()]));
    wasm.rewind(mark);
    if (status) throw new Error(`kernel ${name}: status ${status}`);
    return results;
  };

  // --- Elements -----------------------------------------------------------------------------------------------------
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...children);
    return element;
  };
  const shape = (tag, attributes = {}, text = "") => {
    const element = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.textContent = text;
    return element;
  };
  const format = (value, digits = 2) => {
    const text = Math.abs(value) < 0.5 * 10 ** -digits ? (0).toFixed(digits) : value.toFixed(digits);
    return text.replace("-", "\u2212");
  };

  // A rectangle of the picture with scales: `x` and `y` are [low, high] in data, `box` is {left, top, width, height}.
  const plot = (picture, box, x, y) => {
    const px = (value) => box.left + ((value - x[0]) / (x[1] - x[0])) * box.width;
    const py = (value) => box.top + box.height - ((value - y[0]) / (y[1] - y[0])) * box.height;
    const add = (tag, look, attributes, text) => {
      const element = shape(tag, { class: look, ...attributes }, text);
      picture.append(element);
      return element;
    };
    return {
      px,
      py,
      value: (left, top) => [
        x[0] + ((left - box.left) / box.width) * (x[1] - x[0]),
        y[0] + ((box.top + box.height - top) / box.height) * (y[1] - y[0]),
      ],
      line: (look, points) =>
        add("polyline", `ex-line ${look}`, { points: points.map(([a, b]) => `${px(a)},${py(b)}`).join(" ") }),
      area: (look, points) =>
        add("polygon", `ex-area ${look}`, { points: points.map(([a, b]) => `${px(a)},${py(b)}`).join(" ") }),
      dot: (look, a, b, r = 6) => add("circle", `ex-dot ${look}`, { cx: px(a), cy: py(b), r }),
      text: (look, a, b, text, dx = 0, dy = 0, anchor = "middle") =>
        add("text", `ex-text ${look}`, { x: px(a) + dx, y: py(b) + dy, "text-anchor": anchor }, text),
      // An arrow along x, from (a, b) to (c, b).
      arrow: (look, a, c, b) => {
        const [from, to, level] = [px(a), px(c), py(b)];
        if (Math.abs(to - from) < 1) return;
        const head = Math.sign(to - from) * Math.min(9, Math.abs(to - from));
        add("path", `ex-line ${look}`, { d: `M${from} ${level}H${to - head}` });
        add("path", `ex-head ${look}`, { d: `M${to} ${level}l${-head} -5v10z` });
      },
      // `digits` may also be a function that names a value: on a log axis they differ.
      ticks: (side, values, digits = 1) =>
        values.forEach((value) => {
          const name = typeof digits === "function" ? digits(value) : format(value, digits);
          if (side === "bottom") {
            const top = box.top + box.height;
            add("path", "ex-tick", { d: `M${px(value)} ${top}v4` });
            add("text", "ex-text ex-faint", { x: px(value), y: top + 18, "text-anchor": "middle" }, name);
          } else {
            add("path", "ex-tick", { d: `M${box.left} ${py(value)}h-4` });
            add("text", "ex-text ex-faint", { x: box.left - 8, y: py(value) + 4, "text-anchor": "end" }, name);
          }
        }),
    };
  };

  // --- One explorable -----------------------------------------------------------------------------------------------
  const start = (section, spec, call) => {
    const picture = shape("svg", { class: "ex-picture", role: "img" });
    const label = shape("title", { id: `${section.id}-picture` });
    picture.setAttribute("aria-labelledby", label.id);
    const status = make("p", { class: "ex-status", role: "status" });
    const controls = make("div", { class: "ex-controls" });
    const stage = section.querySelector(".explorable-stage");
    const state = {};
    const inputs = {};
    let timer = 0;

    const clamp = (key, value) => {
      const { options, min = 0, max = options.length - 1, step = 1 } = spec.controls[key];
      const digits = (String(step).split(".")[1] || "").length;
      return Number(Math.min(max, Math.max(min, min + Math.round((value - min) / step) * step)).toFixed(digits));
    };

    const draw = () => {
      const width = stage.clientWidth || 320; // the page may not be laid out yet: it is drawn again when it is
      const height = spec.height(width);
      picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      picture.setAttribute("height", height);
      picture.replaceChildren(label);
      const values = spec.compute(state, call);
      section.values = values; // at full precision, for whoever checks
      const words = spec.describe(state, values, format);
      label.textContent = words;
      if (status.textContent !== words) status.textContent = words;
      // What can be dragged: shapes that move `key`; most often a dot with room for a finger around it.
      const handle = (key, ...shapes) => {
        const group = shape("g", { class: "ex-handle", "data-drag": key });
        group.append(...shapes);
        picture.append(group);
      };
      const grip = (key, cx, cy, look = "ex-data", r = 8) => {
        const room = shape("circle", { class: "ex-grip", cx, cy, r: 22 });
        handle(key, room, shape("circle", { class: `ex-dot ${look}`, cx, cy, r }));
      };
      // A group of what is drawn within a box only.
      const clipped = ({ left: x, top: y, width, height }) => {
        const [clip, group] = [shape("clipPath", { id: `${section.id}-clip` }), shape("g")];
        clip.append(shape("rect", { x, y, width, height }));
        group.setAttribute("clip-path", `url(#${clip.id})`);
        picture.append(clip, group);
        return group;
      };
      const drawing = { picture, plot: (...rest) => plot(picture, ...rest), shape, handle, grip, clipped };
      spec.draw({ ...drawing, width, height, format }, state, values);
    };

    const set = (changes) => {
      Object.entries(changes).forEach(([key, value]) => {
        state[key] = clamp(key, value);
        inputs[key].value = state[key];
        const { options, show, digits } = spec.controls[key];
        if (options) return;
        const shown = show ? show(state[key]) : format(state[key], digits);
        inputs[key].setAttribute("aria-valuetext", shown);
        inputs[key].nextElementSibling.textContent = shown;
      });
      draw();
    };

    // The address keeps the state: #explorable-name&z=0.6&alpha=0.25. Browsers limit how often it may change.
    const remember = () => {
      clearTimeout(timer);
      timer = setTimeout(() => history.replaceState(null, "", `#${section.id}&${new URLSearchParams(state)}`), 300);
    };
    const defaults = Object.fromEntries(Object.entries(spec.controls).map(([key, control]) => [key, control.value]));
    const restore = () => {
      const [target, ...pairs] = location.hash.slice(1).split("&");
      if (target !== section.id || !pairs.length) return false;
      const found = [...new URLSearchParams(pairs.join("&"))].filter(
        ([key, value]) => key in defaults && value !== "" && Number.isFinite(Number(value)),
      );
      set({ ...defaults, ...Object.fromEntries(found.map(([key, value]) => [key, Number(value)])) });
      section.scrollIntoView();
      return true;
    };

    Object.entries(spec.controls).forEach(([key, control]) => {
      const { options, min, max, step } = control;
      const input = options ? make("select") : make("input", { type: "range", min, max, step });
      if (options) input.append(...options.map((option, k) => make("option", { value: k }, option)));
      inputs[key] = input;
      input.addEventListener("input", () => {
        stop();
        set({ [key]: Number(input.value) });
        remember();
      });
      const label = make("label", {}, make("span", {}, control.label), input);
      if (!options) label.append(make("span", { class: "ex-value", "aria-hidden": "true" }));
      controls.append(label);
    });
    const buttons = make("div", { class: "ex-buttons" });
    const button = (label, press) => {
      const element = make("button", { type: "button" }, label);
      element.addEventListener("click", () => {
        press();
        remember();
      });
      buttons.append(element);
      return element;
    };

    // Playing: a click starts it, another click, the end or any other control stops it.
    let clock = 0;
    const play = spec.play && button("Play", () => (clock ? stop() : begin()));
    const stop = () => {
      clearInterval(clock);
      clock = 0;
      if (play) play.textContent = "Play";
    };
    const begin = () => {
      const { control, every } = spec.play;
      const { min, max, step } = spec.controls[control];
      const beat = matchMedia("(prefers-reduced-motion: reduce)").matches ? Math.max(1000, every) : every;
      if (state[control] >= max) set({ [control]: min });
      play.textContent = "Pause";
      clock = setInterval(() => {
        set({ [control]: state[control] + step * Math.round(beat / every) });
        if (state[control] >= max) stop();
      }, beat);
    };
    (spec.actions || []).forEach(({ label, run }) =>
      button(label, () => {
        stop();
        set(run(state));
      }),
    );
    button("Reset", () => {
      stop();
      set(defaults);
    });
    controls.append(buttons);

    // What is drawn with data-drag can be dragged; spec.drag says what a place means. Sliders do the same by keyboard.
    let dragged = null;
    const moved = (event) => {
      if (!dragged) return;
      stop();
      const box = picture.getBoundingClientRect();
      set(spec.drag(dragged, event.clientX - box.left, event.clientY - box.top, state));
      remember();
    };
    picture.addEventListener("pointerdown", (event) => {
      const handle = event.target.closest("[data-drag]");
      if (!handle) return;
      dragged = handle.dataset.drag;
      picture.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    picture.addEventListener("pointermove", moved);
    ["pointerup", "pointercancel"].forEach((type) => picture.addEventListener(type, () => (dragged = null)));

    stage.append(picture, status, controls);
    section.classList.add("explorable-live");
    if (!restore()) set(defaults);
    window.addEventListener("hashchange", restore);
    new ResizeObserver(() => stage.clientWidth !== picture.viewBox.baseVal.width && draw()).observe(stage);
  };

  let ready = null;
  window.explorable = (name, spec) =>
    document.querySelectorAll(`[data-explorable="${name}"]`).forEach(async (section) => {
      ready = ready || load();
      start(section, spec, caller(await ready));
    });
})();
