/** How large a column's gradients are: a bar from 1e-6 to 10, on a logarithmic scale, and the number. */

import { el, fill, restyle } from "../dom.js";
import { number, text } from "../numbers.js";
import { numeric } from "../scene.js";
import { modeOf } from "./look.js";

const [LEAST, MOST] = [-6, 1]; // powers of ten

/**
 * @param {import("./grid.js").Hands} hands
 * @param {string[]} names of the arrays that count
 */
export function makeGauge(hands, names) {
  const level = el("div", { class: "level" });
  const words = el("p", { class: "note" });
  const element = el("div", { class: "gauge" }, el("div", { class: "rail", "aria-hidden": "true" }, level), words);
  return {
    element,
    update() {
      const scene = hands.scene();
      const state = hands.state();
      const shown = names.filter((name) => modeOf(scene, state, name, true) === "drawn");
      const sizes = shown.map((name) => numeric(scene.arrays[name].largest.gradient));
      const isCovered = state.covered.some((c) => c.gradient && names.includes(c.of));
      if (shown.length === 0 || isCovered) {
        restyle(level, { width: "0%" });
        fill(words, "–");
        return;
      }
      const size = sizes.some(Number.isNaN) ? NaN : Math.max(...sizes);
      restyle(level, { width: `${100 * part(size)}%` });
      const manner = { digits: state.digits };
      if (element.dataset.size !== text(size, manner)) fill(words, number(size, manner), " largest");
      element.dataset.size = text(size, manner);
    },
  };
}

/**
 * @param {number} size
 * @returns {number} 0 to 1
 */
export function part(size) {
  if (Number.isNaN(size)) return 1;
  return Math.min(1, Math.max(0, (Math.log10(size) - LEAST) / (MOST - LEAST))) || 0;
}
