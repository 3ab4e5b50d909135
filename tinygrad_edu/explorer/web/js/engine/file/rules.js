/** What each rule sends: the terms of one element of dL/d(argument), each with one element of g. */

import { windowAt, windowsSeeing, winnerOf } from "../../why/windows.js";
import { flatIndex, unflatIndex } from "../../why/indices.js";
import { applied, bare, column, expression, product } from "./sources.js";
import { divisor, geometry, lastOf, only, onlyPlain, same, within } from "./values.js";

/**
 * @typedef {import("./sources.js").Call} Call
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./sources.js").Listed} Listed
 * @typedef {(call: Call, g: Source, at: number) => Listed[]} Rule
 */

/** @type {Record<string, Record<string, Rule>>} */
export const RULES = {
  conv2d: {
    x({ args: { x, weight }, params }, g, at) {
      only(x.shape.length === 4);
      const [n, c, row, col] = unflatIndex(at, x.shape);
      const [outputs, channels, kh, kw] = weight.shape;
      const { sh, sw, ph, pw, dh, dw } = geometry(params, weight.shape);
      const group = outputs / params.groups;
      const first = Math.floor(c / channels) * group;
      const [results, weights] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
      for (let o = first; o < first + group; o += 1) {
        for (let u = 0; u < kh; u += 1) {
          for (let v = 0; v < kw; v += 1) {
            const [i, j] = [(row + ph - u * dh) / sh, (col + pw - v * dw) / sw];
            const result = Number.isInteger(i) && Number.isInteger(j) ? within([n, o, i, j], g.shape) : -1;
            if (result < 0) continue;
            results.push(result);
            weights.push(flatIndex([o, c % channels, u, v], weight.shape));
          }
        }
      }
      return [product([column(g, results), column(weight, weights)])];
    },
    weight({ args: { x, weight }, params }, g, at) {
      only(x.shape.length === 4);
      const [o, c, u, v] = unflatIndex(at, weight.shape);
      const { sh, sw, ph, pw, dh, dw } = geometry(params, weight.shape);
      const [pictures, outputs, height, width] = g.shape;
      const first = Math.floor(o / (outputs / params.groups)) * weight.shape[1];
      const [results, pixels] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
      for (let n = 0; n < pictures; n += 1) {
        for (let i = 0; i < height; i += 1) {
          for (let j = 0; j < width; j += 1) {
            const pixel = within([n, first + c, i * sh - ph + u * dh, j * sw - pw + v * dw], x.shape);
            if (pixel < 0) continue;
            results.push(flatIndex([n, o, i, j], g.shape));
            pixels.push(pixel);
          }
        }
      }
      return [product([column(g, results), column(x, pixels)])];
    },
    bias(_, g, at) {
      only(g.shape.length === 4);
      const [pictures, outputs, height, width] = g.shape;
      const size = height * width;
      const results = [];
      for (let n = 0; n < pictures; n += 1) {
        for (let k = 0; k < size; k += 1) results.push((n * outputs + at) * size + k);
      }
      return [product([column(g, results)])];
    },
  },

  linear: {
    x({ args: { weight } }, g, at) {
      only(g.shape.length === 2);
      const [outputs, size] = weight.shape;
      const [n, i] = [Math.floor(at / size), at % size];
      const results = Array.from({ length: outputs }, (_, o) => o);
      return [
        product([
          column(
            g,
            results.map((o) => n * outputs + o),
          ),
          column(
            weight,
            results.map((o) => o * size + i),
          ),
        ]),
      ];
    },
    weight({ args: { x, weight } }, g, at) {
      only(g.shape.length === 2);
      const [outputs, size] = weight.shape;
      const [o, i] = [Math.floor(at / size), at % size];
      const rows = Array.from({ length: x.shape[0] }, (_, n) => n);
      return [
        product([
          column(
            g,
            rows.map((n) => n * outputs + o),
          ),
          column(
            x,
            rows.map((n) => n * size + i),
          ),
        ]),
      ];
    },
    bias(_, g, at) {
      only(g.shape.length === 2);
      return [
        product([
          column(
            g,
            Array.from({ length: g.shape[0] }, (__, n) => n * g.shape[1] + at),
          ),
        ]),
      ];
    },
  },

  relu: { x: ({ args: { x } }, g, at) => [x.at(at) > 0 ? product([column(g, at)]) : nothing()] },

  tanh: {
    x({ output: y }, g, at) {
      const square = expression(
        `${y.name} * ${y.name}`,
        "multiply",
        y.shape,
        (k) => y.at(k) ** 2,
        (k) => [product([column(y, k), column(y, k)])],
      );
      const slope = expression(
        `1 - ${square.name}`,
        "subtract",
        y.shape,
        (k) => 1 - square.at(k),
        (k) => [product([column(bare(1), 0)]), product([column(square, k)], -1)],
      );
      return [product([column(g, at), column(slope, at)])];
    },
  },

  sigmoid: {
    x({ output: y }, g, at) {
      const rest = expression(
        `1 - ${y.name}`,
        "subtract",
        y.shape,
        (k) => 1 - y.at(k),
        (k) => [product([column(bare(1), 0)]), product([column(y, k)], -1)],
      );
      return [product([column(g, at), column(y, at), column(rest, at)])];
    },
  },

  reshape: { x: (_, g, at) => [product([column(g, at)])] },

  add: { a: passed(1), b: passed(1) },
  subtract: { a: passed(1), b: passed(-1) },
  multiply: {
    a: ({ args: { a, b } }, g, at) => [product([column(g, at), column(same(b, a), at)])],
    b: ({ args: { a, b } }, g, at) => [product([column(g, at), column(same(a, b), at)])],
  },

  max_pool2d: {
    x({ args: { x }, params }, g, at) {
      only(x.shape.length === 4);
      const won = windowsSeeing(params, unflatIndex(at, x.shape), g.shape).filter((place) => {
        const winner = winnerOf(windowAt(params, place, x.shape), (pixel) => x.at(flatIndex(pixel, x.shape)));
        return winner !== null && flatIndex(winner, x.shape) === at;
      });
      return won.length
        ? [
            product([
              column(
                g,
                won.map((place) => flatIndex(place, g.shape)),
              ),
            ]),
          ]
        : [];
    },
  },

  avg_pool2d: {
    x({ args: { x }, params }, g, at) {
      const share = divisor(x, params);
      // in the order of the kernel's places: the window that sees the pixel through (0, 0) is the last one
      const seen = windowsSeeing(params, unflatIndex(at, x.shape), g.shape).reverse();
      if (!seen.length) return [];
      return [
        product([
          column(
            g,
            seen.map((place) => flatIndex(place, g.shape)),
          ),
          column(bare(share), 0, true),
        ]),
      ];
    },
  },

  log_softmax: {
    x({ output: y, params }, g, at) {
      only(params.axis === -1 || params.axis === y.shape.length - 1);
      const size = lastOf(y.shape);
      const row = Math.floor(at / size);
      const p = expression(
        `exp(${y.name})`,
        "exp",
        y.shape,
        (k) => Math.exp(y.at(k)),
        (k) => [applied("exp", [column(y, k)])],
      );
      const along = Array.from({ length: size }, (_, k) => row * size + k);
      return [
        product([column(g, at)]),
        product(
          [
            column(
              p,
              along.map(() => at),
            ),
            column(g, along),
          ],
          -1,
        ),
      ];
    },
  },

  nll_loss: {
    log_probs({ args: { log_probs, targets }, params }, g, at) {
      onlyPlain(log_probs, targets, params);
      const [rows, classes] = log_probs.shape;
      if (at % classes !== targets.at(Math.floor(at / classes))) return [nothing()];
      return [product([column(g, 0), ...(params.reduction === "mean" ? [column(bare(rows), 0, true)] : [])], -1)];
    },
  },
};

/** What a closed gate sends. */
function nothing() {
  return product([column(bare(0), 0)]);
}

/**
 * @param {1 | -1} sign
 * @returns {Rule}
 */
function passed(sign) {
  return ({ args: { a, b } }, g, at) => {
    same(a, b);
    return [product([column(g, at)], sign)];
  };
}
