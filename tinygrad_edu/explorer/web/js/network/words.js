/** What the network's arrays and numbers are called, for a screen reader and in the readout. */

import { number, spoken } from "../numbers.js";
import { indexOf, numberAt } from "../scene.js";
import { facesOf } from "./faces.js";
import { isCovered, modeOf } from "./look.js";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Address} Address */
/** @typedef {import("./columns.js").Column} Column */

/**
 * @param {string} name
 * @param {readonly number[]} index
 */
export function elementName(name, index) {
  return index.length > 0 ? `${name}[${index.join(",")}]` : name;
}

/**
 * A grid's name: "Convolution output 3, 26 by 26, from −0.4008 to 0.7719; gradient below".
 *
 * @param {Scene} scene
 * @param {Column} column
 * @param {string} name
 * @param {boolean} gradient
 * @param {number} flat where the cursor is
 */
export function gridName(scene, column, name, gradient, flat) {
  const array = scene.arrays[name];
  const { data } = gradient && array.gradient ? array.gradient : array.values;
  const face = faceOf(array, flat);
  const { rows, columns, size } = facesOf(array);
  let [least, most] = [Infinity, -Infinity];
  for (let k = face * size; k < (face + 1) * size; k++) {
    if (data[k] < least) least = data[k];
    if (data[k] > most) most = data[k];
  }
  const range = least <= most ? `, from ${spoken(least)} to ${spoken(most)}` : "";
  const extent = array.shape.length > 2 ? `${rows} by ${columns}` : `${size} numbers`;
  const other = gradient ? "value above" : array.gradient ? "gradient below" : "no gradient";
  return `${gradient ? "Gradient of " : ""}${faceName(scene, column, name, face)}, ${extent}${range}; ${other}`;
}

/**
 * @param {import("../scene.js").SceneArray} array
 * @param {number} flat
 */
export function faceOf(array, flat) {
  return Math.floor(flat / facesOf(array).size);
}

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {string} name
 * @param {number} face
 */
export function faceName(scene, column, name, face) {
  const array = scene.arrays[name];
  const { count } = facesOf(array);
  if (array.role === "input") return count > 1 ? `Image, channel ${face}` : "Image";
  if (array.role !== "parameter") return `${column.title} output${count > 1 ? ` ${face}` : ""}`;
  const [outputs] = array.shape;
  const within = count / outputs;
  if (array.shape.length === 1) return name;
  if (array.shape.length > 2) {
    return `${name}, filter ${Math.floor(face / within)}${within > 1 ? `, channel ${face % within}` : ""}`;
  }
  return `${name}, weights of output ${Math.floor(face / within)}${within > 1 ? `, map ${face % within}` : ""}`;
}

/**
 * A cell's name: "row 16, column 13, value 0.5176, open, gradient plus 0.02361. Enter: why."
 *
 * @param {Scene} scene
 * @param {State} state
 * @param {string} name
 * @param {number} flat
 * @param {boolean} gradient whether the gradient is said first
 */
export function cellName(scene, state, name, flat, gradient) {
  const array = scene.arrays[name];
  const { size, columns } = facesOf(array);
  const index = indexOf(flat, array.shape);
  const within = flat % size;
  const place =
    array.laid_out.length > 2 ? `row ${Math.floor(within / columns)}, column ${within % columns}` : `number ${within}`;
  const value = isCovered(state, name, false, index)
    ? "value covered"
    : `value ${spoken(array.values.data[flat], state)}`;
  const open = openText(scene, name, flat);
  const slope = gradientText(scene, state, name, flat, index);
  const parts = gradient ? [place, slope, value, open] : [place, value, open, slope];
  return `${parts.filter(Boolean).join(", ")}. Enter: why.`;
}

/**
 * @param {Scene} scene
 * @param {State} state
 * @param {string} name
 * @param {number} flat
 * @param {number[]} index
 */
function gradientText(scene, state, name, flat, index) {
  const mode = modeOf(scene, state, name, true);
  if (mode === "later") return "gradient: later";
  if (mode === "covered" || isCovered(state, name, true, index)) return "gradient covered";
  const { gradient } = scene.arrays[name];
  return gradient ? `gradient ${spoken(gradient.data[flat], { digits: state.digits, plus: true })}` : "no gradient";
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @param {number} flat
 */
function openText(scene, name, flat) {
  const relu = scene.stages.find((stage) => stage.primitive === "relu" && stage.inputs.includes(name));
  return relu ? (scene.arrays[name].values.data[flat] > 0 ? "open" : "closed") : "";
}

/**
 * The readout: "conv.weight[3,0,1,2] = 0.187; dL/d = +0.2897. Raise it a little and the loss rises."
 *
 * @param {Scene} scene
 * @param {State} state
 * @param {Address} at
 * @returns {(string | Node)[]}
 */
export function readoutOf(scene, state, at) {
  const value = numberAt(scene, { ...at, gradient: false });
  if (value === null) return [];
  const { digits } = state;
  const said = [
    `${elementName(at.of, at.index)} = `,
    isCovered(state, at.of, false, at.index) ? "?" : number(value, { digits }),
  ];
  const array = scene.arrays[at.of];
  if (array.role === "constant") return said;
  const mode = modeOf(scene, state, at.of, true);
  if (mode === "later") return [...said, "; dL/d: later"];
  if (mode === "covered" || isCovered(state, at.of, true, at.index)) return [...said, "; dL/d = ?"];
  const slope = numberAt(scene, { ...at, gradient: true });
  if (slope === null)
    return [...said, scene.answer === null ? "; no gradient: no answer chosen" : "; dL/d: not asked for"];
  const closed = slope === 0 && openText(scene, at.of, flatIn(array, at.index)) === "closed";
  return [...said, "; dL/d = ", number(slope, { digits, plus: true }), closed ? ": ReLU closed." : "."].concat(
    Number.isFinite(slope) ? ` Raise it a little and the loss ${effect(slope)}` : "",
  );
}

/**
 * @param {import("../scene.js").SceneArray} array
 * @param {number[]} index
 */
function flatIn(array, index) {
  return index.reduce((flat, i, axis) => flat * array.shape[axis] + i, 0);
}

/** @param {number} slope */
function effect(slope) {
  return slope > 0 ? "rises." : slope < 0 ? "falls." : "stays: nothing depends on it here.";
}
