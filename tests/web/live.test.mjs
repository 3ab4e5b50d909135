import assert from "node:assert/strict";
import test from "node:test";

import { nameOf } from "../../tinygrad_edu/explorer/web/js/keys.js";
import { makeLive } from "../../tinygrad_edu/explorer/web/js/live.js";
import { makeStore } from "../../tinygrad_edu/explorer/web/js/state.js";

test("at most one message in 700 ms, and the last wins", () => {
  let time = 1000;
  const timers = [];
  const element = { textContent: "" };
  const say = makeLive(element, { now: () => time, later: (f, ms) => timers.push([f, ms]) });
  say("one");
  assert.equal(element.textContent, "one");
  time += 100;
  say("two");
  say("three");
  assert.equal(element.textContent, "one");
  assert.equal(timers.length, 1);
  assert.equal(timers[0][1], 600);
  time += 600;
  timers[0][0]();
  assert.equal(element.textContent, "three");
  time += 700;
  say("three");
  assert.equal(element.textContent.trim(), "three");
  assert.notEqual(element.textContent, "three", "the same message twice is spoken twice");
});

test("a key is named as bindings name it", () => {
  const press = (key, with_ = {}) =>
    nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...with_ });
  assert.equal(press("g"), "g");
  assert.equal(press("?", { shiftKey: true }), "?");
  assert.equal(press(" ", { shiftKey: true }), "Shift+ ");
  assert.equal(press("Home", { ctrlKey: true }), "Control+Home");
  assert.equal(press("ArrowLeft", { altKey: true }), "Alt+ArrowLeft");
});

test("every listener sees the states in order, those that another listener sets too", () => {
  const store = makeStore();
  const seen = [];
  store.listen((now) => now.step === 1 && store.set({ step: 2 }));
  store.listen((now, before) => seen.push([before.step, now.step]));
  store.set({ step: 1 });
  assert.deepEqual(seen, [
    [null, 1],
    [1, 2],
  ]);
});
