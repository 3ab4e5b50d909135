/** One column in one band: its values, or its gradients; as pictures, as a table, or as a single number. */

import { ratio } from "../cells.js";
import { el } from "../dom.js";
import { indexOf } from "../scene.js";
import { cellBox, boxesOf } from "./blocks.js";
import { extentOf, makeBoard } from "./board.js";
import { makeCard } from "./card.js";
import { setCursor } from "./cursors.js";
import { makeGrid } from "./grid.js";
import { modeOf } from "./look.js";
import { makeTable } from "./table.js";
import { rowHeight } from "./tiles.js";

/** @typedef {import("./grid.js").Hands} Hands */
/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./tiles.js").Layout} Layout */

/**
 * @typedef {object} Mark what is framed
 * @property {string} of
 * @property {boolean} gradient
 * @property {string} kind
 * @property {number} [flat] one number
 * @property {{from: number[], size: number[]}} [block] some of it; neither: all of it
 *
 * @typedef {object} Half
 * @property {HTMLElement} element
 * @property {boolean} gradient
 * @property {string[]} names of the arrays it shows
 * @property {(layout: Layout, pitch: Layout) => void} update the column's layout, and that which a table's rows follow
 * @property {(marks: Mark[]) => void} mark
 * @property {(name: string) => void} focus
 */

/**
 * @param {Hands} hands
 * @param {Column} column
 * @param {boolean} gradient
 * @returns {Half}
 */
export function makeHalf(hands, column, gradient) {
  if (column.kind === "table" && column.parameters.length === 0) return tableHalf(hands, column, gradient);
  if (column.kind === "scalar") return cardHalf(hands, column, gradient);
  return boardHalf(hands, column, gradient);
}

/**
 * @param {Hands} hands
 * @param {Column} column
 * @param {boolean} gradient
 * @returns {Half}
 */
function tableHalf(hands, column, gradient) {
  const table = makeTable(hands, column, gradient);
  return {
    element: table.element,
    gradient,
    names: [table.name],
    update: (_, pitch) => table.update(rowHeight(pitch) / ratio()),
    mark(marks) {
      const { shape } = hands.scene().arrays[table.name];
      table.element.classList.toggle(
        "written",
        marks.some((mark) => mark.kind === "written"),
      );
      table.mark(marks.flatMap((mark) => rowsOf(mark, shape)));
    },
    focus: () => table.focus(),
  };
}

/**
 * @param {Mark} mark
 * @param {number[]} shape
 */
function rowsOf({ flat, block, kind }, shape) {
  if (kind === "cursor" || kind === "written" || kind === "covered") return [];
  if (flat !== undefined) return [flat];
  const last = shape.length - 1;
  const [from, size] = block ? [block.from[last], block.size[last]] : [0, shape[last]];
  return Array.from({ length: size }, (_, k) => from + k);
}

/**
 * @param {Hands} hands
 * @param {Column} column
 * @param {boolean} gradient
 * @returns {Half}
 */
function cardHalf(hands, column, gradient) {
  const card = makeCard(hands, column, gradient);
  return {
    element: card.element,
    gradient,
    names: [card.name],
    update: () => card.update(),
    mark: (marks) => {
      card.element.classList.toggle(
        "linked",
        marks.some(({ kind }) => kind === "read" || kind === "reading"),
      );
      card.element.classList.toggle(
        "written",
        marks.some((mark) => mark.kind === "written"),
      );
    },
    focus: () => card.focus(),
  };
}

/**
 * @param {Hands} hands
 * @param {Column} column
 * @param {boolean} gradient
 * @returns {Half}
 */
function boardHalf(hands, column, gradient) {
  const board = makeBoard(gradient, (name, mode) => placeholder(hands, column, name, mode));
  const names = [...column.parameters, ...(column.output === null ? [] : [column.output])];
  const grids = new Map(names.map((name) => [name, makeGrid(hands, column, name, board)]));
  board.grids.append(...[...grids.values()].map((grid) => grid.element));
  const addressAt = (/** @type {PointerEvent | MouseEvent} */ event) => {
    const found = board.at(event);
    if (!found || modeOf(hands.scene(), hands.state(), found.name, gradient) !== "drawn") return null;
    return {
      ...found,
      address: { of: found.name, gradient, index: indexOf(found.flat, hands.scene().arrays[found.name].shape) },
    };
  };
  board.element.addEventListener("pointermove", (event) => {
    const found = event.pointerType === "mouse" ? addressAt(event) : null;
    if (found) hands.look(found.address);
  });
  board.element.addEventListener("click", (event) => {
    const found = addressAt(event);
    if (!found) return;
    setCursor(found.name, found.flat);
    grids.get(found.name)?.focus();
    hands.ask(found.address);
  });
  return {
    element: board.element,
    gradient,
    names,
    update(layout) {
      const scene = hands.scene();
      const state = hands.state();
      board.draw(layout, scene, state);
      for (const [name, grid] of grids) {
        const isDrawn =
          modeOf(scene, state, name, gradient) === "drawn" && layout.tiles.some((tile) => tile.name === name);
        grid.element.hidden = !isDrawn;
        if (isDrawn) grid.update();
      }
    },
    mark(marks) {
      const layout = board.layout();
      if (!layout) return;
      board.frame(marks.flatMap((mark) => boxes(layout, mark)));
    },
    focus: (name) => grids.get(name)?.focus(),
  };

  /**
   * @param {Layout} layout
   * @param {Mark} mark
   */
  function boxes(layout, { of, kind, flat, block }) {
    if (block) return boxesOf(layout, of, hands.scene().arrays[of], block, kind);
    const tiles = layout.tiles.filter((tile) => tile.name === of);
    if (tiles.length === 0) return [];
    if (flat === undefined) return [{ ...extentOf(layout, of), kind }];
    const tile = tiles.find((t) => flat >= t.first && flat < t.first + t.size);
    return tile ? [{ ...cellBox(tile, flat - tile.first), kind }] : [];
  }
}

/**
 * What stands in the frame of an array that is not drawn.
 *
 * @param {Hands} hands
 * @param {Column} column
 * @param {string} name
 * @param {import("./look.js").Look["mode"]} mode
 * @returns {import("../dom.js").Children}
 */
function placeholder({ scene, store }, { output, parameters }, name, mode) {
  // filters and their maps stand in one place: it is said once
  if (name !== (output ?? parameters[0])) return null;
  if (mode !== "none") return mode === "later" ? "later" : "?";
  if (scene().arrays[name].role !== "input") return "no gradient";
  const ask = () => store.set({ recipe: { ...store.get().recipe, image_gradient: true } });
  return [el("span", {}, "Not computed: not asked for."), el("button", { type: "button", onclick: ask }, "Ask for it")];
}

/**
 * Under a column's gradients: which rules filled it, and filters that nothing passes.
 *
 * @param {Hands} hands
 * @param {Column} column
 */
export function makeFills(hands, column) {
  const element = el("p", { class: "note fills" });
  const names = [...column.parameters, ...(column.output === null ? [] : [column.output])];
  return {
    element,
    update() {
      const scene = hands.scene();
      const rules = names.flatMap((name) => scene.arrays[name].arrived).filter((where) => where !== "start");
      const steps = rules.length > 0 ? `from ${rules.join(", ")}` : "";
      const isClosed = scene.stages.some((s) => s.primitive === "relu" && s.inputs[0] === column.output);
      const dead = scene.dead.filter(({ input }) => input === column.output);
      const text = [steps, isClosed && "grey: ReLU closed"].filter(Boolean).join("; ");
      const tag = dead.length > 0 ? deadText(dead) : "";
      if (element.dataset.text === text + tag) return;
      element.dataset.text = text + tag;
      element.replaceChildren(text, ...(tag ? [el("strong", { class: "tag" }, tag)] : []));
    },
  };
}

/** @param {{channel: number, count: number}[]} dead */
function deadText(dead) {
  const some = dead
    .slice(0, 6)
    .map(({ channel }) => channel)
    .join(", ");
  const more = dead.length > 6 ? ` and ${dead.length - 6} more` : "";
  const who = dead.length > 1 ? `Filters ${some}${more}` : `Filter ${some}`;
  return `${who}: closed at all ${dead[0].count} places. No gradient for this picture.`;
}
