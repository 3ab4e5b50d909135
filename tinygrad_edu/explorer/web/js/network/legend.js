/** What the colours mean: three scales that do not move, what lies beyond them, and the amplified scale with its factor. */

import { paint, sized, whole } from "../cells.js";
import { FIXED } from "../colour.js";
import { el, fill } from "../dom.js";
import { count, number, text } from "../numbers.js";
import { amplifiedEnd, canAmplify } from "./look.js";

const [WIDE, HIGH] = [120, 12];

/** @param {import("./grid.js").Hands} hands */
export function makeLegend(hands) {
  const scales = {
    values: makeScale("values"),
    parameters: makeScale("parameters"),
    gradients: makeScale("gradients"),
  };
  const toggle = el("button", { type: "button", "aria-pressed": "false" }, "Amplify");
  toggle.addEventListener("click", () => hands.store.set({ amplify: !hands.state().amplify }));
  const swatch = el("span", { class: "swatch closed", "aria-hidden": "true" });
  const key = el("p", { class: "note key" }, swatch, "ReLU closed: no gradient passes");
  const element = el(
    "section",
    { class: "legend", "aria-label": "Legend" },
    el(
      "p",
      { class: "note" },
      "Blue: negative. Red: positive. Colour goes by the cube root; ticks at a tenth, a hundredth, a thousandth of the end.",
    ),
    el("div", { class: "scales" }, scales.values.element, scales.parameters.element, scales.gradients.element, toggle),
    key,
  );
  return {
    element,
    update() {
      const scene = hands.scene();
      const state = hands.state();
      const isAmplified = state.amplify && canAmplify(scene);
      const end = amplifiedEnd(scene);
      const beyond = beyondOf(scene);
      scales.values.update(FIXED.values, state, beyond.values);
      scales.parameters.update(FIXED.parameters, state, beyond.parameters);
      scales.gradients.update(
        isAmplified ? end : FIXED.gradients,
        state,
        isAmplified ? 0 : beyond.gradients,
        isAmplified ? 1 / end : null,
      );
      key.hidden = !scene.stages.some((stage) => stage.primitive === "relu");
      toggle.hidden = scene.answer === null;
      toggle.disabled = !canAmplify(scene);
      toggle.setAttribute("aria-pressed", String(isAmplified));
      toggle.title = canAmplify(scene)
        ? "Fit the gradients' scale to the largest"
        : "These gradients are rounding: there is nothing to see";
    },
  };
}

/** @param {"values" | "parameters" | "gradients"} kind */
function makeScale(kind) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const ends = [el("span", {}), el("span", {})];
  const words = el("span", { class: "words" });
  const rail = el("span", { class: "scale-rail" }, canvas, el("span", { class: "ticks", "aria-hidden": "true" }));
  const element = el("div", { class: "scale", "data-scale": kind }, words, ends[0], rail, ends[1]);
  let painted = "";
  return {
    element,
    /**
     * @param {number} end
     * @param {import("../state.js").State} state
     * @param {number} beyond how many numbers lie beyond it
     * @param {number | null} [factor] of the amplified scale
     */
    update(end, { scheme, size }, beyond, factor = null) {
      const key = [end, scheme, size.ratio, beyond, factor].join();
      if (key === painted) return;
      painted = key;
      const columns = whole(WIDE);
      const values = Float64Array.from({ length: columns }, (_, k) => (2 * (k / (columns - 1)) - 1) ** 3);
      const context = sized(canvas, columns, whole(HIGH));
      for (let y = 0; y < canvas.height; y++) paint(context, 0, y, 1, { values, rows: 1, columns, end: 1, scheme });
      element.classList.toggle("amplified", factor !== null);
      const name = { values: "Values", parameters: "Parameters", gradients: "Gradients" }[kind];
      fill(words, factor === null ? name : `Gradients amplified ${count(Number(factor.toPrecision(3)))} times`);
      fill(ends[0], number(-end));
      fill(
        ends[1],
        number(end, { plus: true }),
        beyond > 0 && el("span", { class: "beyond" }, `beyond the scale: ${count(beyond)}`),
      );
      element.title = `${name}: the colours go from ${text(-end)} to ${text(end, { plus: true })}`;
    },
  };
}

/**
 * How many numbers lie beyond the scale, by its kind.
 *
 * @param {import("../scene.js").Scene} scene
 */
function beyondOf(scene) {
  const beyond = { values: 0, parameters: 0, gradients: 0 };
  for (const { role, values, gradient } of Object.values(scene.arrays)) {
    if (role === "constant") continue;
    const kind = role === "parameter" ? "parameters" : "values";
    beyond[kind] += larger(values.data, FIXED[kind]);
    if (gradient) beyond.gradients += larger(gradient.data, FIXED.gradients);
  }
  return beyond;
}

/** @type {WeakMap<object, number>} */
const counted = new WeakMap();

/**
 * @param {ArrayLike<number> & object} data
 * @param {number} end
 */
function larger(data, end) {
  const known = counted.get(data);
  if (known !== undefined) return known;
  let found = 0;
  for (let k = 0; k < data.length; k++) if (data[k] > end || data[k] < -end) found++;
  counted.set(data, found);
  return found;
}
