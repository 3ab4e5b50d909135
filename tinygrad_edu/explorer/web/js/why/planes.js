/**
 * Terms as pictures: which planes (maps, kernels) of its arrays a sum runs over, and where in them each term stands.
 *
 * A sum over i, j of g[0,3,i,j] * x[0,0,i+1,j+2] has one plane of two faces: map 3 of g, and the image. A sum over
 * o, i, j has as many planes as there are o. What was flattened is looked at as the maps that it was.
 *
 * @typedef {import("./terms.js").Column} Column
 *
 * @typedef {object} Face one factor of a plane's terms
 * @property {Column} column
 * @property {number} at which of the group's columns it is
 * @property {number[]} lead the index before the row: which map it is
 * @property {number} height of the whole map
 * @property {number} width
 * @property {Int32Array} rows for each of the plane's terms, where it stands in the map
 * @property {Int32Array} columns
 * @property {Frame} frame what of the map has a part in the sum
 * @typedef {{ top: number, left: number, height: number, width: number }} Frame
 *
 * @typedef {object} Plane
 * @property {Int32Array} terms rows of the group
 * @property {Face[]} faces of the factors that are arrays of two axes at least
 */

import { flatIndex, unflatIndex } from "./indices.js";
import { indexAt } from "./terms.js";

/**
 * @param {any} scene
 * @param {import("./terms.js").Group} group
 * @param {number} [least] how many terms the largest plane must have at least to be worth a picture
 * @returns {Plane[]} in the order of their terms; none where there is nothing to lay out
 */
export function planesOf(scene, group, least = 2) {
  const count = group.products.data.length;
  const columns = group.columns.map((column, at) => ({ column, at })).filter(({ column }) => column.shape.length > 0);
  if (group.function || !columns.length || count < least) return [];
  for (const flattened of [true, false]) {
    const shapes = columns.map(({ column }) => (flattened ? laidOut(scene, column) : column.shape));
    const planes = split(columns, shapes, count);
    const largest = Math.max(...planes.map((plane) => plane.terms.length));
    if (largest >= least) return planes;
  }
  return [];
}

/**
 * @param {any} scene
 * @param {Column} column
 * @returns {number[]} the shape to show a factor's array in
 */
export function laidOut(scene, column) {
  return (column.of !== null && scene.arrays[column.of]?.laid_out) || column.shape;
}

/**
 * @param {{ column: Column, at: number }[]} columns
 * @param {number[][]} shapes
 * @param {number} count
 * @returns {Plane[]}
 */
function split(columns, shapes, count) {
  /** @type {Map<string, { terms: number[], leads: number[][], rows: number[][], columns: number[][] }>} */
  const found = new Map();
  /** @type {{ terms: number[], leads: number[][], rows: number[][], columns: number[][] } | undefined} */
  let last;
  for (let term = 0; term < count; term += 1) {
    const indices = columns.map(({ column }, k) => placed(column, term, shapes[k]));
    // neighbours are mostly of one plane: only where the plane changes is it looked up
    let plane = last !== undefined && isOf(last, indices) ? last : undefined;
    const leads = plane ? plane.leads : indices.map((index) => index.slice(0, -2));
    const key = plane ? "" : JSON.stringify(leads);
    plane ??= found.get(key);
    if (!plane)
      found.set(key, (plane = { terms: [], leads, rows: columns.map(() => []), columns: columns.map(() => []) }));
    last = plane;
    plane.terms.push(term);
    for (const [k, index] of indices.entries()) {
      plane.rows[k].push(index.at(-2) ?? 0);
      plane.columns[k].push(/** @type {number} */ (index.at(-1)));
    }
  }
  return [...found.values()].map((plane) => ({
    terms: Int32Array.from(plane.terms),
    faces: columns.map(({ column, at }, k) => ({
      column,
      at,
      lead: plane.leads[k],
      height: shapes[k].at(-2) ?? 1,
      width: /** @type {number} */ (shapes[k].at(-1)),
      rows: Int32Array.from(plane.rows[k]),
      columns: Int32Array.from(plane.columns[k]),
      frame: frameOf(plane.rows[k], plane.columns[k]),
    })),
  }));
}

/**
 * @param {{ leads: number[][] }} plane
 * @param {number[][]} indices
 */
function isOf({ leads }, indices) {
  return leads.every((lead, k) => lead.every((i, axis) => i === indices[k][axis]));
}

/**
 * @param {Column} column
 * @param {number} term
 * @param {number[]} shape
 */
function placed(column, term, shape) {
  const index = indexAt(column, term);
  return shape.length === index.length ? index : unflatIndex(flatIndex(index, column.shape), shape);
}

/**
 * @param {number[]} rows
 * @param {number[]} columns
 * @returns {Frame}
 */
function frameOf(rows, columns) {
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return { top, left, height: Math.max(...rows) - top + 1, width: Math.max(...columns) - left + 1 };
}

/**
 * A plane's terms as a small table, in the order in which one of its factors stands in its map.
 *
 * Ordered by the gradient, the other factor's offsets run backwards: that is the kernel turned by 180 degrees.
 *
 * @param {Plane} plane
 * @param {number} by which face
 * @returns {(number | null)[][]} numbers of the plane's terms; null where none stands
 */
export function tableBy(plane, by) {
  const { rows, columns } = plane.faces[by];
  const across = [...new Set(columns)].sort((a, b) => a - b);
  const down = [...new Set(rows)].sort((a, b) => a - b);
  const table = down.map(() => /** @type {(number | null)[]} */ (across.map(() => null)));
  rows.forEach((row, k) => (table[down.indexOf(row)][across.indexOf(columns[k])] = k));
  return table;
}

/**
 * The same, as large as the kernel: where a weight has no part in the sum, as at the picture's edge, stands null.
 *
 * @param {Plane} plane
 * @param {number} kernel which face is the kernel
 * @param {boolean} turned by 180 degrees, so that the other factor stands as in its map
 * @returns {(number | null)[][]}
 */
export function kernelTable(plane, kernel, turned) {
  const { rows, columns, height, width } = plane.faces[kernel];
  const table = Array.from({ length: height }, () => /** @type {(number | null)[]} */ (new Array(width).fill(null)));
  rows.forEach((row, k) => {
    const [u, v] = turned ? [height - 1 - row, width - 1 - columns[k]] : [row, columns[k]];
    table[u][v] = k;
  });
  return table;
}
