import assert from "node:assert/strict";
import { test } from "node:test";
import { picture, withPicture } from "../../tinygrad_edu/explorer/web/js/recipe.js";
import { START, makeStore } from "../../tinygrad_edu/explorer/web/js/state.js";
import { read, written } from "../../tinygrad_edu/explorer/web/js/url.js";

const PIXEL = ["edit", "image", [0, 0, 1, 1], 0.5];
const WEIGHT = ["edit", "conv.bias", [0], 0.5];
const recipe = (...changes) => ({ ...START.recipe, digit: 3, changes });

test("another picture leaves edited pixels behind, and takes edited weights along", () => {
  const found = withPicture(recipe(PIXEL, WEIGHT), { digit: 7 });
  assert.deepEqual(found, { ...recipe(WEIGHT), digit: 7 });
});

test("what was learnt from a picture stays when another is shown", () => {
  const learn = ["learn", 2, 0.1, 0];
  const found = withPicture(recipe(PIXEL, learn, PIXEL, WEIGHT), { digit: 7 });
  assert.deepEqual(found, recipe(PIXEL, learn, WEIGHT, ["show", 7, null, null]));
  assert.deepEqual(picture(found), { digit: 7, ink: null, answer: null });
  const third = withPicture(found, { ink: "AAA", answer: 2 });
  assert.deepEqual(third, recipe(PIXEL, learn, WEIGHT, ["show", null, "AAA", 2]));
});

test("a link says which picture came when", () => {
  const changes = [
    ["learn", 2, 0.1, 0],
    ["show", 7, null, null],
    ["show", null, "AA-_", 2],
  ];
  const state = { ...makeStore().get(), recipe: recipe(...changes) };
  assert.deepEqual(read(written(state)).state.recipe, state.recipe);
});

test("a link always says the digit", () => {
  const state = { ...makeStore().get(), step: 2 };
  assert.match(written(state), new RegExp(`d=${START.recipe.digit}`));
});
