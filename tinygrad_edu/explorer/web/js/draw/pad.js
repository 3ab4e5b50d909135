/** The pad: one draws on it with a mouse, a pen, a finger, or the arrow keys, Space and Delete. */

import { el } from "../dom.js";
import { say } from "../live.js";
import { MOST, SIDE, stroke } from "./ink.js";

/**
 * @typedef {object} Tool
 * @property {number} brush 1, 2 or 3
 * @property {number} level of ink, 0 for the eraser
 */

/**
 * @param {object} options
 * @param {() => Uint8Array} options.ink the picture, which the pad changes in place
 * @param {() => Tool} options.tool
 * @param {() => void} options.before called before a stroke
 * @param {() => void} options.changed called after each bit of it
 * @param {(words: string) => void} options.readout where the cursor is
 */
export function makePad({ ink, tool, before, changed, readout }) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const element = el(
    "div",
    {
      class: "pad",
      tabindex: "0",
      role: "application",
      "aria-roledescription": "drawing pad",
      "aria-label": "Drawing, 28 by 28. Arrows move, Space inks, Delete erases.",
    },
    canvas,
  );
  const cursor = { row: 14, column: 14 };
  /** @type {[number, number] | null} */
  let last = null;

  function draw() {
    const cell = Math.max(1, Math.floor(((element.clientWidth || 392) / SIDE) * devicePixelRatio));
    canvas.width = canvas.height = cell * SIDE;
    const paint = canvas.getContext("2d");
    if (!paint) return;
    const style = getComputedStyle(element);
    const [paper, pen, ring] = ["--paper", "--pen", "--focus"].map((name) => style.getPropertyValue(name).trim());
    paint.fillStyle = paper || "#f7f7f7";
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.fillStyle = pen || "#67001f";
    ink().forEach((level, at) => {
      if (!level) return;
      paint.globalAlpha = level / MOST;
      paint.fillRect((at % SIDE) * cell, Math.floor(at / SIDE) * cell, cell, cell);
    });
    paint.globalAlpha = 1;
    if (element.matches(":focus-visible")) {
      paint.strokeStyle = ring || "#0b57d0";
      paint.lineWidth = 2 * devicePixelRatio;
      paint.strokeRect(cursor.column * cell, cursor.row * cell, cell, cell);
    }
  }

  function told() {
    const level = ink()[cursor.row * SIDE + cursor.column];
    readout(`row ${cursor.row}, column ${cursor.column}: ink ${level} of ${MOST}`);
  }

  /** @param {PointerEvent} event */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    const [row, column] = [event.clientY - box.top, event.clientX - box.left].map((x) => (x / box.width) * SIDE);
    cursor.row = Math.min(SIDE - 1, Math.max(0, Math.floor(row)));
    cursor.column = Math.min(SIDE - 1, Math.max(0, Math.floor(column)));
    return /** @type {[number, number]} */ ([row, column]);
  }

  /**
   * @param {[number, number]} from
   * @param {[number, number]} to
   * @param {boolean} erase
   */
  function apply(from, to, erase) {
    stroke(ink(), from, to, tool().brush, erase ? 0 : tool().level);
    draw();
    told();
    changed();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 2) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    before();
    last = place(event);
    apply(last, last, event.buttons === 2);
  });
  canvas.addEventListener("pointermove", (event) => {
    const here = place(event);
    if (last) apply(last, here, event.buttons === 2);
    else told();
    if (last) last = here;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (last = null));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener("focus", draw);
  element.addEventListener("blur", draw);

  element.addEventListener("keydown", (event) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const erases = event.key === "Delete" || event.key === "Backspace";
    if (move) {
      cursor.row = Math.min(SIDE - 1, Math.max(0, cursor.row + move[0]));
      cursor.column = Math.min(SIDE - 1, Math.max(0, cursor.column + move[1]));
      draw();
    } else if (event.key === " " || erases) {
      before();
      const middle = /** @type {[number, number]} */ ([cursor.row + 0.5, cursor.column + 0.5]);
      apply(middle, middle, erases);
    } else return;
    event.preventDefault();
    told();
    say(`row ${cursor.row}, column ${cursor.column}: ink ${ink()[cursor.row * SIDE + cursor.column]} of ${MOST}`);
  });
  return { element, draw, cursor };
}
