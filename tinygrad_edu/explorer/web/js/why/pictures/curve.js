/** A function of one number: its curve, and the dot on it; for a gradient, open or closed, and the slope there. */

import { el, svg } from "../../dom.js";
import { number, text } from "../../numbers.js";
import { addressName } from "../addresses.js";
import { flatIndex } from "../indices.js";

/** @typedef {import("../cursor.js").Context} Context */

/** What curves look like; no number on the page comes from here. */
/** @type {Record<string, (x: number) => number>} */
const CURVES = {
  relu: (x) => Math.max(0, x),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
};

const [WIDTH, HEIGHT] = [260, 160];

/** @param {string | null} primitive */
export function isCurve(primitive) {
  return primitive !== null && primitive in CURVES;
}

/**
 * @param {Context} context
 * @param {any} stage of the operation
 * @param {string} primitive
 * @returns {HTMLElement | null}
 */
export function curvePicture({ why, scene, state, ask }, stage, primitive) {
  const input = stage && scene.arrays[stage.inputs[0]];
  const column = why.groups[0]?.columns[0];
  const index = why.index;
  const x =
    why.kind === "gradient" ? input && input.values.data[flatIndex(index, input.shape)] : column?.values.data[0];
  if (x === undefined || !Number.isFinite(x)) return null;
  const manner = { digits: state.digits };
  if (why.kind !== "gradient") {
    const line = el(
      "p",
      { class: "remark" },
      `${column?.name ?? "x"} = `,
      number(x, manner),
      ...gate(why, primitive, x),
    );
    return el("div", { class: "curve-picture" }, drawn(primitive, x), line);
  }
  // a closed gate has no factor: what closed it, and what it stopped, lead on from here
  const value = leading(ask, { of: stage.inputs[0], gradient: false, index }, number(x, manner));
  const words = [
    el("p", { class: "remark" }, value, ...gate(why, primitive, x)),
    passed(ask, why, scene, stage, index, manner),
  ];
  return el("div", { class: "curve-picture" }, drawn(primitive, x), el("div", {}, ...words));
}

/**
 * @param {import("../terms.js").Why} why
 * @param {string} primitive
 * @param {number} x
 */
function gate(why, primitive, x) {
  if (primitive !== "relu") return why.parts[0]?.remark ? [`; ${why.parts[0].remark}`] : [];
  const gradient = why.kind === "gradient";
  if (x > 0) return [" > 0: ", el("b", {}, "open"), gradient ? ", g passes" : ", the value passes"];
  return [", not > 0: ", el("b", {}, "closed"), gradient ? ", g stops" : ", 0 comes out"];
}

/**
 * @param {Context["ask"]} ask
 * @param {import("../../state.js").Address} address
 * @param {HTMLElement} value
 */
function leading(ask, address, value) {
  const kind = address.gradient ? "gradient" : "value";
  const name = el("span", { class: "name" }, addressName(address));
  const why = el("span", { class: "unseen" }, "Why ");
  return el("button", { type: "button", class: `factor ${kind}`, onclick: () => ask(address) }, why, name, " ", value);
}

/**
 * @param {Context["ask"]} ask
 * @param {import("../terms.js").Why} why
 * @param {any} scene
 * @param {any} stage
 * @param {number[]} index
 * @param {import("../../numbers.js").Manner} manner
 */
function passed(ask, why, scene, stage, index, manner) {
  const output = scene.arrays[stage.output];
  const arriving = output.gradient?.data[flatIndex(index, output.shape)];
  if (arriving === undefined) return null;
  const signed = { ...manner, plus: true };
  const arrives = leading(ask, { of: stage.output, gradient: true, index }, number(arriving, signed));
  return el("p", { class: "passed" }, "g arrives: ", arrives, " → ", number(why.value, signed), " goes on");
}

/**
 * @param {string} primitive
 * @param {number} x
 */
function drawn(primitive, x) {
  const curve = CURVES[primitive];
  const reach = Math.max(1, Math.abs(x) * 1.5);
  const xs = Array.from({ length: 121 }, (_, k) => -reach + (k * reach) / 60).filter((at) =>
    Number.isFinite(curve(at)),
  );
  const ys = xs.map(curve);
  const [low, high] = [Math.min(0, ...ys), Math.max(...ys, 0.1)];
  const place = (/** @type {number} */ at, /** @type {number} */ y) => [
    8 + ((at + reach) / (2 * reach)) * (WIDTH - 16),
    HEIGHT - 8 - ((y - low) / (high - low)) * (HEIGHT - 16),
  ];
  const points = xs
    .map((at, k) =>
      place(at, ys[k])
        .map((c) => c.toFixed(1))
        .join(","),
    )
    .join(" ");
  const [left, axis] = place(-reach, 0);
  const [middle] = place(0, 0);
  const [cx, cy] = place(x, curve(x));
  const label = `${primitive === "relu" ? "max(0, x)" : primitive}, with a dot at x = ${text(x)}`;
  return svg(
    "svg",
    {
      class: "curve",
      role: "img",
      "aria-label": label,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
    },
    svg("line", { class: "axis", x1: left, x2: WIDTH - left, y1: axis, y2: axis }),
    svg("line", { class: "axis", x1: middle, x2: middle, y1: 8, y2: HEIGHT - 8 }),
    svg("polyline", { class: "function", points }),
    svg("circle", { class: "dot", cx, cy, r: 6 }),
  );
}
