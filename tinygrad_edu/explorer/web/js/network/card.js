/** A number by itself, the loss: large, and a button that asks why. */

import { el, fill } from "../dom.js";
import { number } from "../numbers.js";
import { isCovered, modeOf } from "./look.js";

/** @typedef {ReturnType<typeof makeCard>} Card */

/**
 * @param {import("./grid.js").Hands} hands
 * @param {import("./columns.js").Column} column
 * @param {boolean} gradient
 */
export function makeCard(hands, column, gradient) {
  const name = String(column.output);
  const address = { of: name, gradient, index: [] };
  const figure = el("span", { class: "large" });
  const note = el("span", { class: "note" });
  const title = `${gradient ? "Gradient of " : ""}${column.title}: `;
  const element = el(
    "button",
    {
      type: "button",
      class: "card",
      "data-array": name,
      onclick: () => hands.ask(address),
      onpointerenter: () => hands.look(address),
      onfocus: () => hands.look(address),
    },
    el("span", { class: "unseen" }, title),
    figure,
    note,
    el("span", { class: "unseen" }, " Why?"),
  );
  return {
    element,
    name,
    gradient,
    update() {
      const scene = hands.scene();
      const state = hands.state();
      const array = scene.arrays[name];
      const numbers = gradient ? array.gradient : array.values;
      const isHidden = modeOf(scene, state, name, gradient) === "covered" || isCovered(state, name, gradient, []);
      const isShown = numbers && !isHidden && modeOf(scene, state, name, gradient) === "drawn";
      const value = numbers ? numbers.data[0] : NaN;
      fill(figure, isShown ? number(value, { digits: state.digits }) : isHidden ? "?" : "–");
      const isLoss = name === "loss";
      const meaning = gradient
        ? isLoss
          ? "dL/dL, the start"
          : ""
        : isLoss
          ? `0 when p[${scene.classes[scene.answer ?? 0]}] = 1`
          : "";
      fill(note, meaning);
    },
    focus() {
      element.focus();
    },
  };
}
