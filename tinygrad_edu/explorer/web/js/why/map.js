/** A picture of terms that has the why's cursor: moved by pointer or keys, spoken, and a table to a screen reader. */

import { cellPicture } from "../cells.js";
import { el, fill, restyle } from "../dom.js";
import { say } from "../live.js";

/**
 * @typedef {object} Map
 * @property {string} name for a screen reader
 * @property {"value" | "gradient"} kind
 * @property {import("../cells.js").Cells} cells
 * @property {number} size of a cell in CSS pixels
 * @property {(row: number, column: number) => number | null} termAt the term's position
 * @property {(position: number) => [row: number, column: number] | null} placeOf
 * @property {(position: number) => string} describe
 * @property {((position: number) => void) | null} enter what Enter does
 * @property {import("../cells.js").Frame | null} [frame] the part that counts
 */

/**
 * @param {import("./cursor.js").Cursor} cursor
 * @param {Map} map
 * @returns {HTMLElement}
 */
export function mapGrid(cursor, map) {
  const { name, kind, cells, size, termAt, placeOf, describe, enter, frame } = map;
  const picture = cellPicture(kind);
  const cell = el("div", { role: "gridcell", tabindex: "0", class: "unseen-cell" });
  const row = el("div", { role: "row" }, cell);
  const grid = el(
    "div",
    { class: "map", role: "grid", "aria-label": name, "aria-rowcount": cells.rows, "aria-colcount": cells.columns },
    picture.element,
    row,
  );
  picture.draw(cells, size);
  restyle(grid, { width: `${cells.columns * size}px` });
  cursor.listen(grid, (position) => {
    const place = placeOf(position);
    picture.frame([...(frame ? [frame] : []), ...(place ? [{ row: place[0], column: place[1] }] : [])]);
    if (!place) return;
    row.setAttribute("aria-rowindex", String(place[0] + 1));
    cell.setAttribute("aria-colindex", String(place[1] + 1));
    fill(cell, describe(position));
  });
  const go = (/** @type {number | null} */ position) => {
    if (position === null || position === cursor.at()) return;
    cursor.set(position);
    say(describe(position));
  };
  picture.canvas.addEventListener("click", (event) => {
    const place = picture.cellAt(event);
    if (!place) return;
    go(termAt(...place));
    cell.focus({ preventScroll: true });
  });
  grid.addEventListener("keydown", (event) => {
    const place = placeOf(cursor.at()) ?? [0, 0];
    if (event.key === "Enter" && enter) enter(cursor.at());
    else if (!(event.key in WAYS)) return;
    else go(WAYS[event.key](event.ctrlKey, place, cells, termAt));
    event.preventDefault();
    event.stopPropagation();
  });
  return grid;
}

/**
 * @typedef {(whole: boolean, place: [number, number], cells: {rows: number, columns: number},
 *            termAt: Map["termAt"]) => number | null} Way
 */

/**
 * The next term in a direction; places without a part in the sum are passed over.
 *
 * @param {number} down
 * @param {number} right
 * @returns {Way}
 */
function step(down, right) {
  return (_, [row, column], { rows, columns }, termAt) => {
    for (
      let [r, c] = [row + down, column + right];
      r >= 0 && c >= 0 && r < rows && c < columns;
      r += down, c += right
    ) {
      const found = termAt(r, c);
      if (found !== null) return found;
    }
    return null;
  };
}

/**
 * The first (or last) term of the row, or of all.
 *
 * @param {1 | -1} direction
 * @returns {Way}
 */
function end(direction) {
  return (whole, [row], { rows, columns }, termAt) => {
    const places = whole
      ? Array.from({ length: rows * columns }, (_, k) => [Math.floor(k / columns), k % columns])
      : Array.from({ length: columns }, (_, k) => [row, k]);
    const found = (direction > 0 ? places : places.reverse()).find(([r, c]) => termAt(r, c) !== null);
    return found ? termAt(found[0], found[1]) : null;
  };
}

/** @type {Record<string, Way>} */
const WAYS = {
  ArrowUp: step(-1, 0),
  ArrowDown: step(1, 0),
  ArrowLeft: step(0, -1),
  ArrowRight: step(0, 1),
  Home: end(1),
  End: end(-1),
};
