/**
 * What is framed: the number under the cursor, its value or gradient in the other band, what it is linked with, and
 * while stepping what the rule in progress reads and writes.
 *
 * @typedef {import("./half.js").Mark} Mark
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Address} Address
 */

import { flatOf, indexOf, shownAs } from "../scene.js";
import { linksOf } from "./links.js";

/**
 * Where a number is seen: what a reshape made is seen where it came from.
 *
 * @param {Scene} scene
 * @param {Address} address
 * @returns {Address}
 */
export function shownAt(scene, address) {
  const of = shownAs(scene, address.of);
  if (of === address.of || !scene.arrays[of]) return address;
  return {
    ...address,
    of,
    index: indexOf(flatOf(address.index, scene.arrays[address.of].shape), scene.arrays[of].shape),
  };
}

/**
 * @param {Scene} scene
 * @param {State} state
 * @returns {Mark[]}
 */
export function marksOf(scene, { at, step, covered }) {
  const marks = [
    ...(step === null ? [] : stepMarks(scene, step)),
    ...covered.filter(({ of }) => scene.arrays[of]).map((one) => coverOf(scene, one)),
  ];
  if (!at || !scene.arrays[at.of]) return marks;
  for (const { of, gradient, from, size } of linksOf(scene, at)) {
    const shown = shownAs(scene, of);
    if (shown === of) marks.push({ of, gradient, kind: "read", block: { from, size } });
    else marks.push(...throughReshape(scene, of, shown, gradient, from, size));
  }
  const seen = shownAt(scene, at);
  const array = scene.arrays[seen.of];
  if (seen.index.length !== array.shape.length) return marks;
  const flat = flatOf(seen.index, array.shape);
  marks.push({ of: seen.of, gradient: !seen.gradient, kind: "twin", flat });
  marks.push({ of: seen.of, gradient: seen.gradient, kind: "cursor", flat });
  return marks;
}

/**
 * @param {Scene} scene
 * @param {Address} address
 * @returns {Mark}
 */
function coverOf(scene, address) {
  const { of, gradient, index } = shownAt(scene, address);
  return { of, gradient, kind: "covered", flat: flatOf(index, scene.arrays[of].shape) };
}

/**
 * A block of what a reshape made, where it is seen: all of it, or one number.
 *
 * @param {Scene} scene
 * @param {string} of
 * @param {string} shown
 * @param {boolean} gradient
 * @param {number[]} from
 * @param {number[]} size
 * @returns {Mark[]}
 */
function throughReshape(scene, of, shown, gradient, from, size) {
  const { shape } = scene.arrays[of];
  const { shape: seen } = scene.arrays[shown];
  if (size.every((length, axis) => length === shape[axis])) {
    return [{ of: shown, gradient, kind: "read", block: { from: seen.map(() => 0), size: seen } }];
  }
  if (size.some((length) => length !== 1)) return [];
  return [{ of: shown, gradient, kind: "read", flat: flatOf(from, shape) }];
}

/**
 * @param {Scene} scene
 * @param {number} number
 * @returns {Mark[]}
 */
function stepMarks(scene, number) {
  const step = scene.steps.find((s) => s.number === number);
  if (!step) return [];
  /** @type {Mark[]} */
  const marks = [];
  // what a reshape made is not framed where it is seen: what is seen there gets its gradient only with the reshape's step
  const frame = (
    /** @type {string | null | undefined} */ of,
    /** @type {boolean} */ gradient,
    /** @type {string} */ kind,
  ) => {
    if (of && scene.arrays[of] && shownAs(scene, of) === of) marks.push({ of, gradient, kind });
  };
  frame(step.output, true, "reading");
  for (const name of step.reads) {
    const to = name === "y" ? step.output : step.contributions.find((c) => c.argument === name)?.to;
    if (to && scene.arrays[to]) marks.push({ of: shownAs(scene, to), gradient: false, kind: "reading" });
  }
  for (const { to, where } of step.contributions) if (where) frame(to, true, "written");
  return marks;
}
