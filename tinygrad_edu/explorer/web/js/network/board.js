/**
 * A column's pictures on one canvas: values, or gradients.  Rings and frames lie over it, a grid for keys beside them.
 *
 * @typedef {import("./tiles.js").Layout} Layout
 * @typedef {import("./tiles.js").Tile} Tile
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("../cells.js").Box} Box
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("../state.js").State} State
 */

import { paint, place, placeBoxes, ratio, sized, whole } from "../cells.js";
import { MARKS, colour } from "../colour.js";
import { el } from "../dom.js";
import { lookOf } from "./look.js";
import { hit } from "./tiles.js";

/** @typedef {ReturnType<typeof makeBoard>} Board */

/**
 * @param {boolean} gradient
 * @param {(name: string, mode: Look["mode"]) => import("../dom.js").Children} say what stands in the place of an array
 */
export function makeBoard(gradient, say) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const rings = el("div", { class: "rings", "aria-hidden": "true" });
  const notes = el("div", { class: "notes" });
  const grids = el("div", { class: "grids" });
  const element = el("div", { class: `board ${gradient ? "gradient" : "value"}` }, canvas, rings, notes, grids);
  /** @type {Layout | null} */
  let layout = null;
  /** @type {unknown[]} what is on the canvas */
  let painted = [];

  return {
    element,
    grids,
    gradient,
    layout: () => layout,
    /**
     * Paint what has changed since.
     *
     * @param {Layout} next
     * @param {Scene} scene
     * @param {State} state
     */
    draw(next, scene, state) {
      layout = next;
      const names = [...new Set(next.tiles.map((tile) => tile.name))];
      const looks = new Map(names.map((name) => [name, lookOf(scene, state, name, gradient)]));
      const wanted = [
        next,
        state.scheme,
        state.size.ratio,
        ...names.flatMap((name) => inkOf(scene, name, gradient, looks)),
      ];
      if (isSame(wanted, painted)) return;
      painted = wanted;
      const context = sized(canvas, next.width, next.height);
      element.style.setProperty("width", `${next.width / ratio()}px`);
      for (const tile of next.tiles) paintTile(context, tile, scene, state, gradient, looks);
      outline(context, next, state.scheme, gradient, looks);
      placeNotes(notes, next, looks, say);
    },
    /** @param {Box[]} boxes */
    frame(boxes) {
      placeBoxes(rings, boxes);
    },
    /**
     * @param {{clientX: number, clientY: number}} event
     * @returns {{name: string, flat: number} | null}
     */
    at(event) {
      if (!layout) return null;
      const box = canvas.getBoundingClientRect();
      return hit(layout, (event.clientX - box.left) * ratio(), (event.clientY - box.top) * ratio());
    },
  };
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @param {boolean} gradient
 * @param {Map<string, Look>} looks
 * @returns {unknown[]} all that an array's picture follows from
 */
function inkOf(scene, name, gradient, looks) {
  const array = scene.arrays[name];
  const { mode, end, closed, amplified } = /** @type {Look} */ (looks.get(name));
  if (mode !== "drawn") return [mode, null, null, null];
  return [end, amplified, (gradient ? array.gradient : array.values)?.data, closed ? array.values.data : null];
}

/**
 * Whether the same would be painted: numbers are compared, so that what an edit leaves as it was is not painted anew.
 *
 * @param {unknown[]} a
 * @param {unknown[]} b
 */
function isSame(a, b) {
  return (
    a.length === b.length && a.every((one, k) => one === b[k] || (ArrayBuffer.isView(one) && isSameArray(one, b[k])))
  );
}

/**
 * @param {any} a
 * @param {any} b
 */
function isSameArray(a, b) {
  if (!ArrayBuffer.isView(b) || a.length !== /** @type {any} */ (b).length) return false;
  for (let k = 0; k < a.length; k++) if (!Object.is(a[k], /** @type {any} */ (b)[k])) return false;
  return true;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Tile} tile
 * @param {Scene} scene
 * @param {State} state
 * @param {boolean} gradient
 * @param {Map<string, Look>} looks
 */
function paintTile(context, tile, scene, { scheme }, gradient, looks) {
  const look = looks.get(tile.name);
  const array = scene.arrays[tile.name];
  const numbers = gradient ? array.gradient : array.values;
  if (!look || !numbers || look.mode !== "drawn") return;
  const { data } = numbers;
  const { end, closed } = look;
  if (tile.size === 1) {
    context.fillStyle = closed?.(tile.first) ? MARKS[scheme].closed : colour(data[tile.first], end, scheme);
    context.fillRect(tile.x, tile.y, tile.width, tile.height);
    return;
  }
  const part = (/** @type {number} */ from, /** @type {number} */ rows, /** @type {number} */ columns) => ({
    values: data,
    from: tile.first + from,
    rows,
    columns,
    end,
    scheme,
    ...(closed ? { closed: (/** @type {number} */ k) => closed(tile.first + from + k) } : {}),
  });
  const full = Math.floor(tile.size / tile.columns);
  const rest = tile.size - full * tile.columns;
  paint(context, tile.x, tile.y, tile.width, part(0, full, tile.columns));
  if (rest > 0) paint(context, tile.x, tile.y + full * tile.width, tile.width, part(full * tile.columns, 1, rest));
}

/**
 * Lines around: solid for values, dashed for gradients, double where gradients are amplified.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {import("../colour.js").Scheme} scheme
 * @param {boolean} gradient
 * @param {Map<string, Look>} looks
 */
function outline(context, layout, scheme, gradient, looks) {
  const line = Math.max(1, Math.round(ratio()));
  context.strokeStyle = MARKS[scheme].outline;
  context.lineWidth = line;
  context.setLineDash(gradient ? [whole(3), whole(2)] : []);
  for (const { name, x, y, width, height } of outlines(layout)) {
    const times = looks.get(name)?.amplified ? 2 : 1;
    for (let k = 0; k < times; k++) {
      const out = line / 2 + k * 2 * line;
      context.strokeRect(x - out, y - out, width + 2 * out, height + 2 * out);
    }
  }
  context.setLineDash([]);
}

/** @param {Layout} layout */
function outlines(layout) {
  /** @type {{name: string, x: number, y: number, width: number, height: number}[]} */
  const boxes = [];
  for (const name of new Set(layout.tiles.map((tile) => tile.name))) {
    if (!layout.apart.has(name)) boxes.push({ name, ...extentOf(layout, name) });
  }
  for (const { name, x, y, width, height, rows, columns } of layout.tiles) {
    if (layout.apart.has(name)) boxes.push({ name, x, y, width: columns * width, height: rows * height });
  }
  return boxes;
}

/**
 * @param {Layout} layout
 * @param {string} name
 * @returns {{x: number, y: number, width: number, height: number}} what an array takes up
 */
export function extentOf(layout, name) {
  const tiles = layout.tiles.filter((tile) => tile.name === name);
  const x = Math.min(...tiles.map((t) => t.x));
  const y = Math.min(...tiles.map((t) => t.y));
  const width = Math.max(...tiles.map((t) => t.x + t.columns * t.width)) - x;
  return { x, y, width, height: Math.max(...tiles.map((t) => t.y + t.rows * t.height)) - y };
}

/**
 * Where an array is not drawn, its frame says so.
 *
 * @param {HTMLElement} notes
 * @param {Layout} layout
 * @param {Map<string, Look>} looks
 * @param {(name: string, mode: Look["mode"]) => import("../dom.js").Children} say
 */
function placeNotes(notes, layout, looks, say) {
  const made = [...looks].filter(([, { mode }]) => mode !== "drawn");
  notes.replaceChildren(
    ...made.map(([name, { mode }]) => {
      const extent = extentOf(layout, name);
      const isRoomy = extent.width / ratio() >= 34 && extent.height / ratio() >= 18;
      const note = el("div", { class: `note-frame ${mode}`, "data-array": name }, isRoomy ? say(name, mode) : null);
      place(note, extent);
      return note;
    }),
  );
}
