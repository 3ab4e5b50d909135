/**
 * What a number is linked with: forwards, what a value was computed from; backwards, the gradients that reach it.
 * Blocks of an array, as an operation's definition says; which numbers they hold is the engine's.
 *
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("../scene.js").Stage} Stage
 * @typedef {import("../state.js").Address} Address
 *
 * @typedef {object} Block
 * @property {string} of
 * @property {boolean} gradient
 * @property {number[]} from the first index
 * @property {number[]} size
 */

import { readers } from "../scene.js";

/**
 * @param {Scene} scene
 * @param {Address} at
 * @returns {Block[]}
 */
export function linksOf(scene, at) {
  const array = scene.arrays[at.of];
  if (!array || at.index.length !== array.shape.length) return [];
  if (at.gradient) return readers(scene, at.of).flatMap((stage) => backwards(scene, stage, at));
  const stage = scene.stages.find((s) => s.output === at.of);
  if (stage?.primitive) return forwards(scene, stage, at.index);
  // a pixel or a parameter: the results that it was used in
  return readers(scene, at.of).flatMap((s) => used(scene, s, at).map((block) => ({ ...block, gradient: false })));
}

/**
 * What a value was computed from.
 *
 * @param {Scene} scene
 * @param {Stage} stage
 * @param {number[]} index
 * @returns {Block[]}
 */
function forwards(scene, stage, index) {
  const inputs = stage.inputs.filter((name) => scene.arrays[name]?.role !== "constant");
  const [x] = inputs;
  if (x === undefined) return [];
  const of = (/** @type {string} */ name, /** @type {number[]} */ from, /** @type {number[]} */ size) => [
    { of: name, gradient: false, ...clipped(scene, name, from, size) },
  ];
  const [weight, bias] = stage.parameters;
  const shape = scene.arrays[x].shape;
  switch (stage.primitive) {
    case "conv2d": {
      const [, channels, height, width] = scene.arrays[weight].shape;
      const [n, o, i, j] = index;
      const group = Math.floor(o / (scene.arrays[weight].shape[0] / (stage.params.groups ?? 1)));
      const { from, size } = windowOf(stage, [i, j], [height, width]);
      return [
        ...of(x, [n, group * channels, ...from], [1, channels, ...size]),
        ...of(weight, [o, 0, 0, 0], [1, channels, height, width]),
        ...(bias ? of(bias, [o], [1]) : []),
      ];
    }
    case "max_pool2d":
    case "avg_pool2d": {
      const { from, size } = windowOf(stage, index.slice(2), stage.params.kernel_size);
      return of(x, [...index.slice(0, 2), ...from], [1, 1, ...size]);
    }
    case "linear": {
      const k = index[index.length - 1];
      const row = index.slice(0, -1);
      return [
        ...of(x, [...row, 0], [...row.map(() => 1), shape[shape.length - 1]]),
        ...(weight ? of(weight, [k, 0], [1, scene.arrays[weight].shape[1]]) : []),
        ...(bias ? of(bias, [k], [1]) : []),
      ];
    }
    case "reshape":
      return sameOrder(scene, x, index, stage.output, false);
    case "nll_loss":
      return scene.answer === null ? [] : of(x, [0, scene.answer], [1, 1]);
  }
  return inputs.flatMap((name) => {
    const { shape: from } = scene.arrays[name];
    return elementwise(stage, from, index)
      ? of(
          name,
          index,
          index.map(() => 1),
        )
      : of(
          name,
          from.map(() => 0),
          from,
        );
  });
}

/**
 * The results' gradients that reach a gradient, and what a rule multiplies them with.
 *
 * @param {Scene} scene
 * @param {Stage} stage
 * @param {Address} at
 * @returns {Block[]}
 */
function backwards(scene, stage, at) {
  const blocks = used(scene, stage, at);
  const [x] = stage.inputs;
  const [weight] = stage.parameters;
  const { index } = at;
  if (stage.primitive === "conv2d" && at.of === weight) {
    const [o, c, u, v] = index;
    const per = scene.arrays[weight].shape;
    const channel = Math.floor(o / (per[0] / (stage.params.groups ?? 1))) * per[1] + c;
    const [, , rows, columns] = scene.arrays[stage.output].shape;
    const { stride, padding, dilation } = geometry(stage);
    const from = [u * dilation[0] - padding[0], v * dilation[1] - padding[1]];
    const size = [(rows - 1) * stride[0] + 1, (columns - 1) * stride[1] + 1];
    blocks.push({ of: x, gradient: false, ...clipped(scene, x, [0, channel, ...from], [1, 1, ...size]) });
  }
  if (stage.primitive === "linear" && at.of === weight) {
    blocks.push({ of: x, gradient: false, ...clipped(scene, x, [0, index[1]], [1, 1]) });
  }
  if (stage.primitive === "linear" && at.of === x && weight) {
    const outputs = scene.arrays[weight].shape[0];
    blocks.push({ of: weight, gradient: false, from: [0, index[index.length - 1]], size: [outputs, 1] });
  }
  return blocks;
}

/**
 * The results that a number was used in, as blocks of their gradients.
 *
 * @param {Scene} scene
 * @param {Stage} stage
 * @param {Address} at
 * @returns {Block[]}
 */
function used(scene, stage, { of, index }) {
  const y = stage.output;
  const shape = scene.arrays[y].shape;
  const block = (/** @type {number[]} */ from, /** @type {number[]} */ size) => [
    { of: y, gradient: true, ...clipped(scene, y, from, size) },
  ];
  const isInput = stage.inputs.includes(of);
  switch (stage.primitive) {
    case "conv2d": {
      if (!isInput) return block([0, index[0], 0, 0], [1, 1, shape[2], shape[3]]);
      const [filters, channels, height, width] = scene.arrays[stage.parameters[0]].shape;
      const groups = stage.params.groups ?? 1;
      const first = Math.floor(index[1] / channels) * (filters / groups);
      const { from, size } = reach(stage, index.slice(2), [height, width]);
      return block([index[0], first, ...from], [1, filters / groups, ...size]);
    }
    case "max_pool2d":
    case "avg_pool2d": {
      const { from, size } = reach(stage, index.slice(2), stage.params.kernel_size);
      return block([...index.slice(0, 2), ...from], [1, 1, ...size]);
    }
    case "linear":
      if (!isInput)
        return block(
          [...shape.slice(1).map(() => 0), index[0]],
          shape.map(() => 1),
        );
      return block([...index.slice(0, -1), 0], [...index.slice(0, -1).map(() => 1), shape[shape.length - 1]]);
    case "reshape":
      return sameOrder(scene, y, index, of, true);
  }
  return elementwise(stage, shape, index)
    ? block(
        index,
        index.map(() => 1),
      )
    : block(
        shape.map(() => 0),
        shape,
      );
}

/** Operations that compute each number of an axis from all of it. */
const OF_ALL = new Set(["log_softmax", "softmax", "logsumexp", "layer_norm", "batch_norm", "cumsum"]);

/**
 * @param {Stage} stage
 * @param {number[]} shape
 * @param {number[]} index
 */
function elementwise(stage, shape, index) {
  return (
    !OF_ALL.has(String(stage.primitive)) && shape.length === index.length && index.every((i, axis) => i < shape[axis])
  );
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @param {number[]} index in the other array
 * @param {string} other
 * @param {boolean} gradient
 * @returns {Block[]}
 */
function sameOrder(scene, name, index, other, gradient) {
  const { shape } = scene.arrays[name];
  const flat = index.reduce((sum, i, axis) => sum * scene.arrays[other].shape[axis] + i, 0);
  /** @type {number[]} */
  const from = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    from.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return [{ of: name, gradient, from, size: shape.map(() => 1) }];
}

/** @param {Stage} stage */
function geometry({ params }) {
  return { stride: params.stride ?? [1, 1], padding: params.padding ?? [0, 0], dilation: params.dilation ?? [1, 1] };
}

/**
 * @param {Stage} stage
 * @param {number[]} place of a result
 * @param {number[]} kernel
 * @returns {{from: number[], size: number[]}} the window that it was computed from; it may begin outside
 */
function windowOf(stage, place, kernel) {
  const { stride, padding, dilation } = geometry(stage);
  return {
    from: place.map((i, axis) => i * stride[axis] - padding[axis]),
    size: kernel.map((length, axis) => (length - 1) * dilation[axis] + 1),
  };
}

/**
 * @param {Stage} stage
 * @param {number[]} place of an input
 * @param {number[]} kernel
 * @returns {{from: number[], size: number[]}} the results whose window it was in
 */
function reach(stage, place, kernel) {
  const { stride, padding, dilation } = geometry(stage);
  const first = place.map((r, axis) =>
    Math.ceil((r + padding[axis] - (kernel[axis] - 1) * dilation[axis]) / stride[axis]),
  );
  const last = place.map((r, axis) => Math.floor((r + padding[axis]) / stride[axis]));
  return { from: first, size: last.map((end, axis) => end - first[axis] + 1) };
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @param {number[]} from
 * @param {number[]} size
 * @returns {{from: number[], size: number[]}} what of it lies inside the array
 */
function clipped(scene, name, from, size) {
  const { shape } = scene.arrays[name];
  const first = from.map((i) => Math.max(0, i));
  return {
    from: first,
    size: size.map((length, axis) => Math.max(0, Math.min(shape[axis], from[axis] + length) - first[axis])),
  };
}
