/**
 * How an array is cut into faces, rows and columns that are seen as one picture: a map, a kernel, the weights of an output.
 *
 * @typedef {object} Faces
 * @property {number} count how many
 * @property {number} rows of one
 * @property {number} columns of one
 * @property {number} size numbers in one: fewer than rows times columns where the last row is short
 */

import { sizeOf } from "../scene.js";

/**
 * @param {import("../scene.js").SceneArray} array
 * @returns {Faces}
 */
export function facesOf({ laid_out: shape, role }) {
  if (shape.length > 2) {
    const [rows, columns] = shape.slice(-2);
    return { count: sizeOf(shape.slice(0, -2)), rows, columns, size: rows * columns };
  }
  if (shape.length === 2 && role !== "parameter" && shape[0] > 1) {
    return { count: 1, rows: shape[0], columns: shape[1], size: shape[0] * shape[1] };
  }
  const size = shape.at(-1) ?? 1;
  return { count: shape.length === 2 ? shape[0] : 1, size, ...block(size) };
}

/**
 * @param {number} size
 * @returns {{rows: number, columns: number}} about half as wide again as high, the last row full if that can be
 */
export function block(size) {
  if (size <= 4) return { rows: 1, columns: Math.max(1, size) };
  const ideal = Math.sqrt(1.5 * size);
  let best = 0;
  for (let columns = 2; columns <= size / 2; columns++) {
    if (size % columns === 0 && Math.abs(Math.log(columns / ideal)) < Math.abs(Math.log((best || 1) / ideal)))
      best = columns;
  }
  const columns = best && best / (size / best) <= 4 && best / (size / best) >= 0.5 ? best : Math.ceil(ideal);
  return { rows: Math.ceil(size / columns), columns };
}

/**
 * @typedef {object} Fit
 * @property {number} cell
 * @property {number} across faces in a row
 */

/**
 * Find the largest cell at which so many faces find room, and how few stand side by side; or, where room is narrow, how
 * many do.
 *
 * @param {Faces} faces
 * @param {number} gap between them
 * @param {number} wide
 * @param {number} high
 * @param {number} most the largest cell
 * @param {boolean} [isNarrow]
 * @returns {Fit | null}
 */
export function fitted({ count, rows, columns }, gap, wide, high, most, isNarrow = false) {
  for (let cell = most; cell >= 1; cell--) {
    const [w, h] = [columns * cell + gap, rows * cell + gap];
    const few = Math.max(1, Math.ceil(count / Math.max(1, Math.floor((high + gap) / h))));
    const many = Math.max(few, Math.min(count, Math.floor((wide + gap) / w)));
    const across = isNarrow ? many : few;
    if (across * w - gap <= wide && Math.ceil(count / across) * h - gap <= high) return { cell, across };
  }
  return null;
}
