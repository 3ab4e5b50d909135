/** The network as a strip: where the number stands, and which arrays its factors come from. */

import { cellPicture } from "../cells.js";
import { FIXED } from "../colour.js";
import { el } from "../dom.js";
import { endOf } from "./pictures/face.js";
import { kindOf } from "./words.js";

const TALL = 56;
const SHORT = 24; // what has no part in it, where there are many
const MANY = 11;

/**
 * @param {import("./cursor.js").Context} context
 * @returns {HTMLElement}
 */
export function strip({ why, scene, state }) {
  const { question } = why;
  const asked = { of: question.of, gradient: Boolean(question.gradient) && !question.through?.length };
  const factors = why.groups.flatMap((group) =>
    group.columns.map(({ of, kind }) => ({ of, gradient: kind === "gradient" })),
  );
  const isFactor = (/** @type {string} */ of, /** @type {boolean} */ gradient) =>
    factors.some((f) => f.of === of && f.gradient === gradient);
  const isAsked = (/** @type {string} */ of, /** @type {boolean} */ gradient) =>
    asked.of === of && asked.gradient === gradient;
  const items = [];
  for (const gradient of [false, true]) {
    for (const stage of scene.stages) {
      for (const of of [...stage.parameters, stage.output]) {
        const array = scene.arrays[of];
        const counts = isAsked(of, gradient) || isFactor(of, gradient);
        if (!array || (gradient && !array.gradient) || (!counts && (gradient || of !== stage.output))) continue;
        const kind = isAsked(of, gradient) ? "asked" : isFactor(of, gradient) ? "read" : "";
        const lead = leadOf(why, of, gradient, array);
        items.push({ array, of, gradient, lead, kind });
      }
    }
  }
  const many = items.length > MANY;
  const thumbs = items.map((item) => thumbnail(item, state, many && !item.kind));
  const [part] = why.parts;
  const { argument } = part ? kindOf(scene, part) : { argument: null };
  const rule = part?.primitive ? `${part.primitive}${argument ? `, rule for ${argument}` : ""}` : "";
  const here =
    part?.where && part.where !== "start" ? `step ${part.where}` : question.gradient ? "the start" : "values";
  return el(
    "div",
    { class: "strip", role: "img", "aria-label": `You are here: ${here}. ${rule}` },
    el("div", { class: "strip-items", "aria-hidden": "true" }, ...thumbs),
    el(
      "p",
      { class: "here", "aria-hidden": "true" },
      el("b", {}, `You are here: ${here}`),
      el("span", { class: "note" }, rule),
    ),
  );
}

/**
 * Which map of an array to show: the one that counts, else the first.
 *
 * @param {import("./terms.js").Why} why
 * @param {string} of
 * @param {boolean} gradient
 * @param {any} array
 * @returns {number[]}
 */
function leadOf(why, of, gradient, array) {
  const { question } = why;
  const maps = array.laid_out.slice(0, -2);
  const column = why.groups
    .flatMap((group) => group.columns)
    .find((c) => c.of === of && (c.kind === "gradient") === gradient && c.values.data.length > 0);
  const index = question.of === of && question.index.length ? question.index : column?.index.map((i) => i.data[0]);
  if (index && index.length === array.laid_out.length) return index.slice(0, -2);
  const channel = question.index.length === 4 ? question.index[0] || question.index[1] : 0;
  return maps.map((/** @type {number} */ n, /** @type {number} */ axis) =>
    axis === maps.length - 1 && channel < n ? channel : 0,
  );
}

/**
 * @param {{ array: any, of: string, gradient: boolean, lead: number[], kind: string }} item
 * @param {import("../state.js").State} state
 * @param {boolean} aside whether it is only there to show the way
 */
function thumbnail({ array, of, gradient, lead, kind }, state, aside) {
  const tall = aside ? SHORT : TALL;
  const source = (gradient ? array.gradient : array.values).data;
  const shape = array.laid_out;
  const line = shape.length < 3; // a vector stands upright
  const rows = line ? Math.min(tall, source.length) : shape.at(-2);
  const columns = line ? 1 : shape.at(-1);
  const size = Math.max(1, Math.min(18, Math.floor(tall / Math.max(rows, columns))));
  const from = line ? 0 : lead.reduce((n, i, axis) => n * shape[axis] + i, 0) * rows * columns;
  const values = Float64Array.from({ length: rows * columns }, (_, k) => source[from + k]);
  const end = gradient ? endOf(values) : array.role === "parameter" ? FIXED.parameters : FIXED.values;
  const picture = cellPicture(gradient ? "gradient" : "value");
  picture.draw({ values, rows, columns, end, scheme: state.scheme }, size);
  const axes = shape
    .slice(0, -2)
    .map((/** @type {number} */ n, /** @type {number} */ axis) => (n > 1 ? lead[axis] : -1));
  const own = axes.filter((/** @type {number} */ i) => i >= 0);
  const map = !line && own.length ? ` ${own.join(",")}` : "";
  return el(
    "div",
    { class: `thumb ${kind}` },
    picture.element,
    !aside && el("span", { class: "note" }, `${gradient ? "g of " : ""}${of}${map}`),
  );
}
