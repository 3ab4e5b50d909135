/** Where the weights of only one output are shown: which output, chosen by the reader, else the answer. */

import { el } from "../dom.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./tiles.js").Layout} Layout */

/**
 * @param {import("./grid.js").Hands} hands
 * @param {() => void} redraw
 */
export function makeUnits(hands, redraw) {
  /** @type {Map<string, number>} by the weights' name */
  const chosen = new Map();
  /** @type {WeakMap<Layout, number>} */
  const made = new WeakMap();
  /** @type {Set<string>} weights of which only one output's are shown */
  const ones = new Set();

  /** @param {Column} column */
  function of(column) {
    const [weight] = column.parameters;
    if (weight === undefined) return 0;
    const scene = hands.scene();
    const start = column.stage.output === "logits" ? (scene.answer ?? scene.prediction) : 0;
    return Math.min(chosen.get(weight) ?? start, scene.arrays[weight].shape[0] - 1);
  }

  return {
    of,
    /**
     * @param {Column} column
     * @param {Layout} layout
     */
    isSame: (column, layout) => layout.one === null || made.get(layout) === of(column),
    /**
     * @param {Layout} layout
     * @param {number} unit
     */
    remember: (layout, unit) => made.set(layout, unit),
    /**
     * Show the output whose weight is under the cursor.
     *
     * @param {import("../state.js").Address} at
     * @returns {boolean} whether it was another
     */
    follow({ of: name, index }) {
      if (!ones.has(name) || chosen.get(name) === index[0]) return false;
      chosen.set(name, index[0]);
      return true;
    },
    /**
     * @param {HTMLElement} place
     * @param {Column} column
     * @param {Layout} layout
     */
    show(place, column, layout) {
      const { one } = layout;
      place.hidden = one === null;
      for (const name of column.parameters) if (name !== one) ones.delete(name);
      if (one === null) return;
      ones.add(one);
      const unit = of(column);
      const [outputs] = hands.scene().arrays[one].shape;
      if (place.dataset.for === `${one} ${outputs}`) {
        const field = place.querySelector("select");
        if (field) field.value = String(unit);
        return;
      }
      place.dataset.for = `${one} ${outputs}`;
      const names = column.stage.output === "logits" ? hands.scene().classes : [];
      const options = Array.from({ length: outputs }, (_, k) =>
        el("option", { value: k, selected: k === unit }, names[k] ?? k),
      );
      const field = el("select", { "aria-label": `${one}: the output whose weights are shown` }, ...options);
      field.addEventListener("change", () => {
        chosen.set(one, Number(field.value));
        redraw();
      });
      place.replaceChildren(el("label", {}, "weights of output ", field));
    },
  };
}
