import assert from "node:assert/strict";
import test from "node:test";

import { addressName, factorAddress, factorName, trailWith } from "../../tinygrad_edu/explorer/web/js/why/addresses.js";
import { planesOf, tableBy } from "../../tinygrad_edu/explorer/web/js/why/planes.js";
import { added, agrees, running, termsOf } from "../../tinygrad_edu/explorer/web/js/why/terms.js";
import { reader, windowAt, windowsSeeing, winnerOf } from "../../tinygrad_edu/explorer/web/js/why/windows.js";
import { CLOSED, DARK, LOST, whyNoGradient, zeroReasons } from "../../tinygrad_edu/explorer/web/js/why/zeros.js";

const array = (shape, data) => ({ shape, data: Float64Array.from(data) });
const integers = (data) => ({ shape: [data.length], data: Int32Array.from(data) });

function column(name, of, kind, shape, index, values, divides = false) {
  return { name, of, kind, shape, index: index.map(integers), values: array([values.length], values), divides };
}

function explanation(groups, more = {}) {
  return {
    question: { of: "w", gradient: true, index: [0] },
    kind: "gradient",
    parts: [{ step: 2, value: 0 }],
    groups: groups.map((g) => ({ part: 0, sign: 1, function: null, ...g })),
    ...more,
  };
}

const G = column(
  "g",
  "conv2d",
  "gradient",
  [1, 1, 2, 2],
  [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 1, 1],
    [0, 1, 0, 1],
  ],
  [2, 0, -3, 1],
);
const X = column(
  "image",
  "image",
  "value",
  [1, 1, 3, 3],
  [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [1, 1, 2, 2],
    [0, 1, 0, 1],
  ],
  [5, 7, 1, 0],
);
const DW = explanation([{ products: array([4], [10, 0, -3, 0]), columns: [G, X] }]);
const SCENE = {
  arrays: {
    image: {
      role: "input",
      shape: [1, 1, 3, 3],
      laid_out: [1, 1, 3, 3],
      values: array([1, 1, 3, 3], [0, 0, 0, 5, 7, 0, 1, 0, 0]),
    },
    conv2d: { role: "value", shape: [1, 1, 2, 2], laid_out: [1, 1, 2, 2], values: array([1, 1, 2, 2], [1, -1, 2, 3]) },
    relu: { role: "value", shape: [1, 1, 2, 2], laid_out: [1, 1, 2, 2], values: array([1, 1, 2, 2], [1, 0, 2, 3]) },
    reshape: { role: "value", shape: [1, 4], laid_out: [1, 1, 2, 2], values: array([1, 4], [1, 0, 2, 3]) },
  },
  stages: [
    { primitive: null, output: "image", inputs: [] },
    { primitive: "conv2d", output: "conv2d", inputs: ["image"] },
    { primitive: "relu", output: "relu", inputs: ["conv2d"] },
    { primitive: "reshape", output: "reshape", inputs: ["relu"] },
  ],
};

test("terms are multiplied out, sorted by size, and added up", () => {
  const terms = termsOf(DW);
  assert.deepEqual([...terms.products], [10, 0, -3, 0]);
  assert.deepEqual([...terms.largest], [0, 2, 1, 3]);
  assert.deepEqual([terms.sum, terms.above, terms.below, terms.nonzero], [7, 10, -3, 2]);
  assert.deepEqual([...running(terms, terms.largest)], [10, 7, 7, 7]);
  assert.deepEqual(terms.at(3), [0, 3]);
});

test("signs, quotients and groups count; a bare number stands in every term", () => {
  const number = { ...column("4", null, "number", [], [], [4], true), values: array([], [4]) };
  const why = explanation([
    { sign: -1, products: array([2], [0, 0]), columns: [column("x", "x", "value", [2], [[0, 1]], [8, -2]), number] },
    { products: array([1], [0]), columns: [column("b", "b", "value", [1], [[0]], [0.25])] },
  ]);
  const terms = termsOf(why);
  assert.deepEqual([...terms.products], [-2, 0.5, 0.25]);
  assert.deepEqual(terms.at(2), [1, 0]);
  assert.equal(termsOf(explanation([], { parts: [{ step: 0, value: 1 }] })).sum, 1);
});

test("a sum keeps small numbers beside large ones, and NaN stays NaN", () => {
  assert.equal(added([1e16, 1, -1e16]), 1);
  assert.ok(Number.isNaN(added([1, NaN])));
  assert.equal(added([Infinity, 1]), Infinity);
  const nan = explanation([
    { products: array([2], [0, 0]), columns: [column("x", "x", "value", [2], [[0, 1]], [1, NaN])] },
  ]);
  assert.equal(termsOf(nan).firstNotFinite, 1);
  assert.equal(termsOf(nan).largest[0], 1);
});

test("the check line allows rounding and nothing else", () => {
  assert.ok(agrees(0.28974208, 0.28974209));
  assert.ok(agrees(3e-8, 0));
  assert.ok(!agrees(0.2898, 0.2896));
  assert.ok(!agrees(NaN, 1));
  assert.ok(agrees(NaN, NaN));
});

test("a product that is 0 has a reason", () => {
  assert.deepEqual(Object.fromEntries(zeroReasons(SCENE, DW, termsOf(DW))), { [CLOSED]: 1, [DARK]: 1 });
  const flat = column(
    "reshape",
    "reshape",
    "value",
    [1, 4],
    [
      [0, 0],
      [0, 1],
    ],
    [1, 0],
  );
  const logit = explanation([{ products: array([2], [1, 0]), columns: [flat] }]);
  assert.deepEqual(zeroReasons(SCENE, logit, termsOf(logit)), [[CLOSED, 1]]);
  assert.equal(whyNoGradient(SCENE, "conv2d", 3), "dL/d conv2d is 0");
});

test("a factor leads on by its name, or through the explanation it is part of", () => {
  assert.deepEqual(factorAddress(DW, 0, 2, 0), { of: "conv2d", gradient: true, index: [0, 0, 1, 0] });
  assert.equal(factorName(X, 3), "image[0,0,2,1]");
  const hidden = column("exp(log_softmax)", null, "value", [1, 2], [[0], [1]], [0.5]);
  const why = explanation([{ products: array([1], [0.5]), columns: [hidden, G] }]);
  assert.deepEqual(factorAddress(why, 0, 0, 0), { of: "w", gradient: true, index: [0], through: [[0, 0, 0]] });
  const deeper = { ...why, question: { of: "w", gradient: true, index: [0], through: [[1, 2, 0]] } };
  assert.deepEqual(factorAddress(deeper, 0, 0, 0).through, [
    [1, 2, 0],
    [0, 0, 0],
  ]);
  assert.equal(factorName(column("1 - t * t", null, "value", [2], [[0], [1]], [1]), 0), "(1 - t * t)[0,1]");
  assert.equal(addressName({ of: "loss", gradient: true, index: [] }), "dL/d loss");
});

test("the trail grows, and a number that is in it is gone back to", () => {
  const [a, b, c] = ["a", "b", "c"].map((of) => ({ of, gradient: false, index: [0] }));
  assert.deepEqual(trailWith([a, b], c), [a, b, c]);
  assert.deepEqual(trailWith([a, b, c], { ...b, through: [] }), [a, b]);
});

test("one plane of two faces: a map, and the frame of what it met", () => {
  const [plane, ...others] = planesOf(SCENE, DW.groups[0]);
  assert.equal(others.length, 0);
  assert.deepEqual([...plane.terms], [0, 1, 2, 3]);
  assert.deepEqual(plane.faces[1].frame, { top: 1, left: 0, height: 2, width: 2 });
  assert.deepEqual(tableBy(plane, 0), [
    [0, 1],
    [2, 3],
  ]);
});

test("what was flattened is looked at as maps", () => {
  const flat = column(
    "reshape",
    "reshape",
    "value",
    [1, 4],
    [
      [0, 0, 0, 0],
      [0, 1, 2, 3],
    ],
    [1, 0, 2, 3],
  );
  const [plane] = planesOf(SCENE, {
    part: 0,
    sign: 1,
    function: null,
    products: array([4], [1, 0, 2, 3]),
    columns: [flat],
  });
  assert.deepEqual([...plane.faces[0].rows], [0, 0, 1, 1]);
  assert.deepEqual(plane.faces[0].lead, [0, 0]);
});

test("ordered by the gradient, the kernel is turned by 180 degrees", () => {
  const g = column(
    "g",
    "conv2d",
    "gradient",
    [1, 1, 2, 2],
    [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [1, 1, 0, 0],
      [1, 0, 1, 0],
    ],
    [1, 2, 3, 4],
  );
  const w = column(
    "w",
    "w",
    "value",
    [1, 1, 2, 2],
    [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ],
    [1, 1, 1, 1],
  );
  const [plane] = planesOf(SCENE, {
    part: 0,
    sign: 1,
    function: null,
    products: array([4], [1, 2, 3, 4]),
    columns: [g, w],
  });
  assert.deepEqual(tableBy(plane, 0), [
    [3, 2],
    [1, 0],
  ]);
  assert.deepEqual(tableBy(plane, 1), [
    [0, 1],
    [2, 3],
  ]);
});

test("windows of pooling: what one sees, who sees a pixel, and who wins", () => {
  const params = { kernel_size: [3, 3], stride: [2, 2], padding: [1, 1] };
  const seen = windowAt(params, [0, 0, 0, 1], [1, 1, 4, 4]);
  assert.deepEqual(seen[0], [null, null, null]);
  assert.deepEqual(seen[1], [
    [0, 0, 0, 1],
    [0, 0, 0, 2],
    [0, 0, 0, 3],
  ]);
  assert.deepEqual(windowsSeeing(params, [0, 0, 1, 1], [1, 1, 2, 2]), [
    [0, 0, 0, 0],
    [0, 0, 0, 1],
    [0, 0, 1, 0],
    [0, 0, 1, 1],
  ]);
  assert.deepEqual(windowsSeeing(params, [0, 0, 0, 0], [1, 1, 2, 2]), [[0, 0, 0, 0]]);
  const pixels = { shape: [1, 1, 4, 4], values: array([1, 1, 4, 4], [0, 1, 2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) };
  assert.deepEqual(winnerOf(seen, reader(pixels)), [0, 0, 0, 3]);
  const scene = {
    arrays: { x: pixels, pool: { shape: [1, 1, 2, 2] } },
    stages: [{ primitive: "max_pool2d", output: "pool", inputs: ["x"], params }],
  };
  assert.equal(whyNoGradient(scene, "x", 2), LOST);
  assert.equal(whyNoGradient(scene, "x", 3), "dL/d x is 0");
});
