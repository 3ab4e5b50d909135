/**
 * Pictures of numbers: each a square of whole device pixels, unsmoothed.
 *
 * @typedef {import("./colour.js").Scheme} Scheme
 *
 * @typedef {object} Cells what to paint
 * @property {ArrayLike<number>} values
 * @property {number} [from] where the first number stands in `values`
 * @property {number} rows
 * @property {number} columns
 * @property {number} end of the scale: the size of a number that gets the last colour
 * @property {Scheme} scheme
 * @property {(k: number) => boolean} [closed] whether the k-th cell's ReLU is closed (or: has no part in it)
 * @property {(k: number) => string} [write] what to write into the k-th cell
 * @property {boolean} [signs] whether to mark + and -, in cells of 9 pixels and up
 *
 * @typedef {object} Frame cells that are framed: a window, or one cell
 * @property {number} row
 * @property {number} column
 * @property {number} [rows] 1
 * @property {number} [columns] 1
 * @property {"cursor" | "read" | "written"} [kind] "cursor"
 */

import { el, restyle } from "./dom.js";
import { MARKS, colour, colourAll, inkOn, pixel, rgb } from "./colour.js";
import { MINUS } from "./numbers.js";

const FLAT = 6; // cells smaller than this cannot show a hatch
const SIGNED = 9;

/** @returns {number} device pixels in a CSS pixel */
export function ratio() {
  return globalThis.devicePixelRatio || 1;
}

/**
 * @param {number} size in CSS pixels
 * @returns {number} the same in whole device pixels
 */
export function whole(size) {
  return Math.max(1, Math.round(size * ratio()));
}

/**
 * Give a canvas its size, cleared.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in device pixels
 * @param {number} height
 * @returns {CanvasRenderingContext2D} that draws in device pixels
 */
export function sized(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  restyle(canvas, { width: `${width / ratio()}px`, height: `${height / ratio()}px` });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no pictures");
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Paint an array, its upper left corner at (x, y), in device pixels.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} cell device pixels
 * @param {Cells} cells
 */
export function paint(context, x, y, cell, cells) {
  const { values, from = 0, rows, columns, end, scheme, closed } = cells;
  const size = rows * columns;
  if (size === 0) return;
  const image = pixelsFor(rows, columns);
  const pixels = new Uint32Array(image.data.buffer);
  colourAll(values, from, size, end, scheme, pixels);
  const marks = MARKS[scheme];
  const flat = cell / ratio() < FLAT;
  if (closed) {
    const ground = pixel(rgb(flat ? marks.closed : marks.ground));
    for (let k = 0; k < size; k++) if (closed(k)) pixels[k] = ground;
  }
  if (cell === 1) context.putImageData(image, x, y);
  else enlarge(context, image, x, y, cell);
  if (closed && !flat) hatch(context, x, y, cell, cells, marks.hatch);
  if (cells.write || (cells.signs && cell / ratio() >= SIGNED)) label(context, x, y, cell, cells);
  markMissing(context, x, y, cell, cells);
}

/** @type {Map<string, ImageData>} */
const images = new Map();

/**
 * @param {number} rows
 * @param {number} columns
 * @returns {ImageData} one kept for this shape
 */
function pixelsFor(rows, columns) {
  const key = `${rows}x${columns}`;
  const kept = images.get(key) ?? new ImageData(columns, rows);
  images.set(key, kept);
  return kept;
}

/** @type {HTMLCanvasElement | null} */
let small = null;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ImageData} image a pixel for each cell
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 */
function enlarge(context, image, x, y, cell) {
  small ??= document.createElement("canvas");
  if (small.width < image.width || small.height < image.height) {
    small.width = Math.max(small.width, image.width);
    small.height = Math.max(small.height, image.height);
  }
  small.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0);
  const { width, height } = image;
  context.drawImage(small, 0, 0, width, height, x, y, width * cell, height * cell);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {Cells} cells
 * @param {string} line
 */
function hatch(context, x, y, cell, { rows, columns, closed }, line) {
  context.save();
  context.beginPath();
  for (let k = 0; k < rows * columns; k++) {
    if (closed?.(k)) context.rect(x + (k % columns) * cell, y + Math.floor(k / columns) * cell, cell, cell);
  }
  context.clip();
  context.beginPath();
  const apart = Math.round(9 * ratio());
  const [width, height] = [columns * cell, rows * cell];
  for (let at = apart / 2; at < width + height; at += apart) {
    context.moveTo(x + at, y);
    context.lineTo(x + at - height, y + height);
  }
  context.strokeStyle = line;
  context.lineWidth = ratio();
  context.stroke();
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {Cells} cells
 */
function label(context, x, y, cell, { values, from = 0, rows, columns, end, scheme, closed, write }) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  const most = Math.max(9 * ratio(), Math.min(14 * ratio(), cell / 3));
  for (let k = 0; k < rows * columns; k++) {
    const value = values[from + k];
    if (!Number.isFinite(value)) continue;
    const said = write ? write(k) : closed?.(k) || value === 0 ? "" : value > 0 ? "+" : MINUS;
    if (!said) continue;
    context.font = `${most}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace`;
    context.fillStyle = inkOn(closed?.(k) ? MARKS[scheme].ground : colour(value, end, scheme));
    context.fillText(said, x + ((k % columns) + 0.5) * cell, y + (Math.floor(k / columns) + 0.5) * cell, cell * 0.96);
  }
}

/**
 * A number that is none, or infinite, is marked, not only coloured.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} cell
 * @param {Cells} cells
 */
function markMissing(context, x, y, cell, { values, from = 0, rows, columns, scheme, closed }) {
  if (cell / ratio() < SIGNED) return;
  for (let k = 0; k < rows * columns; k++) {
    const value = values[from + k];
    if (Number.isFinite(value) || closed?.(k)) continue;
    const said = Number.isNaN(value) ? (cell / ratio() >= 24 ? "NaN" : "?") : value > 0 ? "↑" : "↓";
    // set here, since a font costs more than the search for what is hardly ever there
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `bold ${Math.min(14 * ratio(), cell * 0.9)}px system-ui, sans-serif`;
    context.fillStyle = inkOn(MARKS[scheme].missing);
    context.fillText(said, x + ((k % columns) + 0.5) * cell, y + (Math.floor(k / columns) + 0.5) * cell, cell);
  }
}

/**
 * A picture of one array by itself, with rings around cells.
 *
 * @param {"value" | "gradient"} kind a gradient's outline is dashed
 */
export function cellPicture(kind) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const rings = el("div", { class: "rings", "aria-hidden": "true" });
  const element = el("div", { class: `cells ${kind}` }, canvas, rings);
  let [cell, rows, columns] = [1, 0, 0];
  return {
    element,
    canvas,
    /**
     * @param {Cells} cells
     * @param {number} size of a cell in CSS pixels
     */
    draw(cells, size) {
      cell = whole(size);
      ({ rows, columns } = cells);
      paint(sized(canvas, columns * cell, rows * cell), 0, 0, cell, cells);
    },
    /** @param {Frame[]} frames */
    frame(frames) {
      placeRings(
        rings,
        frames.map((f) => ({ ...f, x: 0, y: 0, cell })),
      );
    },
    /**
     * @param {{clientX: number, clientY: number}} event
     * @returns {[row: number, column: number] | null} the cell under the pointer
     */
    cellAt(event) {
      const box = canvas.getBoundingClientRect();
      const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
      const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
      return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
    },
  };
}

/**
 * Lay rings over a picture: elements, so that moving one paints nothing anew.  A ring lies outside its cells.
 *
 * @param {HTMLElement} parent as large as the picture
 * @param {(Frame & {x: number, y: number, cell: number})[]} frames (x, y) is where the array begins, in device pixels
 */
export function placeRings(parent, frames) {
  placeBoxes(
    parent,
    frames.map(({ row, column, rows = 1, columns = 1, kind = "cursor", x, y, cell }) => {
      return { kind, x: x + column * cell, y: y + row * cell, width: columns * cell, height: rows * cell };
    }),
  );
}

/**
 * @typedef {object} Box
 * @property {number} x in device pixels
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {string} kind
 */

/**
 * @param {HTMLElement} parent
 * @param {Box[]} boxes
 */
export function placeBoxes(parent, boxes) {
  while (parent.children.length > boxes.length) parent.lastElementChild?.remove();
  while (parent.children.length < boxes.length) parent.append(el("div"));
  boxes.forEach((box, k) => {
    const ring = /** @type {HTMLElement} */ (parent.children[k]);
    ring.className = `ring ${box.kind}`;
    place(ring, box);
  });
}

/**
 * @param {HTMLElement} element
 * @param {{x: number, y: number, width: number, height: number}} box in device pixels
 */
export function place(element, { x, y, width, height }) {
  restyle(element, {
    width: `${width / ratio()}px`,
    height: `${height / ratio()}px`,
    transform: `translate(${x / ratio()}px, ${y / ratio()}px)`,
  });
}
