/**
 * Addresses of numbers: what a factor leads to, and what a number is called.
 *
 * @typedef {import("../state.js").Address} Address
 * @typedef {import("./terms.js").Why} Why
 */

import { indexAt } from "./terms.js";

/**
 * Where a factor leads: by its own name, or where it has none, through the explanation that it is part of.
 *
 * @param {Why} why
 * @param {number} group
 * @param {number} row
 * @param {number} column
 * @returns {Address | null} null for a bare number
 */
export function factorAddress(why, group, row, column) {
  const found = why.groups[group].columns[column];
  if (found.kind === "number") return null;
  if (found.of !== null) return { of: found.of, gradient: found.kind === "gradient", index: indexAt(found, row) };
  const { of, gradient, index, through = [] } = why.question;
  return { of, gradient: Boolean(gradient), index: index ?? [], through: [...through, [group, row, column]] };
}

/**
 * What a factor is called in its term: g[0,3,16,13].
 *
 * @param {import("./terms.js").Column} column
 * @param {number} row
 */
export function factorName(column, row) {
  return elementName(column.name, indexAt(column, row));
}

/**
 * @param {string} name
 * @param {number[]} index
 */
export function elementName(name, index) {
  if (!index.length) return name;
  return `${/ [-+*/@] /.test(name.replace(/\(.*\)/, "")) ? `(${name})` : name}[${index.join(",")}]`;
}

/**
 * What the trail calls an address; one that leads through factors is named by the number that they are of.
 *
 * @param {Address} address
 */
export function addressName({ of, gradient, index, through }) {
  const name = elementName(gradient ? `dL/d ${of}` : of, index);
  return through?.length ? `a factor of ${name}` : name;
}

/**
 * @param {Address} a
 * @param {Address} b
 */
export function sameAddress(a, b) {
  return addressKey(a) === addressKey(b);
}

/** @param {Address} address */
export function addressKey({ of, gradient, index, through = [] }) {
  return JSON.stringify([of, gradient, index, through]);
}

/**
 * The trail after a further why. One that is in it already is gone back to, so that a walk in circles stays short.
 *
 * @param {Address[]} trail
 * @param {Address} next
 */
export function trailWith(trail, next) {
  const known = trail.findIndex((address) => sameAddress(address, next));
  return known < 0 ? [...trail, next] : trail.slice(0, known + 1);
}
