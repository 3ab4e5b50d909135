/**
 * A few numbers, read as text: a table of the classes, one stop of the Tab key, a cursor that arrows move.
 *
 * @typedef {import("./grid.js").Hands} Hands
 */

import { el, fill, restyle } from "../dom.js";
import { number, spoken, text } from "../numbers.js";
import { indexOf, sizeOf } from "../scene.js";
import { cursorOf, setCursor } from "./cursors.js";
import { moved } from "./grid.js";
import { isCovered, modeOf } from "./look.js";

/** @typedef {ReturnType<typeof makeTable>} Table */

/**
 * @param {Hands} hands
 * @param {import("./columns.js").Column} column
 * @param {boolean} gradient
 */
export function makeTable(hands, column, gradient) {
  const name = String(column.output);
  const scene = hands.scene();
  const { shape } = scene.arrays[name];
  const size = sizeOf(shape);
  const isLnP = column.stage.primitive === "log_softmax";
  const classes = isLnP || name === "logits" ? scene.classes : [];
  const address = (/** @type {number} */ k) => ({ of: name, gradient, index: indexOf(k, shape) });
  const rows = Array.from({ length: size }, (_, k) => makeRow(k));
  const title = `${gradient ? "Gradient of " : ""}${column.title}, ${size} numbers; ${gradient ? "value above" : "gradient below"}`;
  const element = el(
    "table",
    { class: "numbers", role: "grid", "aria-label": title, "data-array": name },
    el("tbody", {}, ...rows.map((row) => row.element)),
  );

  /** @param {number} k */
  function makeRow(k) {
    const cell = el("td", { role: "gridcell", tabindex: -1, class: "figure" });
    const bar = el("div", { class: "p-bar" });
    const row = el(
      "tr",
      { role: "row", "data-k": k },
      el("th", { scope: "row", role: "rowheader" }, classes[k] ?? k),
      cell,
      isLnP && !gradient && el("td", { "aria-hidden": "true", class: "p" }, bar),
    );
    row.addEventListener("pointerenter", () => hands.look(address(k)));
    row.addEventListener("click", () => {
      setCursor(name, k);
      cell.focus({ preventScroll: true });
      hands.ask(address(k));
    });
    return { element: row, cell, bar };
  }

  /** @param {number} height of a row, in CSS pixels */
  function update(height) {
    const now = hands.scene();
    const state = hands.state();
    const array = now.arrays[name];
    const mode = modeOf(now, state, name, gradient);
    const numbers = gradient ? array.gradient : array.values;
    const at = cursorOf(name, size);
    rows.forEach(({ element: row, cell, bar }, k) => {
      const index = indexOf(k, shape);
      const isHidden = mode === "covered" || isCovered(state, name, gradient, index);
      restyle(row, { height: `${height}px` });
      row.classList.toggle("answer", classes.length > 0 && k === now.answer);
      cell.tabIndex = k === at ? 0 : -1;
      cell.classList.toggle("covered", isHidden);
      const value = numbers?.data[k] ?? NaN;
      const isShown = mode === "drawn" && !isHidden;
      const manner = { digits: state.digits, plus: gradient };
      const written = isShown ? text(value, manner) : isHidden ? "?" : mode === "later" ? "later" : "–";
      if (cell.dataset.text !== written) {
        cell.dataset.text = written;
        const sign = !gradient || value === 0 ? "" : value > 0 ? "positive" : "negative";
        if (isShown)
          fill(cell, figure(value, { ...manner, class: sign }), el("span", { class: "unseen" }, ". Enter: why."));
        else fill(cell, written);
      }
      if (isLnP && !gradient) restyle(bar, { width: `${100 * (now.probabilities.data[k] || 0)}%` });
    });
  }

  /**
   * A screen reader is told a power of ten in words.
   *
   * @param {number} value
   * @param {import("../numbers.js").Manner & {class: string}} manner
   */
  function figure(value, manner) {
    const shown = number(value, manner);
    if (!shown.querySelector("sup")) return shown;
    shown.setAttribute("aria-hidden", "true");
    return [shown, el("span", { class: "unseen" }, spoken(value, manner))];
  }

  function focus() {
    update(rows[0].element.offsetHeight);
    const { cell } = rows[cursorOf(name, size)];
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  element.addEventListener("focusin", () => hands.look(address(cursorOf(name, size))));
  element.addEventListener("keydown", (event) => {
    const at = cursorOf(name, size);
    const next = moved(event, at, { rows: size, columns: 1, size, count: 1 });
    if (next !== null) {
      setCursor(name, next);
      hands.look(address(next));
      focus();
    } else if (event.key === "Enter") hands.ask(address(at));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    element,
    name,
    gradient,
    update,
    focus,
    /** @param {number[]} marked rows that are linked with the number under the cursor */
    mark(marked) {
      rows.forEach(({ element: row }, k) => row.classList.toggle("linked", marked.includes(k)));
    },
  };
}
