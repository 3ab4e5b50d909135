/**
 * The file proves itself: every stored value and gradient is computed again, from the numbers it is made of, by the
 * page's own definitions, and compared with what the engine stored.
 *
 * @typedef {object} Proof
 * @property {number} values how many were checked
 * @property {number} gradients
 * @property {number} largest difference, relative to the sum of the terms' sizes where that is above 1
 * @property {string} where it is
 * @property {string[]} unknown operations that the file has no definition of: they were not checked
 * @property {boolean} holds
 */

import { Refusal } from "../http.js";
import { summed } from "./sources.js";
import { ruleGroups, valueGroups } from "./whys.js";

export const ALLOWED = 1e-6;

/** What functions of one number come to; the engine's own numbers are compared with these. */
/** @type {Record<string, (x: number) => number>} */
const FUNCTIONS = {
  relu: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/**
 * @param {import("./sources.js").Stored} stored
 * @returns {Proof}
 */
export function prove(stored) {
  const { scene } = stored;
  /** @type {Proof} */
  const proof = { values: 0, gradients: 0, largest: 0, where: "", unknown: [], holds: true };
  const compare = (
    /** @type {number} */ have,
    /** @type {number} */ sum,
    /** @type {number} */ size,
    /** @type {string} */ where,
  ) => {
    const gap = Object.is(have, sum) || have === sum ? 0 : Math.abs(have - sum) / Math.max(1, size);
    if (gap <= proof.largest) return;
    proof.largest = gap;
    proof.where = where;
  };
  for (const [name, array] of Object.entries(scene.arrays)) {
    try {
      if (array.role === "value") proof.values += checkedValues(stored, name, array, compare);
      if (array.gradient) proof.gradients += checkedGradients(stored, name, array, compare);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      proof.unknown.push(name);
    }
  }
  proof.holds = proof.largest <= ALLOWED;
  return proof;
}

/**
 * @typedef {(have: number, sum: number, size: number, where: string) => void} Compare
 *
 * @param {import("./sources.js").Stored} stored
 * @param {string} name
 * @param {any} array
 * @param {Compare} compare
 */
function checkedValues(stored, name, array, compare) {
  const call = stored.call(name);
  if (!call) return 0;
  const { data } = array.values;
  for (let at = 0; at < data.length; at += 1) {
    const groups = valueGroups(call, at);
    const found = summed(groups) ?? applied(groups);
    compare(data[at], found.sum, found.size, `${name} ${at}`);
  }
  return data.length;
}

/** @param {import("./sources.js").Listed[]} groups */
function applied(groups) {
  const [{ function: name, columns }] = groups;
  const sum = FUNCTIONS[/** @type {string} */ (name)](columns[0].source.at(columns[0].flat[0]));
  return { sum, size: Math.abs(sum) };
}

/**
 * @param {import("./sources.js").Stored} stored
 * @param {string} name
 * @param {any} array
 * @param {Compare} compare
 */
function checkedGradients(stored, name, array, compare) {
  const fired = array.arrived.flatMap((/** @type {string} */ where) =>
    stored.scene.steps.flatMap((/** @type {any} */ step) =>
      step.contributions
        .filter((/** @type {any} */ c) => c.where === where)
        .map((/** @type {any} */ c) => ({ call: stored.call(step.output), argument: c.argument })),
    ),
  );
  const start = array.arrived.includes("start") ? 1 : 0;
  const { data } = array.gradient;
  for (let at = 0; at < data.length; at += 1) {
    let [sum, size] = [start, start];
    for (const { call, argument } of fired) {
      const part = summed(ruleGroups(stored, call, argument, at));
      if (!part) continue;
      sum += part.sum;
      size += part.size;
    }
    compare(data[at], sum, size, `dL/d ${name} ${at}`);
  }
  return data.length;
}
