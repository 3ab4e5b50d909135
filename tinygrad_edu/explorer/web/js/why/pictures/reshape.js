/** The same numbers in another order: where each stands is arithmetic of its index. */

import { el } from "../../dom.js";
import { flatIndex } from "../indices.js";

/**
 * @param {import("../cursor.js").Context} context
 * @param {any} stage
 * @returns {HTMLElement | null}
 */
export function reshapePicture({ why, scene }, stage) {
  const input = scene.arrays[stage?.inputs[0]];
  const output = scene.arrays[stage?.output];
  if (!input || !output) return null;
  const [from, own] = why.kind === "gradient" ? [input, true] : [output, false];
  const place = flatIndex(why.index, from.shape);
  const many = own ? why.index : unflat(place, input.shape);
  const shape = input.shape;
  const written = arithmetic(many, shape);
  return el(
    "div",
    { class: "reshape" },
    el("p", {}, `${stage.inputs[0]} is ${shape.join(" × ")}, ${stage.output} is ${output.shape.join(" × ")}.`),
    el("p", { class: "arithmetic" }, `${place} = ${written}`),
    el("p", { class: "note" }, `[${many.join(",")}] in rows: each index times the size of what comes after it.`),
  );
}

/**
 * 2457 = 3*676 + 16*26 + 13: axes of size 1 say nothing.
 *
 * @param {number[]} index
 * @param {number[]} shape
 */
export function arithmetic(index, shape) {
  const axes = shape.map((n, axis) => ({ n, axis })).filter(({ n }) => n > 1);
  const terms = axes.map(({ axis }) => {
    const after = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    return after === 1 ? String(index[axis]) : `${index[axis]}·${after}`;
  });
  return terms.join(" + ") || "0";
}

/**
 * @param {number} number
 * @param {number[]} shape
 */
function unflat(number, shape) {
  const index = [];
  for (const n of [...shape].reverse()) {
    index.unshift(number % n);
    number = Math.floor(number / n);
  }
  return index;
}
