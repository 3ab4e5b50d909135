/** A whole array, small: all its maps side by side. */

import { paint, ratio, sized, whole } from "../cells.js";
import { el } from "../dom.js";

/**
 * @param {any} array of the scene
 * @param {boolean} gradient
 * @param {{ end: number, scheme: import("../colour.js").Scheme, width: number, cell: number }} options in CSS pixels
 * @returns {HTMLElement}
 */
export function tiles(array, gradient, { end, scheme, width, cell }) {
  const { data } = gradient ? array.gradient : array.values;
  const shape = array.laid_out.length > 1 ? array.laid_out : [1, ...array.laid_out];
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const maps = rows * columns ? data.length / (rows * columns) : 0;
  const side = Math.max(1, Math.min(whole(cell), Math.floor((width * ratio()) / columns)));
  const gap = whole(2);
  const across = Math.max(1, Math.min(maps, Math.floor((width * ratio() + gap) / (columns * side + gap))));
  const down = Math.ceil(maps / across);
  const canvas = el("canvas", { "aria-hidden": "true" });
  const context = sized(canvas, across * (columns * side + gap) - gap, Math.max(1, down * (rows * side + gap) - gap));
  for (let k = 0; k < maps; k += 1) {
    const [x, y] = [(k % across) * (columns * side + gap), Math.floor(k / across) * (rows * side + gap)];
    paint(context, x, y, side, { values: data, from: k * rows * columns, rows, columns, end, scheme });
  }
  return el("div", { class: `cells ${gradient ? "gradient" : "value"}` }, canvas);
}
