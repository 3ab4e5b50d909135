import assert from "node:assert/strict";
import test from "node:test";

import { arriving, going, reading, spokenStep } from "../../tinygrad_edu/explorer/web/js/step/words.js";

const LINEAR = {
  number: 3,
  output: "logits",
  primitive: { name: "linear" },
  sum_of: "2",
  reads: ["weight", "x"],
  contributions: [
    { where: "3a", argument: "x", to: "reshape", status: "sent", count: 5408, kept: false },
    { where: "3b", argument: "weight", to: "dense.weight", status: "sent", count: 54080, kept: true },
    { where: "3c", argument: "bias", to: "dense.bias", status: "sent", count: 10, kept: true },
  ],
};
const RESHAPE = {
  number: 4,
  output: "reshape",
  primitive: { name: "reshape" },
  sum_of: "3a",
  reads: [],
  contributions: [],
};
const SCENE = {
  arrays: { logits: { shape: [1, 10] }, reshape: { shape: [1, 5408] }, loss: { shape: [] } },
  steps: [LINEAR, RESHAPE],
};

test("a step says what arrives, what its rules read, and where their numbers go", () => {
  assert.equal(arriving(SCENE, LINEAR), "g arrives from step 2: 10 numbers.");
  assert.equal(reading(LINEAR), "The rules read: weight (dense.weight), x (reshape).");
  assert.equal(reading(RESHAPE), "The rules read nothing but g.");
  assert.equal(going(SCENE, LINEAR.contributions[0]), "5,408 numbers, go on to step 4");
  assert.equal(going(SCENE, LINEAR.contributions[1]), "54,080 numbers, kept: gradient of dense.weight");
  assert.equal(spokenStep(SCENE, LINEAR, 6), "Step 3 of 6, linear. 10 gradients arrive, 54,090 kept, 5,408 go on.");
});

test("where a value was used more than once, g is a sum; the first step begins with 1", () => {
  assert.equal(
    arriving(SCENE, { ...RESHAPE, sum_of: "7a + 8a" }),
    "g is a sum: from 7a + 8a, 5,408 numbers. reshape was used 2 times.",
  );
  assert.equal(arriving(SCENE, { ...RESHAPE, output: "loss", sum_of: "start" }), "The start: dL/dloss = 1, 1 number.");
});

test("what is not sent says why", () => {
  const quiet = { where: null, argument: "x", to: "image", count: 0, kept: true };
  assert.equal(going(SCENE, { ...quiet, status: "not asked for" }), "Not computed: not asked for.");
  assert.equal(going(SCENE, { ...quiet, status: "no gradient" }), "Whole numbers have no gradient.");
});
