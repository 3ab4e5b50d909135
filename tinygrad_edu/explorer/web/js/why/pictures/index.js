/** Which picture fits a why: chosen by its operation, else by the shapes of its factors. */

import { el } from "../../dom.js";
import { number } from "../../numbers.js";
import { factorButton } from "../line.js";
import { kindOf } from "../words.js";
import { barPicture } from "./bars.js";
import { curvePicture, isCurve } from "./curve.js";
import { groupPicture } from "./planes.js";
import { poolingPicture } from "./pooling.js";
import { reshapePicture } from "./reshape.js";
import { softmaxPicture } from "./softmax.js";

/** @typedef {import("../cursor.js").Context} Context */

/**
 * @param {Context} context
 * @returns {HTMLElement[]}
 */
export function pictures(context) {
  const { why } = context;
  if (why.parts.length === 1) {
    const found = partPictures(context, 0);
    if (found.length) return found;
    const bars = barPicture(context);
    return bars ? [bars] : [];
  }
  return why.parts.map((part, k) => {
    const where =
      part.where === "start" ? "the start" : `step ${part.where}${part.primitive ? `, ${part.primitive}` : ""}`;
    const sent = number(part.value, { plus: true, digits: context.state.digits });
    return el(
      "section",
      { class: "part" },
      el("h3", {}, `From ${where}: `, sent),
      el("p", { class: "formula-text" }, part.formula),
      ...partPictures(context, k),
    );
  });
}

/**
 * @param {Context} context
 * @param {number} k which part
 * @returns {HTMLElement[]}
 */
function partPictures(context, k) {
  const { why, scene } = context;
  const part = why.parts[k];
  const { primitive, argument, stage } = kindOf(scene, part);
  const through = (why.question.through ?? []).length > 0;
  const at = stage ?? (through ? null : scene.stages.find((/** @type {any} */ s) => s.output === why.question.of));
  /** @type {HTMLElement | null} */
  let special = null;
  if (isCurve(primitive)) special = curvePicture(context, at, /** @type {string} */ (primitive));
  else if (primitive === "max_pool2d") special = poolingPicture(context, at);
  else if (primitive === "reshape") special = reshapePicture(context, at);
  else if (primitive === "log_softmax" || primitive === "nll_loss") special = softmaxPicture(context, at);
  if (special) return [special];
  const kernel = primitive === "conv2d" && argument !== "weight" ? (at?.parameters[0] ?? null) : null;
  const turns = kernel !== null && argument === "x";
  const drawn = why.groups.flatMap((group, number) => {
    const found = group.part === k ? groupPicture(context, number, { kernel, turns }) : null;
    return found ? [found] : [];
  });
  return drawn.length || why.parts.length > 1 ? [...drawn, ...single(context, k)] : [];
}

/**
 * A term that stands alone beside a sum: the bias.
 *
 * @param {Context} context
 * @param {number} k which part
 * @returns {HTMLElement[]}
 */
function single(context, k) {
  return context.why.groups.flatMap((group, number) => {
    if (group.part !== k || group.products.data.length !== 1 || group.function) return [];
    const factors = group.columns.flatMap((column, at) => [
      at || column.divides ? (column.divides ? " / " : " · ") : null,
      factorButton(context, number, 0, at),
    ]);
    return [el("p", { class: "term-line" }, group.sign < 0 ? "− " : "+ ", ...factors)];
  });
}
