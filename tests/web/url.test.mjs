import assert from "node:assert/strict";
import test from "node:test";

import { makeStore } from "../../tinygrad_edu/explorer/web/js/state.js";
import { MOST, addressFrom, addressText, read, written } from "../../tinygrad_edu/explorer/web/js/url.js";

const START = makeStore().get();
const linked = ({ recipe, panel, step, trail, whatif, amplify, digits, theme, keys }) => ({
  recipe,
  panel,
  step,
  trail,
  whatif,
  amplify,
  digits,
  theme,
  keys,
});

test("the start needs no link, and no link is the start", () => {
  assert.equal(written(START), "");
  assert.deepEqual(read(""), { state: linked(START), bad: [] });
});

test("a state comes back from its link", () => {
  const address = { of: "relu #2", gradient: true, index: [0, 3, 16, 13] };
  const states = [
    { recipe: { ...START.recipe, digit: 0 } },
    { recipe: { ...START.recipe, digit: null, ink: "D3g_-A", answer: 9, image_gradient: false } },
    { recipe: { ...START.recipe, network: "given", digit: null } },
    {
      recipe: {
        ...START.recipe,
        network: "untrained",
        seed: 2 ** 32 - 1,
        changes: [
          ["edit", "conv.weight", [3, 0, 1, 2], 0.197],
          ["learn", 20, 0.05, 32],
          ["edit", "image", [0, 0, 2, 3], -1.5e-7],
          ["edit", "a~b:*=;!", [], 1],
          ["show", 3, null, null],
          ["show", null, "D3g_-A", 7],
        ],
      },
    },
    { panel: "why", trail: [{ of: "loss", gradient: false, index: [] }, address] },
    {
      panel: "why",
      trail: [
        {
          ...address,
          through: [
            [0, 5, 1],
            [1, 0, 0],
          ],
        },
      ],
    },
    { panel: "whatif", whatif: { of: "dense.bias", gradient: false, index: [9] } },
    { step: 0, amplify: true, digits: 9, theme: "dark", keys: false },
  ];
  for (const changes of states) {
    const state = { ...START, ...changes };
    const { state: found, bad } = read(`#${written(state)}`);
    assert.deepEqual(bad, []);
    assert.deepEqual(found, linked(state));
  }
});

test("an edit is the same float32 after a link", () => {
  for (let k = 0; k < 500; k++) {
    const value = Math.fround(Math.random() * 2 - 1);
    const recipe = { ...START.recipe, changes: [["edit", "w", [0], value]] };
    assert.equal(Math.fround(read(written({ ...START, recipe })).state.recipe.changes[0][3]), value);
  }
});

test("unknown keys are ignored, bad values are named and fall back", () => {
  assert.deepEqual(read("#1;future=3;d=5").bad, []);
  assert.equal(read("#1;future=3;d=5").state.recipe.digit, 5);
  const bad = [
    "d=-1",
    "d=1e3",
    "d=",
    "x=%",
    "n=best:1",
    "n=trained:x",
    "e=conv:0=NaN",
    "e=*1:0:32",
    "e=?",
    "e=!x::",
    "e=!1:%:",
    "m=nowhere",
  ];
  bad.push("st=1.5", "w=conv", "t=x", "wi=d:0", "sc=x", "dg=5", "th=pink", "ky=2", "w=d%E0%A4%A:0");
  for (const pair of bad) {
    const { state, bad: named } = read(`#1;${pair}`);
    assert.deepEqual(named, [pair]);
    assert.deepEqual(state, linked(START), pair);
  }
});

test("whatever stands in a link, reading it raises nothing", () => {
  const letters = "1;=dxanwte:,~*/.%#-0 9émvs";
  for (let k = 0; k < 3000; k++) {
    const text = Array.from({ length: 40 }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
    assert.ok(read(`#1;${text}`).state.recipe);
  }
});

test("a link is short: a drawn picture with a long trail fits", () => {
  const trail = Array.from({ length: 8 }, (_, k) => ({ of: "dense.weight", gradient: true, index: [9, 5400 + k] }));
  const recipe = { ...START.recipe, digit: null, ink: "A".repeat(523), answer: 9 };
  assert.ok(written({ ...START, recipe, panel: "why", trail }).length <= MOST);
});

test("an address reads as it is written", () => {
  const address = { of: "exp(log_softmax)", gradient: false, index: [0, 3] };
  assert.equal(addressText(address), "vexp(log_softmax):0,3");
  assert.deepEqual(addressFrom("vexp(log_softmax):0,3"), address);
});
