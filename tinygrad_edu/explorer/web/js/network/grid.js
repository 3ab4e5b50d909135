/**
 * An array for keys and screen readers: one stop of the Tab key, a cursor that arrows move, and only the cells around it.
 * Each cell lies over its picture, so that the focus ring is the cursor.
 *
 * @typedef {object} Hands what a grid, a table or a card needs from the network
 * @property {() => Scene} scene
 * @property {() => State} state
 * @property {import("../state.js").Store} store
 * @property {(address: Address) => void} look the number is under the cursor
 * @property {(address: Address) => void} ask why
 * @property {(address: Address) => boolean} focus another number
 *
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Address} Address
 */

import { place } from "../cells.js";
import { el } from "../dom.js";
import { indexOf, sizeOf } from "../scene.js";
import { cellBox } from "./blocks.js";
import { cursorOf, setCursor } from "./cursors.js";
import { facesOf } from "./faces.js";
import { cellName, gridName } from "./words.js";

/** @typedef {ReturnType<typeof makeGrid>} Grid */

/**
 * @param {Hands} hands
 * @param {import("./columns.js").Column} column
 * @param {string} name
 * @param {import("./board.js").Board} board
 */
export function makeGrid(hands, column, name, board) {
  const { gradient } = board;
  const element = el("div", { role: "grid", "data-array": name });
  /** @type {string} what the rows were made for */
  let made = "";
  /** @type {Map<number, HTMLElement>} */
  let cells = new Map();

  const shape = () => hands.scene().arrays[name].shape;
  const flat = () => cursorOf(name, sizeOf(shape()));
  const address = () => ({ of: name, gradient, index: indexOf(flat(), shape()) });

  function update() {
    const scene = hands.scene();
    const at = flat();
    const spread = spreadOf(scene, name, board);
    const { columns, rows } = spread;
    const key = `${at} ${rows} ${columns}`;
    if (key !== made) {
      made = key;
      const focused = element.contains(document.activeElement);
      rebuild(at, spread);
      if (focused) cells.get(at)?.focus({ preventScroll: true });
    }
    element.setAttribute("aria-label", gridName(scene, column, name, gradient, at));
    element.setAttribute("aria-rowcount", String(rows));
    element.setAttribute("aria-colcount", String(columns));
    for (const [k, cell] of cells) {
      cell.setAttribute("aria-label", cellName(scene, hands.state(), name, k, gradient));
      const tile = board.layout()?.tiles.find((t) => t.name === name && k >= t.first && k < t.first + t.size);
      if (tile) place(cell, cellBox(tile, k - tile.first));
    }
  }

  /**
   * @param {number} at
   * @param {Spread} spread
   */
  function rebuild(at, { rows, columns, size }) {
    const face = Math.floor(at / size) * size;
    const [row, column] = [Math.floor((at - face) / columns), (at - face) % columns];
    cells = new Map();
    const lines = [];
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      const line = el("div", { role: "row", "aria-rowindex": r + 1 });
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        const k = face + r * columns + c;
        if (k >= face + size) continue; // the last row is short
        const cell = el("div", { role: "gridcell", tabindex: k === at ? 0 : -1, "aria-colindex": c + 1 });
        cells.set(k, cell);
        line.append(cell);
      }
      if (line.children.length > 0) lines.push(line);
    }
    element.replaceChildren(...lines);
  }

  function focus() {
    update();
    const cell = cells.get(flat());
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {number} next */
  function move(next) {
    if (next === flat()) return;
    setCursor(name, next);
    hands.look(address());
    focus();
  }

  element.addEventListener("focusin", () => hands.look(address()));
  element.addEventListener("keydown", (event) => {
    const next = moved(event, flat(), spreadOf(hands.scene(), name, board));
    if (next !== null) move(next);
    else if (event.key === "Enter") hands.ask(address());
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { element, name, gradient, update, focus };
}

/**
 * @typedef {object} Spread
 * @property {number} rows of a face
 * @property {number} columns
 * @property {number} size numbers in a face
 * @property {number} count faces
 */

/**
 * How an array spreads: as faces, or where its numbers stand as single bars, in one column of them.
 *
 * @param {Scene} scene
 * @param {string} name
 * @param {import("./board.js").Board} board
 * @returns {Spread}
 */
function spreadOf(scene, name, board) {
  const array = scene.arrays[name];
  if (!board.layout()?.tiles.some((tile) => tile.name === name && tile.size === 1)) return facesOf(array);
  const size = sizeOf(array.shape);
  return { rows: size, columns: 1, size, count: 1 };
}

/**
 * Where a key moves the cursor.
 *
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} event
 * @param {number} at
 * @param {Spread} spread
 * @returns {number | null} null where it is no such key
 */
export function moved({ key, ctrlKey, metaKey, altKey }, at, { columns, size, count }) {
  if (altKey) return null;
  const face = Math.floor(at / size);
  const within = at % size;
  const inFace = (/** @type {number} */ next) => (next >= 0 && next < size ? face * size + next : at);
  const column = within % columns;
  const all = ctrlKey || metaKey;
  switch (key) {
    case "ArrowLeft":
      return column > 0 ? at - 1 : at;
    case "ArrowRight":
      return column < columns - 1 ? inFace(within + 1) : at;
    case "ArrowUp":
      return inFace(within - columns);
    case "ArrowDown":
      return inFace(within + columns);
    case "Home":
      return face * size + (all ? 0 : within - column);
    case "End":
      return face * size + Math.min(size - 1, all ? size - 1 : within - column + columns - 1);
    case "PageUp":
      return face > 0 ? at - size : at;
    case "PageDown":
      return face < count - 1 ? at + size : at;
  }
  return null;
}
