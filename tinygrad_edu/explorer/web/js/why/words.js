/** What a why says in words: field terms only, short sentences. */

import { count } from "../numbers.js";

/** @typedef {import("./terms.js").Why} Why */

/**
 * Which rule a part is of: the operation, and the argument whose gradient the rule gives; null for a value.
 *
 * @param {any} scene
 * @param {import("./terms.js").Part} part
 * @returns {{ primitive: string | null, argument: string | null, stage: any }}
 */
export function kindOf(scene, part) {
  const step = scene.steps.find((/** @type {any} */ s) => s.number === part.step);
  const fired = step?.contributions.find((/** @type {any} */ c) => c.where === part.where);
  const output = step?.output ?? null;
  const stage = scene.stages.find((/** @type {any} */ s) => s.output === output) ?? null;
  return { primitive: part.primitive, argument: fired?.argument ?? null, stage };
}

/**
 * @param {any} scene
 * @param {Why} why
 * @returns {string[]} sentences that say what happens, before any number
 */
export function explained(scene, why) {
  if (why.kind === "given") return [given(scene, why)];
  if (why.parts.length > 1)
    return [`This number was used by ${why.parts.length} operations. Each sends a gradient; they add up.`];
  const [part] = why.parts;
  if (!part) return [];
  if (part.step === 0) return ["The start of the backward pass: the loss rises by 1 when the loss rises by 1."];
  const { primitive, argument } = kindOf(scene, part);
  const say = SENTENCES[`${primitive} ${argument ?? "value"}`];
  return say ? say(why.count, scene.arrays[why.question.of]?.role === "input" ? "pixel" : "number") : [];
}

/** @type {Record<string, (count: number, what: string) => string[]>} */
const SENTENCES = {
  "conv2d value": () => [
    "The kernel lies on a window. Each weight meets one number; add up the products and the bias.",
    "The kernel is not flipped; strictly this is cross-correlation.",
  ],
  "conv2d weight": (n) => [
    `This weight was used at ${count(n)} places. At each, it met a number x; the result's gradient is g. Add up g · x.`,
  ],
  "conv2d bias": (n) => [`This bias was added at ${count(n)} places. Add up the gradients of all of them.`],
  "conv2d x": (n, what) => [
    `This ${what} was used in ${count(n)} results. Add up each result's gradient times the weight it was met with.`,
  ],
  "linear value": () => ["Each number times its weight; add up the products and the bias."],
  "linear weight": () => ["This weight met one number x. The result's gradient is g: g · x."],
  "linear bias": () => ["A bias is added as it is: its gradient is the result's."],
  "linear x": (n) => [`This number was used in ${count(n)} results. Add up each one's gradient times its weight.`],
  "reshape value": () => ["The same numbers in another order. Nothing is computed."],
  "reshape x": () => ["The same numbers in another order. Nothing is computed."],
  "relu value": () => ["What is above 0 passes; all else becomes 0."],
  "relu x": () => ["Where the value passed, the gradient passes. Where it was stopped, the gradient stops."],
  "max_pool2d value": () => ["The largest number of the window passes; the others have no part in it."],
  "max_pool2d x": () => ["Only the number that won its window receives the gradient."],
  "avg_pool2d value": () => ["The mean of the window: each number counts the same."],
  "avg_pool2d x": () => ["Each number of the window receives the same share of the gradient."],
  "log_softmax value": () => ["ln p: the logit minus the logarithm of the sum of all e^z."],
  "log_softmax x": () => ["The gradient that arrives, minus p times the sum of all that arrive."],
  "nll_loss value": () => ["The loss is -ln p of the answer: 0 when p is 1.".replace("-", "−")],
  "nll_loss log_probs": () => ["The loss looks at the answer's ln p only."],
  "add value": () => ["Two numbers are added."],
  "add a": () => ["A sum hands its gradient on to both."],
  "add b": () => ["A sum hands its gradient on to both."],
};

/**
 * @param {any} scene
 * @param {Why} why
 */
function given(scene, why) {
  const role = scene.arrays[why.question.of]?.role;
  if (role === "parameter") return "A parameter: no formula, it was learned.";
  if (role === "input") return "A pixel: it was given.";
  return "A constant: it was given.";
}

/**
 * What to call a factor's map: its name, and which map it is; axes of size 1 say nothing.
 *
 * @param {any} scene
 * @param {import("./terms.js").Column} column
 * @param {number[]} lead
 * @returns {[name: string, rest: string]}
 */
export function caption(scene, column, lead) {
  const array = column.of === null ? null : scene.arrays[column.of];
  const parameter = array?.role === "parameter" && column.kind !== "gradient";
  const kinds = parameter ? (column.shape.length > 2 ? ["filter", "channel"] : ["row", "map"]) : ["picture", "map"];
  const shape = array?.laid_out ?? column.shape;
  const said = lead.flatMap((i, axis) => (shape[axis] > 1 ? [`${kinds.at(axis - lead.length) ?? "axis"} ${i}`] : []));
  if (column.kind === "gradient") return ["g", `: gradient of ${[column.of ?? column.name, ...said].join(", ")}`];
  return [column.name, said.length ? `: ${said.join(", ")}` : ""];
}
