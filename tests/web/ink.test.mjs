import assert from "node:assert/strict";
import test from "node:test";

import { ticks } from "../../tinygrad_edu/explorer/web/js/chart.js";
import { blank, dab, inkOf, packInk, stroke, unpackInk } from "../../tinygrad_edu/explorer/web/js/draw/ink.js";

test("a picture comes back from its link, pixel by pixel", () => {
  const ink = Uint8Array.from({ length: 784 }, (_, i) => (i * 7 + (i >> 3)) % 16);
  assert.equal(packInk(ink).length, 523);
  assert.match(packInk(ink), /^[\w-]+$/);
  assert.deepEqual(unpackInk(packInk(ink)), ink);
  assert.equal(packInk(Uint8Array.of(0, 15, 7, 8)), "D3g"); // as explorer/recipe.py packs it
});

test("pixels become levels of ink, and stay within them", () => {
  assert.deepEqual([...inkOf([0, 0.5, 1, -3, 7])], [0, 8, 15, 0, 15]);
});

test("a brush inks most in its middle, and an eraser takes it away", () => {
  const ink = blank();
  dab(ink, 10.5, 10.5, 2, 15);
  assert.equal(ink[10 * 28 + 10], 15);
  assert.ok(ink[10 * 28 + 11] > ink[10 * 28 + 12]);
  assert.equal(ink[20 * 28 + 20], 0);
  dab(ink, 10.5, 10.5, 3, 0);
  assert.ok(ink.every((level) => level === 0));
});

test("a brush wider than its place stays on the paper", () => {
  const ink = blank();
  for (const [row, column] of [
    [0, 0],
    [27.9, 27.9],
    [-1, 14],
    [14, 40],
  ])
    dab(ink, row, column, 3, 15);
  assert.equal(ink.length, 784);
  assert.equal(ink[0], 15);
  assert.equal(ink[783], 15);
});

test("a quick stroke has no gaps", () => {
  const ink = blank();
  stroke(ink, [2.5, 2.5], [2.5, 25.5], 1, 15);
  for (let column = 2; column <= 25; column++) assert.ok(ink[2 * 28 + column] > 10, `column ${column}`);
});

test("ticks are round numbers between the ends, without digits of rounding", () => {
  assert.deepEqual(ticks(0.2427, 0.4427, 5), [0.25, 0.3, 0.35, 0.4]);
  assert.deepEqual(ticks(-0.1, 0.1, 4), [-0.1, -0.05, 0, 0.05, 0.1]);
  assert.deepEqual(ticks(0, 3, 5), [0, 1, 2, 3]);
  assert.deepEqual(ticks(2, 2, 5), [2]);
});
