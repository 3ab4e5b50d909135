/** What one step of the backward pass does, in words and counts; no element is made here. */

import { count } from "../numbers.js";

/**
 * @typedef {object} Contribution (explorer/scene.py)
 * @property {string | null} where
 * @property {string} argument
 * @property {string | null} to
 * @property {string} status
 * @property {number} count
 * @property {boolean} kept
 * @property {any} rule
 *
 * @typedef {object} Step
 * @property {number} number
 * @property {string} output
 * @property {any} primitive
 * @property {string} sum_of
 * @property {string[]} reads
 * @property {Contribution[]} contributions
 */

/**
 * @param {any} scene
 * @param {Step} step
 * @returns {string} what arrives: "g arrives from step 2: 10 numbers"
 */
export function arriving(scene, step) {
  const size = sizeOf(scene, step.output);
  const numbers = `${count(size)} ${size === 1 ? "number" : "numbers"}`;
  if (step.sum_of === "start") return `The start: dL/d${step.output} = 1, ${numbers}.`;
  const from = step.sum_of.split(" + ");
  if (from.length > 1)
    return `g is a sum: from ${from.join(" + ")}, ${numbers}. ${step.output} was used ${from.length} times.`;
  return `g arrives from step ${from[0]}: ${numbers}.`;
}

/**
 * @param {Step} step
 * @returns {string} what the step's rules look at besides g
 */
export function reading(step) {
  if (!step.reads.length) return "The rules read nothing but g.";
  const targets = new Map(step.contributions.map((c) => [c.argument, c.to]));
  const named = step.reads.map((name) => {
    const of = name === "y" ? step.output : targets.get(name);
    return of && of !== name ? `${name} (${of})` : name;
  });
  return `The rules read: ${named.join(", ")}.`;
}

/**
 * Where a contribution goes: on to the step of the operation that made its target, or kept as a parameter's gradient.
 *
 * @param {any} scene
 * @param {Contribution} contribution
 */
export function going(scene, { status, to, kept, count: size, argument }) {
  if (status !== "sent") return STATUSES[status] ?? status;
  const numbers = `${count(size)} ${size === 1 ? "number" : "numbers"}`;
  if (kept) return `${numbers}, kept: gradient of ${to ?? argument}`;
  const next = scene.steps.find((/** @type {Step} */ s) => s.output === to);
  return next ? `${numbers}, go on to step ${next.number}` : `${numbers}, go on to ${to ?? argument}`;
}

/** @type {Record<string, string>} */
const STATUSES = {
  "not asked for": "Not computed: not asked for.",
  "no gradient": "Whole numbers have no gradient.",
  constant: "A constant: no gradient is asked for.",
  zero: "The rule says: nothing flows here.",
};

/**
 * @param {any} scene
 * @param {Step} step
 * @param {number} of how many steps there are
 * @returns {string} for the live region
 */
export function spokenStep(scene, step, of) {
  const sent = step.contributions.filter((c) => c.status === "sent");
  const total = (/** @type {boolean} */ kept) => sent.filter((c) => c.kept === kept).reduce((n, c) => n + c.count, 0);
  const [kept, on] = [total(true), total(false)];
  const arrive = sizeOf(scene, step.output);
  const parts = [kept && `${count(kept)} kept`, on && `${count(on)} go on`].filter(Boolean).join(", ");
  return `Step ${step.number} of ${of}, ${step.primitive.name}. ${count(arrive)} ${arrive === 1 ? "gradient arrives" : "gradients arrive"}${parts ? `, ${parts}` : ""}.`;
}

/**
 * @param {any} scene
 * @param {string} name
 */
function sizeOf(scene, name) {
  return scene.arrays[name].shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
}
