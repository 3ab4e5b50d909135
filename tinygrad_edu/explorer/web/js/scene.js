/**
 * A scene, the engine's answer for a recipe (explorer/scene.py): its form, and what follows from it by looking.
 *
 * @typedef {import("./engine/unpack.js").NumberArray} NumberArray
 *
 * @typedef {object} SceneArray
 * @property {"input" | "parameter" | "value" | "constant"} role
 * @property {number[]} shape
 * @property {number[]} laid_out the shape that it is shown in: what was flattened as the maps that it was
 * @property {string} dtype
 * @property {NumberArray} values
 * @property {NumberArray | null} gradient
 * @property {{value: number | string, gradient: number | string | null}} largest "nan" where there is one
 * @property {string | null} no_gradient why there is none
 * @property {string[]} arrived the rules that sent it its gradient: "6b"
 * @property {string | null} primitive
 *
 * @typedef {object} Stage
 * @property {string | null} primitive
 * @property {string} title
 * @property {string} output
 * @property {string[]} inputs
 * @property {string[]} parameters
 * @property {Record<string, any>} params
 * @property {number | null} step
 *
 * @typedef {object} Contribution
 * @property {string | null} where "6b"
 * @property {string} argument
 * @property {string | null} to
 * @property {string} status
 * @property {number} count
 * @property {boolean} kept
 *
 * @typedef {object} Step
 * @property {number} number
 * @property {string} output
 * @property {string[]} reads
 * @property {Contribution[]} contributions
 * @property {{name: string}} primitive
 *
 * @typedef {object} Scene
 * @property {import("./state.js").Recipe} recipe
 * @property {{title: string, parameters: number}} model
 * @property {string[]} classes
 * @property {number | null} answer
 * @property {number | string | null} loss "nan" or "inf" where it is none
 * @property {number} prediction
 * @property {NumberArray} probabilities
 * @property {number} p of the answer, or else of the prediction
 * @property {number} rest 1 - p, summed from the other classes
 * @property {any} not_finite
 * @property {{of: string, input: string, channel: number, count: number}[]} dead
 * @property {{largest: number | string, state: "zero" | "almost zero" | null} | null} gradients
 * @property {Record<string, SceneArray>} arrays
 * @property {Stage[]} stages
 * @property {Step[]} steps
 */

/**
 * @param {readonly number[]} index
 * @param {readonly number[]} shape
 * @returns {number} the position in rows
 */
export function flatOf(index, shape) {
  return index.reduce((flat, i, axis) => flat * shape[axis] + i, 0);
}

/**
 * @param {number} flat
 * @param {readonly number[]} shape
 * @returns {number[]}
 */
export function indexOf(flat, shape) {
  const index = Array(shape.length).fill(0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/** @param {readonly number[]} shape */
export function sizeOf(shape) {
  return shape.reduce((size, length) => size * length, 1);
}

/** @param {number | string | null} value as JSON had to write it: "nan", "inf" or "-inf" where it is not finite */
export function numeric(value) {
  if (typeof value !== "string") return value ?? NaN;
  return { inf: Infinity, "-inf": -Infinity }[value] ?? NaN;
}

/**
 * @param {Scene} scene
 * @param {import("./state.js").Address} address
 * @returns {number | null} the number at an address; null where there is none
 */
export function numberAt(scene, { of, gradient, index }) {
  const array = scene.arrays[of];
  const numbers = gradient ? array?.gradient : array?.values;
  if (!numbers || index.length !== array.shape.length || index.some((i, axis) => i >= array.shape[axis])) return null;
  return numbers.data[flatOf(index, array.shape)];
}

/**
 * @param {SceneArray} array
 * @returns {number} the step that its gradient is complete after; 0 for the start
 */
export function stepOf(array) {
  return Math.max(0, ...array.arrived.map((where) => (where === "start" ? 0 : parseInt(where, 10))));
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @returns {Stage[]} the operations that read an array
 */
export function readers(scene, name) {
  return scene.stages.filter((stage) => stage.inputs.includes(name) || stage.parameters.includes(name));
}

/**
 * Where ReLUs stop the gradient of an array: nothing but ReLUs read it, and its number is not above 0.
 *
 * @param {Scene} scene
 * @param {string} name
 * @returns {((flat: number) => boolean) | null} null where no ReLU follows
 */
export function closedBy(scene, name) {
  const after = readers(scene, name);
  if (after.length === 0 || after.some((stage) => stage.primitive !== "relu")) return null;
  const { data } = scene.arrays[name].values;
  return (flat) => !(data[flat] > 0);
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @returns {string} the array that shows the same numbers: for what a reshape made, that which it was made from
 */
export function shownAs(scene, name) {
  for (;;) {
    const stage = scene.stages.find((s) => s.output === name);
    if (stage?.primitive !== "reshape" || !scene.arrays[stage.inputs[0]]) return name;
    name = stage.inputs[0];
  }
}

/**
 * @param {Scene} scene
 * @returns {string} the array of the loss
 */
export function lossName(scene) {
  return scene.arrays.loss && scene.answer !== null ? "loss" : "";
}
