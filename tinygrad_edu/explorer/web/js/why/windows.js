/**
 * Which pixels a window of pooling sees, and which windows see a pixel.
 *
 * @typedef {number | number[]} Pair one number stands for both
 * @typedef {{ kernel_size: Pair, stride: Pair | null, padding: Pair, dilation?: Pair }} Pooling
 */

import { flatIndex } from "./indices.js";

/**
 * The pixels that the window at an output's index sees, in rows; null where it sees padding.
 *
 * @param {Pooling} params
 * @param {number[]} at [n, c, i, j]
 * @param {number[]} shape of the input
 * @returns {(number[] | null)[][]}
 */
export function windowAt(params, [n, c, i, j], shape) {
  const { kh, kw, sh, sw, ph, pw, dh, dw } = geometry(params);
  return Array.from({ length: kh }, (_, u) =>
    Array.from({ length: kw }, (_, v) => {
      const [r, q] = [i * sh - ph + u * dh, j * sw - pw + v * dw];
      return r >= 0 && q >= 0 && r < shape[2] && q < shape[3] ? [n, c, r, q] : null;
    }),
  );
}

/**
 * The outputs whose windows see a pixel.
 *
 * @param {Pooling} params
 * @param {number[]} pixel [n, c, row, column]
 * @param {number[]} shape of the output
 * @returns {number[][]}
 */
export function windowsSeeing(params, [n, c, row, column], shape) {
  const { kh, kw, sh, sw, ph, pw, dh, dw } = geometry(params);
  const across = along(column, kw, sw, pw, dw, shape[3]);
  return along(row, kh, sh, ph, dh, shape[2]).flatMap((i) => across.map((j) => [n, c, i, j]));
}

/**
 * The first of the largest pixels that a window sees; what is not a number counts as the largest.
 *
 * @param {(number[] | null)[][]} window
 * @param {(pixel: number[]) => number} valueAt
 * @returns {number[] | null}
 */
export function winnerOf(window, valueAt) {
  /** @type {number[] | null} */
  let best = null;
  let largest = -Infinity;
  for (const pixel of window.flat()) {
    if (!pixel) continue;
    const value = valueAt(pixel);
    if (best === null || value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) {
      [best, largest] = [pixel, value];
    }
  }
  return best;
}

/**
 * How to read an array of the scene by index.
 *
 * @param {any} array
 * @returns {(index: number[]) => number}
 */
export function reader(array) {
  return (index) => array.values.data[flatIndex(index, array.shape)];
}

/** @param {Pooling} params */
function geometry({ kernel_size, stride, padding, dilation = 1 }) {
  const [[kh, kw], [ph, pw], [dh, dw]] = [pair(kernel_size), pair(padding), pair(dilation)];
  const [sh, sw] = stride === null ? [kh, kw] : pair(stride);
  return { kh, kw, sh, sw, ph, pw, dh, dw };
}

/**
 * Which of the windows along one axis see a place.
 *
 * @param {number} place
 * @param {number} kernel
 * @param {number} stride
 * @param {number} padding
 * @param {number} dilation
 * @param {number} count how many windows there are
 */
function along(place, kernel, stride, padding, dilation, count) {
  const found = [];
  const first = Math.max(0, Math.ceil((place + padding - (kernel - 1) * dilation) / stride));
  for (let i = first; i <= Math.min(count - 1, (place + padding) / stride); i += 1) {
    if ((place + padding - i * stride) % dilation === 0) found.push(i);
  }
  return found;
}

/**
 * @param {Pair} size
 * @returns {number[]}
 */
export function pair(size) {
  return typeof size === "number" ? [size, size] : size;
}
