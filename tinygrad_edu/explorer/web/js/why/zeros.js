/**
 * Zero has reasons: a ReLU is closed, a pixel has no ink, another pixel won. Each product that is 0 gets its own.
 *
 * @typedef {import("./terms.js").Why} Why
 * @typedef {import("./terms.js").Column} Column
 */

import { flatIndex, unflatIndex } from "./indices.js";
import { indexAt, valueAt } from "./terms.js";
import { reader, windowAt, windowsSeeing, winnerOf } from "./windows.js";

export const CLOSED = "ReLU is closed";
export const DARK = "the pixel is 0";
export const LOST = "another pixel won";
export const ROUNDED = "rounded to 0";

/**
 * @param {any} scene
 * @param {Why} why
 * @param {number} number of the group
 * @param {number} row
 * @param {number} product
 * @returns {string | null} why a product is 0; null where it is not
 */
export function whyZero(scene, why, number, row, product) {
  if (product !== 0) return null;
  const group = why.groups[number];
  if (group.function) return group.function === "relu" ? CLOSED : `${group.function} is 0`;
  const column = group.columns.find((c) => !c.divides && valueAt(c, row) === 0);
  if (!column) return ROUNDED;
  if (column.kind !== "number") return reasonOf(scene, column, row);
  const { of, gradient, index = [], through } = why.question;
  const array = scene.arrays[of];
  return gradient && array && !through?.length
    ? whyNoGradient(scene, of, flatIndex(index, array.shape))
    : "a factor is 0";
}

/**
 * How many products are 0, by reason, the most frequent first.
 *
 * @param {any} scene
 * @param {Why} why
 * @param {import("./terms.js").Terms} terms
 * @returns {[reason: string, count: number][]}
 */
export function zeroReasons(scene, why, terms) {
  /** @type {Map<string, number>} */
  const counted = new Map();
  for (let position = 0; position < terms.count; position += 1) {
    const [group, row] = terms.at(position);
    const reason = whyZero(scene, why, group, row, terms.products[position]);
    if (reason !== null) counted.set(reason, (counted.get(reason) ?? 0) + 1);
  }
  return [...counted].sort((a, b) => b[1] - a[1]);
}

/**
 * @param {any} scene
 * @param {Column} column
 * @param {number} row
 */
function reasonOf(scene, column, row) {
  const name = column.of;
  if (name === null || !scene.arrays[name]) return `${column.name} is 0`;
  const place = flatIndex(indexAt(column, row), column.shape);
  if (column.kind === "gradient") return whyNoGradient(scene, name, place);
  return scene.arrays[name].role === "input" ? DARK : (closedRelu(scene, name, place) ?? `${name} is 0`);
}

/**
 * Why nothing arrives at a place: the operation after it stops the gradient.
 *
 * @param {any} scene
 * @param {string} name
 * @param {number} place
 */
export function whyNoGradient(scene, name, place) {
  const readers = scene.stages.filter((/** @type {any} */ stage) => stage.inputs.includes(name));
  if (readers.length !== 1) return `dL/d ${name} is 0`;
  const [reader] = readers;
  if (reader.primitive === "relu") return scene.arrays[name].values.data[place] > 0 ? `dL/d ${name} is 0` : CLOSED;
  if (reader.primitive === "max_pool2d") return wins(scene, reader, name, place) ? `dL/d ${name} is 0` : LOST;
  if (reader.primitive === "reshape") return whyNoGradient(scene, reader.output, place);
  if (reader.primitive === "nll_loss") return "not the answer";
  return `dL/d ${name} is 0`;
}

/**
 * @param {any} scene
 * @param {any} pooling the stage
 * @param {string} name
 * @param {number} place
 */
function wins(scene, pooling, name, place) {
  const array = scene.arrays[name];
  const pixel = unflatIndex(place, array.shape);
  return windowsSeeing(pooling.params, pixel, scene.arrays[pooling.output].shape).some((at) => {
    const winner = winnerOf(windowAt(pooling.params, at, array.shape), reader(array));
    return winner !== null && flatIndex(winner, array.shape) === place;
  });
}

/**
 * @param {any} scene
 * @param {string} name
 * @param {number} place
 * @returns {string | null} that the ReLU which gave this 0 is closed
 */
function closedRelu(scene, name, place) {
  const maker = scene.stages.find((/** @type {any} */ stage) => stage.output === name);
  if (maker?.primitive === "relu") return scene.arrays[maker.inputs[0]]?.values.data[place] > 0 ? null : CLOSED;
  return maker?.primitive === "reshape" ? closedRelu(scene, maker.inputs[0], place) : null;
}
