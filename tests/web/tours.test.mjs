import assert from "node:assert/strict";
import test from "node:test";

import { TOURS } from "../../tinygrad_edu/explorer/web/js/tours/tours.js";

const array = (shape, data, extra = {}) => ({
  shape,
  values: { shape, data },
  gradient: null,
  role: "value",
  ...extra,
});

/** A network of one filter on four pixels, as explorer/scene.py describes it. */
const scene = {
  answer: 1,
  loss: 0.69,
  probabilities: { shape: [2], data: [0.5, 0.5] },
  arrays: {
    image: array([1, 1, 2, 2], [0, 1, 0, 1]),
    "conv.weight": array([1, 1, 1, 1], [2], { role: "parameter", gradient: { shape: [1, 1, 1, 1], data: [-0.25] } }),
    conv2d: array([1, 1, 2, 2], [-1, 1, -1, 1]),
    relu: array([1, 1, 2, 2], [0, 1, 0, 1]),
    logits: array([1, 2], [0, 0]),
    log_softmax: array([1, 2], [-0.69, -0.69]),
    loss: array([], [0.69]),
  },
  stages: ["image", "conv2d", "relu", "linear", "log_softmax", "nll_loss"].map((primitive, k) => ({
    primitive: k ? primitive : null,
    output: ["image", "conv2d", "relu", "logits", "log_softmax", "loss"][k],
    parameters: primitive === "conv2d" ? ["conv.weight"] : [],
  })),
  steps: [
    { number: 1, primitive: { name: "nll_loss" }, contributions: [{ status: "sent", kept: false, to: "log_softmax" }] },
    { number: 2, primitive: { name: "linear" }, contributions: [{ status: "sent", kept: true, to: "dense.bias" }] },
  ],
};
const recipe = { changes: [] };

test("each stop says something short, and sets the page to something that is there", () => {
  for (const tour of TOURS) {
    const stops = tour.stops({ scene, recipe });
    assert.ok(stops.length >= 4, tour.key);
    for (const { words, state } of stops) {
      for (const sentence of words.split(/(?<=[.?!]) /)) assert.ok(sentence.split(" ").length <= 20, sentence);
      for (const { of, index } of [...(state.trail ?? []), state.at, state.whatif].filter(Boolean)) {
        assert.equal(index.length, scene.arrays[of].shape.length, `${of}[${index}]`);
        index.forEach((i, axis) => assert.ok(i < scene.arrays[of].shape[axis], `${of}[${index}]`));
      }
    }
  }
});

test("the words have the scene's numbers", () => {
  const said = (key) =>
    TOURS.find((tour) => tour.key === key)
      .stops({ scene, recipe })
      .map(({ words }) => words)
      .join("\n");
  assert.match(said("forward"), /The picture is 4 numbers/);
  assert.match(said("forward"), /−1 becomes 0/);
  assert.match(said("forward"), /p = 0\.5/);
  assert.match(said("backward"), /Step 1, nll_loss\. A gradient goes on to log_softmax\./);
  assert.match(said("backward"), /stays with dense\.bias/);
  assert.match(said("weight"), /−0\.25.*\n.*the loss falls/);
});

test("a network without a convolution has no tour of its weight", () => {
  const dense = { ...scene, stages: scene.stages.filter(({ primitive }) => primitive !== "conv2d") };
  assert.deepEqual(TOURS.find(({ key }) => key === "weight").stops({ scene: dense, recipe }), []);
  assert.deepEqual(TOURS.find(({ key }) => key === "forward").stops({ scene: dense, recipe }), []);
});
