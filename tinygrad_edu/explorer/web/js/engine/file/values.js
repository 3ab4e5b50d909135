/** What each operation's element is made of: definitions in indices, as in explain/definitions/. */

import { pair, windowAt, winnerOf } from "../../why/windows.js";
import { flatIndex, unflatIndex } from "../../why/indices.js";
import { applied, bare, column, expression, product } from "./sources.js";

/**
 * @typedef {import("./sources.js").Call} Call
 * @typedef {import("./sources.js").Listed} Listed
 * @typedef {(call: Call, at: number) => Listed[]} Definition
 */

/** @type {Record<string, Definition>} */
export const VALUES = {
  conv2d({ args: { x, weight, bias }, params, output }, at) {
    only(x.shape.length === 4);
    const [n, o, i, j] = unflatIndex(at, output.shape);
    const [outputs, channels, kh, kw] = weight.shape;
    const { sh, sw, ph, pw, dh, dw } = geometry(params, weight.shape);
    const first = Math.floor(o / (outputs / params.groups)) * channels;
    const [weights, pixels] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
    for (let c = 0; c < channels; c += 1) {
      for (let u = 0; u < kh; u += 1) {
        for (let v = 0; v < kw; v += 1) {
          const pixel = within([n, first + c, i * sh - ph + u * dh, j * sw - pw + v * dw], x.shape);
          if (pixel < 0) continue;
          weights.push(flatIndex([o, c, u, v], weight.shape));
          pixels.push(pixel);
        }
      }
    }
    const sum = product([column(weight, weights), column(x, pixels)]);
    return bias ? [sum, product([column(bias, o)])] : [sum];
  },

  linear({ args: { x, weight, bias }, output }, at) {
    only(x.shape.length === 2);
    const [n, o] = unflatIndex(at, output.shape);
    const size = weight.shape[1];
    const inputs = Array.from({ length: size }, (_, i) => i);
    const sum = product([
      column(
        weight,
        inputs.map((i) => o * size + i),
      ),
      column(
        x,
        inputs.map((i) => n * size + i),
      ),
    ]);
    return bias ? [sum, product([column(bias, o)])] : [sum];
  },

  relu: pointwise("relu"),
  tanh: pointwise("tanh"),
  sigmoid: pointwise("sigmoid"),

  reshape: ({ args: { x } }, at) => [product([column(x, at)])],

  add: ({ args: { a, b } }, at) => [product([column(same(a, b), at)]), product([column(b, at)])],
  subtract: ({ args: { a, b } }, at) => [product([column(same(a, b), at)]), product([column(b, at)], -1)],
  multiply: ({ args: { a, b } }, at) => [product([column(same(a, b), at), column(b, at)])],

  max_pool2d({ args: { x }, params, output }, at) {
    only(x.shape.length === 4);
    const window = windowAt(params, unflatIndex(at, output.shape), x.shape);
    const winner = winnerOf(window, (/** @type {number[]} */ pixel) => x.at(flatIndex(pixel, x.shape)));
    return winner ? [product([column(x, flatIndex(winner, x.shape))])] : [];
  },

  avg_pool2d({ args: { x }, params, output }, at) {
    const share = divisor(x, params);
    const seen = windowAt(params, unflatIndex(at, output.shape), x.shape).flat();
    const pixels = seen.flatMap((pixel) => (pixel ? [flatIndex(pixel, x.shape)] : []));
    return [product([column(x, pixels), column(bare(share), 0, true)])];
  },

  log_softmax({ args: { x }, params }, at) {
    only(params.axis === -1 || params.axis === x.shape.length - 1);
    const row = Math.floor(at / lastOf(x.shape));
    return [product([column(x, at)]), product([column(logsumexp(x), row)], -1)];
  },

  nll_loss({ args: { log_probs, targets }, params }) {
    onlyPlain(log_probs, targets, params);
    const [rows, classes] = log_probs.shape;
    const picked = Array.from({ length: rows }, (_, n) => n * classes + targets.at(n));
    const divisor = params.reduction === "mean" ? [column(bare(rows), 0, true)] : [];
    return [product([column(log_probs, picked), ...divisor], -1)];
  },
};

/**
 * @param {string} name
 * @returns {Definition}
 */
function pointwise(name) {
  return ({ args: { x } }, at) => [applied(name, [column(x, at)])];
}

/**
 * Both of one shape: what is broadcast, only the engine explains.
 *
 * @param {import("./sources.js").Source | undefined} a
 * @param {import("./sources.js").Source | undefined} b
 */
export function same(a, b) {
  if (!a || !b || a.shape.join() !== b.shape.join()) throw new Undefined();
  return a;
}

/** What an operation was called with is not among what is defined here: only the engine explains it. */
export class Undefined extends Error {}

/** @param {boolean} defined */
export function only(defined) {
  if (!defined) throw new Undefined();
}

/**
 * A loss without weights and without targets to ignore.
 *
 * @param {import("./sources.js").Source} logs
 * @param {import("./sources.js").Source} targets
 * @param {any} params
 */
export function onlyPlain(logs, targets, { weight, ignore_index: ignored, reduction }) {
  only(logs.shape.length === 2 && (weight ?? null) === null && (reduction === "mean" || reduction === "sum"));
  for (let n = 0; n < logs.shape[0]; n += 1) only(targets.at(n) !== ignored);
}

/**
 * What average pooling divides by, where that is the same for all windows.
 *
 * @param {import("./sources.js").Source} x
 * @param {any} params
 */
export function divisor(x, params) {
  const [kh, kw] = pair(params.kernel_size);
  const inside = pair(params.padding).every((p) => p === 0);
  only(x.shape.length === 4 && !params.ceil_mode && (inside || params.count_include_pad !== false));
  return params.divisor_override ?? kh * kw;
}

/**
 * Steps of a convolution, and how much padding stands before its picture.
 *
 * @param {any} params
 * @param {number[]} kernel the weight's shape
 */
export function geometry({ stride, padding, dilation }, kernel) {
  const [[sh, sw], [dh, dw]] = [pair(stride), pair(dilation)];
  const sides = padding === "valid" ? 0 : padding === "same" ? null : padding;
  if (sides === null) {
    const [ph, pw] = [Math.floor((dh * (kernel[2] - 1)) / 2), Math.floor((dw * (kernel[3] - 1)) / 2)];
    return { sh, sw, ph, pw, dh, dw };
  }
  const [ph, pw] = pair(sides).map((/** @type {any} */ side) => (Array.isArray(side) ? side[0] : side));
  only(Number.isInteger(ph) && Number.isInteger(pw));
  return { sh, sw, ph, pw, dh, dw };
}

/**
 * The number of an element, or -1 where its index lies outside.
 *
 * @param {number[]} index
 * @param {number[]} shape
 */
export function within(index, shape) {
  return index.every((i, axis) => i >= 0 && i < shape[axis]) ? flatIndex(index, shape) : -1;
}

/** @param {number[]} shape */
export function lastOf(shape) {
  return shape[shape.length - 1];
}

/**
 * logsumexp(x) along the last axis, in the steps that the engine explains it by: m + log(sum of e^(x - m)).
 *
 * @param {import("./sources.js").Source} x
 */
function logsumexp(x) {
  const size = lastOf(x.shape);
  const shape = [...x.shape.slice(0, -1), 1];
  const along = (/** @type {number} */ row) => Array.from({ length: size }, (_, k) => row * size + k);
  const best = (/** @type {number} */ row) => along(row).reduce((a, b) => (x.at(b) > x.at(a) ? b : a));
  const m = expression(
    `max(${x.name})`,
    "max",
    shape,
    (row) => x.at(best(row)),
    (row) => [product([column(x, best(row))])],
  );
  const rowOf = (/** @type {number} */ k) => Math.floor(k / size);
  const shifted = expression(
    `${x.name} - ${m.name}`,
    "subtract",
    x.shape,
    (k) => x.at(k) - m.at(rowOf(k)),
    (k) => [product([column(x, k)]), product([column(m, rowOf(k))], -1)],
  );
  const power = expression(
    `exp(${shifted.name})`,
    "exp",
    x.shape,
    (k) => Math.exp(shifted.at(k)),
    (k) => [applied("exp", [column(shifted, k)])],
  );
  const sum = expression(
    `sum(${power.name})`,
    "sum",
    shape,
    (row) => along(row).reduce((total, k) => total + power.at(k), 0),
    (row) => [product([column(power, along(row))])],
  );
  const log = expression(
    `log(${sum.name})`,
    "log",
    shape,
    (row) => Math.log(sum.at(row)),
    (row) => [applied("log", [column(sum, row)])],
  );
  return expression(
    `logsumexp(${x.name})`,
    "logsumexp",
    shape,
    (row) => m.at(row) + log.at(row),
    (row) => [product([column(m, row)]), product([column(log, row)])],
  );
}
