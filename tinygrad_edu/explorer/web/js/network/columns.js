/**
 * Which columns a network has, for any network: its operations from left to right.
 *
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("../scene.js").Stage} Stage
 *
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {string} subtitle
 * @property {"board" | "table" | "scalar"} kind
 * @property {string[]} parameters arrays shown: weight and bias
 * @property {string | null} output the array shown: what the operation computed
 * @property {Stage} stage
 * @property {number[]} steps of the backward pass, at the arrow that leads to it
 */

import { count } from "../numbers.js";
import { shownAs } from "../scene.js";

export const TABLE = 16; // so many numbers are read as a table, more are seen as a picture

/**
 * @param {Scene} scene
 * @param {boolean} split whether filters stand by themselves, as on a phone
 * @returns {Column[]}
 */
export function columnsOf(scene, split) {
  /** @type {Column[]} */
  const columns = [];
  /** @type {number[]} */
  let steps = [];
  /** @type {Map<string, number>} */
  const seen = new Map();
  const stages = scene.stages.filter((stage) => scene.arrays[stage.output]);
  for (const stage of stages) {
    if (stage.step !== null) steps = [stage.step, ...steps];
    if (shownAs(scene, stage.output) !== stage.output) continue; // the same numbers in another order
    const order = (seen.get(stage.title) ?? 0) + 1;
    seen.set(stage.title, order);
    const several = stages.filter((s) => s.title === stage.title).length > 1;
    const numbered = several ? `${stage.title} ${order}` : stage.title;
    const kind = kindOf(scene, stage.output);
    if (stage.parameters.length > 0 && (split || kind === "table" || isDense(stage))) {
      const [before, own] = stage.step === null ? [steps, []] : [steps.slice(1), steps.slice(0, 1)];
      columns.push({
        key: `${stage.output} parameters`,
        title: isDense(stage) ? numbered : `${filtersOf(stage)} of ${numbered}`,
        subtitle: parametersText(scene, stage),
        kind: "board",
        parameters: stage.parameters,
        output: null,
        stage,
        steps: before,
      });
      const title = !isDense(stage) ? numbered : stage.output === "logits" ? "Logits" : `Output of ${numbered}`;
      columns.push({ ...plain(scene, stage, title, kind), parameters: [], steps: own });
    } else {
      columns.push({ ...plain(scene, stage, numbered, kind), steps });
    }
    steps = [];
  }
  return columns;
}

/** @param {Stage} stage */
export function isDense(stage) {
  return stage.primitive === "linear" || stage.primitive === "matmul";
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @returns {Column["kind"]}
 */
function kindOf(scene, name) {
  const { shape } = scene.arrays[name];
  if (shape.length === 0) return "scalar";
  const long = shape.filter((length) => length !== 1);
  return long.length <= 1 && (long[0] ?? 1) <= TABLE && shape.length <= 2 ? "table" : "board";
}

/**
 * @param {Scene} scene
 * @param {Stage} stage
 * @param {string} title
 * @param {Column["kind"]} kind
 * @returns {Column}
 */
function plain(scene, stage, title, kind) {
  const { output, parameters } = stage;
  return { key: output, title, subtitle: subtitleOf(scene, stage), kind, parameters, output, stage, steps: [] };
}

/** @param {Stage} stage */
function filtersOf(stage) {
  return stage.primitive?.startsWith("conv") ? "Filters" : "Parameters";
}

/**
 * @param {Scene} scene
 * @param {Stage} stage
 */
function subtitleOf(scene, stage) {
  const shape = scene.arrays[stage.output].shape;
  const maps = (shape.length > 2 && shape[0] === 1 ? shape.slice(1) : shape.filter((n) => n !== 1)).join(" × ");
  switch (stage.primitive) {
    case null:
      return maps;
    case "log_softmax":
      return "ln p; bar: p";
    case "nll_loss":
      return "−ln p[answer]";
    case "relu":
      return "max(0, x)";
    case "linear":
      return stage.output === "logits" ? "z" : maps;
    case "max_pool2d":
    case "avg_pool2d":
      return `${windowText(stage)}: ${maps}`;
  }
  return stage.parameters.length > 0 ? parametersText(scene, stage) : maps;
}

/** @param {Stage} stage */
function windowText(stage) {
  const size = stage.params.kernel_size;
  return Array.isArray(size) ? `${size.join(" × ")} windows` : "windows";
}

/**
 * @param {Scene} scene
 * @param {Stage} stage
 */
function parametersText(scene, stage) {
  return stage.parameters
    .map((name) => {
      const { shape } = scene.arrays[name];
      if (shape.length === 1) return `${count(shape[0])} ${/bias$/.test(name) ? "biases" : "weights"}`;
      if (shape.length === 2) return `${count(shape[0])} × ${count(shape[1])} weights`;
      const each = shape.slice(shape[1] === 1 ? 2 : 1).join(" × ");
      return `${count(shape[0])} filters ${each}`;
    })
    .join(", ");
}
