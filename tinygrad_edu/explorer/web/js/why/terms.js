/**
 * The terms of an explanation: multiplied out here, from the factors that are shown, and added up.
 *
 * @typedef {import("../engine/unpack.js").NumberArray} NumberArray
 * @typedef {import("../state.js").Address} Address
 *
 * @typedef {object} Column the same factor in all terms of a group (explorer/whys.py)
 * @property {string} name
 * @property {"value" | "gradient" | "number"} kind
 * @property {string | null} of
 * @property {boolean} divides
 * @property {number[]} shape
 * @property {NumberArray[]} index
 * @property {NumberArray} values
 *
 * @typedef {object} Group
 * @property {number} part
 * @property {1 | -1} sign
 * @property {string | null} function
 * @property {NumberArray} products
 * @property {Column[]} columns
 *
 * @typedef {object} Part
 * @property {number} value
 * @property {number | null} step
 * @property {string} where
 * @property {string} formula
 * @property {string} remark
 * @property {string | null} primitive
 * @property {any} written the rule or the operation: name, formula, derivation, source
 *
 * @typedef {object} Why
 * @property {Address} question
 * @property {"value" | "gradient" | "given"} kind
 * @property {string} name
 * @property {number[]} index
 * @property {number} value
 * @property {string} dtype
 * @property {string} formula
 * @property {number} total
 * @property {number} rounding
 * @property {number} count
 * @property {number} above
 * @property {number} below
 * @property {Record<string, number>} zeros
 * @property {Part[]} parts
 * @property {Group[]} groups
 *
 * @typedef {object} Terms
 * @property {number} count
 * @property {Float64Array} products in the order of their places
 * @property {Int32Array} largest positions, the largest product first
 * @property {(position: number) => [group: number, row: number]} at
 * @property {number} above sum of those above 0
 * @property {number} below
 * @property {number} nonzero
 * @property {number} sum
 * @property {number} firstNotFinite position, or -1
 */

import { numeric } from "../scene.js";

/**
 * The answer with numbers where JSON had to write "nan" or "inf".
 *
 * @param {any} answer
 * @returns {Why}
 */
export function withNumbers(answer) {
  const { value, total, rounding, above, below, parts } = answer;
  return {
    ...answer,
    value: numeric(value),
    total: numeric(total),
    rounding: numeric(rounding),
    above: numeric(above),
    below: numeric(below),
    parts: parts.map((/** @type {any} */ part) => ({ ...part, value: numeric(part.value) })),
  };
}

/**
 * @param {Why} why
 * @returns {Terms}
 */
export function termsOf(why) {
  const starts = [0];
  for (const group of why.groups) starts.push(/** @type {number} */ (starts.at(-1)) + group.products.data.length);
  const count = /** @type {number} */ (starts.at(-1));
  const products = new Float64Array(count);
  why.groups.forEach((group, k) => products.set(multiplied(group), starts[k]));
  const sizes = products.map((p) => (Number.isNaN(p) ? Infinity : Math.abs(p)));
  const largest = Int32Array.from(products.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const start = why.parts.filter((part) => part.step === 0).map((part) => part.value);
  return {
    count,
    products,
    largest,
    at(position) {
      const group = starts.findLastIndex((s) => s <= position && position >= 0);
      return [group, position - starts[group]];
    },
    above: added(products.filter((p) => p > 0)),
    below: added(products.filter((p) => p < 0)),
    nonzero: products.reduce((n, p) => n + (p === 0 ? 0 : 1), 0),
    sum: why.kind === "given" ? why.value : added([...products, ...start]),
    firstNotFinite: products.findIndex((p) => !Number.isFinite(p)),
  };
}

/**
 * A group's products, from its factors; what a function of them comes to, only the engine knows.
 *
 * @param {Group} group
 */
export function multiplied(group) {
  const count = group.products.data.length;
  if (group.function) return Float64Array.from(group.products.data);
  const found = new Float64Array(count).fill(group.sign);
  for (const column of group.columns) {
    for (let row = 0; row < count; row += 1) {
      const value = valueAt(column, row);
      found[row] = column.divides ? found[row] / value : found[row] * value;
    }
  }
  return found;
}

/**
 * @param {Column} column
 * @param {number} row
 */
export function valueAt(column, row) {
  return column.values.data.length === 1 ? column.values.data[0] : column.values.data[row];
}

/**
 * @param {Column} column
 * @param {number} row
 */
export function indexAt(column, row) {
  return column.index.map((i) => (i.data.length === 1 ? i.data[0] : i.data[row]));
}

/**
 * A sum that keeps what each addition rounds away (Neumaier), so that only the engine's rounding is left to be seen.
 *
 * @param {Iterable<number>} numbers
 */
export function added(numbers) {
  let [sum, lost] = [0, 0];
  for (const x of numbers) {
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}

/**
 * The sum of the terms so far, for each in a given order.
 *
 * @param {Terms} terms
 * @param {Int32Array} order
 */
export function running(terms, order) {
  const found = new Float64Array(order.length);
  let [sum, lost] = [0, 0];
  order.forEach((position, k) => {
    const x = terms.products[position];
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
    found[k] = sum + lost;
  });
  return found;
}

/**
 * Where the cursor begins: at the largest term of those that are most, so that a picture shows it.
 *
 * @param {Why} why
 * @param {Terms} terms
 */
export function firstTerm(why, terms) {
  const most = Math.max(0, ...why.groups.map((group) => group.products.data.length));
  return terms.largest.find((at) => why.groups[terms.at(at)[0]].products.data.length === most) ?? 0;
}

/**
 * Whether the sum here and the engine's number are the same, but for rounding.
 *
 * @param {number} here
 * @param {number} engine
 */
export function agrees(here, engine) {
  if (Number.isNaN(here) || Number.isNaN(engine)) return Number.isNaN(here) === Number.isNaN(engine);
  if (here === engine) return true;
  const gap = Math.abs(here - engine);
  return gap <= 1e-4 * Math.abs(engine) || gap <= 1e-7;
}
