/** What one factor's map of a plane shows: the numbers of the whole map, or of the part that counts. */

import { flatIndex } from "../indices.js";
import { CLOSED, whyNoGradient, whyZero } from "../zeros.js";
import { valueAt } from "../terms.js";

/**
 * @typedef {import("../cursor.js").Context} Context
 * @typedef {import("../planes.js").Plane} Plane
 * @typedef {import("../planes.js").Face} Face
 *
 * @typedef {object} Shown
 * @property {Float64Array} values
 * @property {number} rows
 * @property {number} columns
 * @property {number} top the map's row that is the first one shown
 * @property {number} left
 * @property {(k: number) => boolean} closed
 */

/**
 * @param {Context} context
 * @param {Face} face
 * @param {Int32Array} terms rows of the group
 * @param {boolean} whole whether all of the map is shown, or only the part that counts
 * @returns {Shown}
 */
export function faceShown({ scene }, face, terms, whole) {
  const { column, lead, height, width, frame } = face;
  const region = whole ? { top: 0, left: 0, height, width } : frame;
  const values = new Float64Array(region.height * region.width).fill(0);
  const array = column.of === null ? null : scene.arrays[column.of];
  const source = array && (column.kind === "gradient" ? array.gradient : array.values);
  const start = source ? mapStart(array, lead, height * width) : 0;
  if (source) {
    for (let k = 0; k < values.length; k += 1) {
      const [row, at] = [region.top + Math.floor(k / region.width), region.left + (k % region.width)];
      values[k] = source.data[start + row * width + at];
    }
  } else {
    terms.forEach((term, k) => {
      const at = (face.rows[k] - region.top) * region.width + face.columns[k] - region.left;
      values[at] = valueAt(column, term);
    });
  }
  const gradient = column.kind === "gradient" && array;
  const closed = (/** @type {number} */ k) => {
    if (!gradient || values[k] !== 0) return false;
    const row = region.top + Math.floor(k / region.width);
    const place = start + row * width + region.left + (k % region.width);
    return whyNoGradient(scene, /** @type {string} */ (column.of), place) === CLOSED;
  };
  return { values, rows: region.height, columns: region.width, top: region.top, left: region.left, closed };
}

/**
 * Where a map begins in its array.
 *
 * @param {any} array of the scene
 * @param {number[]} lead
 * @param {number} size
 */
function mapStart(array, lead, size) {
  return flatIndex(lead, array.laid_out.slice(0, -2)) * size;
}

/**
 * A plane's products in a table of terms (planes.js, tableBy).
 *
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {(number | null)[][]} table
 * @param {number} offset of the group's first term among all
 * @returns {Shown}
 */
export function productsShown({ why, terms, scene }, group, plane, table, offset) {
  const cells = table.flat();
  const values = Float64Array.from(cells, (k) => (k === null ? 0 : terms.products[offset + plane.terms[k]]));
  const closed = (/** @type {number} */ at) => {
    const k = cells[at];
    return k === null || whyZero(scene, why, group, plane.terms[k], values[at]) === CLOSED;
  };
  return { values, rows: table.length, columns: table[0]?.length ?? 0, top: 0, left: 0, closed };
}

/**
 * A factor's values in a table of terms.
 *
 * @param {Context} context
 * @param {Face} face
 * @param {Plane} plane
 * @param {(number | null)[][]} table
 * @returns {Shown}
 */
export function factorShown({ scene }, { column }, plane, table) {
  const cells = table.flat();
  const values = Float64Array.from(cells, (k) => (k === null ? 0 : valueAt(column, plane.terms[k])));
  const closed = (/** @type {number} */ at) => {
    const k = cells[at];
    if (k === null) return true;
    if (column.kind !== "gradient" || column.of === null || values[at] !== 0 || !scene.arrays[column.of]) return false;
    const index = column.index.map((i) => (i.data.length === 1 ? i.data[0] : i.data[plane.terms[k]]));
    return whyNoGradient(scene, column.of, flatIndex(index, column.shape)) === CLOSED;
  };
  return { values, rows: table.length, columns: table[0]?.length ?? 0, top: 0, left: 0, closed };
}

/**
 * The size of the largest number of several: the end of a picture's own scale.
 *
 * @param {...ArrayLike<number>} arrays
 */
export function endOf(...arrays) {
  let largest = 0;
  for (const values of arrays) {
    for (let k = 0; k < values.length; k += 1) {
      const size = Math.abs(values[k]);
      if (size > largest && size < Infinity) largest = size;
    }
  }
  return largest || 1;
}
