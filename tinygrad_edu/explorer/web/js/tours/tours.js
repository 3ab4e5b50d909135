/**
 * Three tours: what each stop says, and what it sets the page to.  The numbers in the words are the scene's.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Address} Address
 *
 * @typedef {object} Stop
 * @property {string} words
 * @property {Partial<State>} state
 *
 * @typedef {object} Tour
 * @property {string} key
 * @property {string} title
 * @property {(state: State) => Stop[]} stops empty where the network lacks what the tour is about
 */

import { count, text } from "../numbers.js";
import { elementName } from "../why/addresses.js";

/** @type {Tour[]} */
export const TOURS = [
  { key: "forward", title: "From picture to loss", stops: forward },
  { key: "backward", title: "Backward, step by step", stops: backward },
  { key: "weight", title: "One weight learns", stops: oneWeight },
];

/** @type {Partial<State>} */
const LOOK = { panel: "look", step: null, trail: [], whatif: null };

/**
 * @param {Address} address
 * @returns {Partial<State>}
 */
const why = (address) => ({ panel: "why", step: null, trail: [address], at: address });

/**
 * @param {string} of
 * @param {number[]} index
 * @param {boolean} [gradient]
 * @returns {Address}
 */
const address = (of, index, gradient = false) => ({ of, index, gradient });

/** @param {State} state */
function forward({ scene }) {
  const [conv, relu] = ["conv2d", "relu"].map((primitive) => outputOf(scene, primitive));
  const logits = scene.stages.at(-3)?.output;
  const { answer } = scene;
  if (!conv || !relu || answer === null || scene.arrays[logits]?.shape.length !== 2) return [];
  const values = scene.arrays[conv];
  const bright = unflat(largest(values.values.data), values.shape);
  const closed = unflat(
    values.values.data.findIndex((/** @type {number} */ v) => v < 0),
    values.shape,
  );
  const rest = scene.arrays.image.shape.slice(1);
  return [
    {
      words: `The picture is ${count(rest.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1))} numbers. Everything that follows is made from them.`,
      state: {
        ...LOOK,
        at: address(
          "image",
          scene.arrays.image.shape.map((/** @type {number} */ n) => n >> 1),
        ),
      },
    },
    {
      words: `Filter ${bright[1]} slides over the picture. Each of its results is a sum of products and a bias.`,
      state: why(address(conv, bright)),
    },
    {
      words: `ReLU closes what is below 0. Here ${text(at(values, closed))} becomes 0.`,
      state: why(address(relu, closed)),
    },
    {
      words: `Logit ${answer} adds up a product for each place in each map.`,
      state: why(address(logits, [0, answer])),
    },
    {
      words: `Softmax weighs the logits against each other. Class ${answer} gets p = ${text(scene.probabilities.data[answer])}.`,
      state: why(address(scene.stages.at(-2).output, [0, answer])),
    },
    {
      words: `The loss is minus the logarithm of that: ${text(scene.loss)}.`,
      state: why(address(scene.stages.at(-1).output, [])),
    },
  ];
}

/** @param {State} state */
function backward({ scene }) {
  if (!scene.steps.length) return [];
  /** @type {Stop[]} */
  const stops = [
    { words: "The start: dL/dL = 1. If the loss rises by 1, the loss rises by 1.", state: { ...LOOK, step: 0 } },
  ];
  for (const step of scene.steps) {
    const sent = step.contributions.filter((/** @type {any} */ c) => c.status === "sent");
    const kept = sent.filter((/** @type {any} */ c) => c.kept).map((/** @type {any} */ c) => c.to);
    const on = sent.filter((/** @type {any} */ c) => !c.kept).map((/** @type {any} */ c) => c.to);
    const said = [
      on.length ? `goes on to ${on.join(" and ")}` : "",
      kept.length ? `stays with ${kept.join(", ")}` : "",
    ].filter(Boolean);
    stops.push({
      words: `Step ${step.number}, ${step.primitive.name}. A gradient ${said.join(", and ")}.`,
      state: { ...LOOK, step: step.number },
    });
  }
  const weight = steepest(scene);
  if (weight) {
    stops.push({
      words: `So every number has its gradient. That of ${elementName(weight.of, weight.index)} is this sum.`,
      state: why(weight),
    });
  }
  return stops;
}

/**
 * @param {State} state
 * @returns {Stop[]}
 */
function oneWeight({ scene, recipe }) {
  const weight = steepest(scene);
  if (!weight) return [];
  const name = elementName(weight.of, weight.index);
  const g = at({ values: scene.arrays[weight.of].gradient, shape: scene.arrays[weight.of].shape }, weight.index);
  const plain = { ...weight, gradient: false };
  /** @type {(steps: number) => Partial<State>} */
  const learn = (steps) => ({
    ...LOOK,
    panel: "learn",
    at: weight,
    recipe: { ...recipe, changes: [...recipe.changes, ["learn", steps, 0.0001, 0]] },
  });
  return [
    {
      words: `dL/d ${name} is ${text(g, { plus: true })}. Which way will the weight move? Guess before you go on.`,
      state: { ...LOOK, at: weight },
    },
    {
      words: `Raise it a little, and the loss ${g > 0 ? "rises" : "falls"}. Near here the curve and the line agree.`,
      state: { ...LOOK, panel: "whatif", whatif: plain },
    },
    {
      words: "Choose the range ±1. Far away the curve leaves the line, where ReLUs open or close.",
      state: { ...LOOK, panel: "whatif", whatif: plain },
    },
    { words: "One step of learning: old − lr · g = new. Minus, because g points uphill.", state: learn(1) },
    { words: "Ten more steps. The loss falls, and the gradients grow paler on the same scale.", state: learn(11) },
    { words: "That is all of learning: many steps like these, from many pictures.", state: { ...LOOK, at: weight } },
  ];
}

/**
 * @param {any} scene
 * @param {string} primitive
 * @returns {string | undefined} the name of the first result of this operation
 */
function outputOf(scene, primitive) {
  return scene.stages.find((/** @type {any} */ stage) => stage.primitive === primitive)?.output;
}

/**
 * @param {any} scene
 * @returns {Address | null} the kernel weight with the largest gradient
 */
function steepest(scene) {
  const stage = scene.stages.find((/** @type {any} */ s) => s.primitive === "conv2d");
  const array = stage && scene.arrays[stage.parameters[0]];
  if (!array?.gradient) return null;
  const sizes = array.gradient.data.map(Math.abs);
  return { of: stage.parameters[0], gradient: true, index: unflat(largest(sizes), array.shape) };
}

/** @param {ArrayLike<number>} data */
function largest(data) {
  let best = 0;
  for (let i = 1; i < data.length; i++) if (data[i] > data[best]) best = i;
  return best;
}

/**
 * @param {number} number
 * @param {number[]} shape
 */
function unflat(number, shape) {
  /** @type {number[]} */
  const index = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(number % shape[axis]);
    number = Math.floor(number / shape[axis]);
  }
  return index;
}

/**
 * @param {{values: import("../engine/unpack.js").NumberArray, shape: number[]}} array
 * @param {number[]} index
 */
function at({ values, shape }, index) {
  return values.data[index.reduce((number, i, axis) => number * shape[axis] + i, 0)];
}
