/**
 * How an array is shown: drawn, or in its place a frame that says why it is not; on which scale; and where it is closed.
 *
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("../state.js").State} State
 *
 * @typedef {object} Look
 * @property {"drawn" | "none" | "later" | "covered"} mode
 * @property {number} end of the scale
 * @property {((flat: number) => boolean) | null} closed
 * @property {boolean} amplified
 */

import { FIXED } from "../colour.js";
import { closedBy, numeric, stepOf } from "../scene.js";

const ROUNDING = 1e-12; // gradients below it are rounding, and nothing to look at

/**
 * @param {Scene} scene
 * @param {State} state
 * @param {string} name
 * @param {boolean} gradient
 * @returns {Look}
 */
export function lookOf(scene, state, name, gradient) {
  const amplified = gradient && state.amplify && canAmplify(scene);
  return {
    mode: modeOf(scene, state, name, gradient),
    end: amplified ? amplifiedEnd(scene) : endOf(scene, name, gradient),
    closed: gradient ? closedBy(scene, name) : null,
    amplified,
  };
}

/**
 * @param {Scene} scene
 * @param {State} state
 * @param {string} name
 * @param {boolean} gradient
 * @returns {Look["mode"]}
 */
export function modeOf(scene, state, name, gradient) {
  if (gradient && scene.arrays[name].gradient === null) return "none";
  if (gradient && state.step !== null && stepOf(scene.arrays[name]) > state.step) return "later";
  // a number by itself is all of its array
  const isAll = scene.arrays[name].shape.length === 0 && isCovered(state, name, gradient, []);
  return isAll ? "covered" : "drawn";
}

/**
 * @param {State} state
 * @param {string} name
 * @param {boolean} gradient
 * @param {readonly number[]} index
 */
export function isCovered({ covered }, name, gradient, index) {
  return covered.some((c) => c.of === name && c.gradient === gradient && c.index.join() === index.join());
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @param {boolean} gradient
 */
function endOf(scene, name, gradient) {
  if (gradient) return FIXED.gradients;
  return scene.arrays[name].role === "parameter" ? FIXED.parameters : FIXED.values;
}

/** @param {Scene} scene */
export function canAmplify(scene) {
  return amplifiedEnd(scene) >= ROUNDING;
}

/**
 * The end of the amplified scale: the largest gradient but the loss's own and those of ln p, which are 1 always.
 *
 * @param {Scene} scene
 */
export function amplifiedEnd(scene) {
  const sizes = Object.entries(scene.arrays).map(([name, array]) => {
    return name === "loss" || array.primitive === "log_softmax" ? 0 : numeric(array.largest.gradient);
  });
  return Math.max(0, ...sizes.filter(Number.isFinite));
}
