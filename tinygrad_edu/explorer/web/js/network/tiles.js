/**
 * Where the pictures of a column stand: tiles, in device pixels.
 *
 * @typedef {object} Tile
 * @property {string} name of the array
 * @property {number} first the position of its first number
 * @property {number} size how many numbers
 * @property {number} rows
 * @property {number} columns
 * @property {number} x
 * @property {number} y
 * @property {number} width of a cell
 * @property {number} height of a cell
 *
 * @typedef {object} Layout
 * @property {Tile[]} tiles
 * @property {number} width
 * @property {number} height
 * @property {number} pitch from row to row, which a table beside it keeps; 0 where there are none
 * @property {string | null} one the array of which only one output's weights are shown
 * @property {Set<string>} apart arrays whose tiles have outlines of their own; the others have one around all
 */

import { whole } from "../cells.js";
import { TABLE, isDense } from "./columns.js";
import { block, facesOf, fitted } from "./faces.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./sizes.js").Sizes} Sizes */
/** @typedef {import("../scene.js").Scene} Scene */

const PAIRED = 16; // so many filters stand each beside its map
const MARGIN = 4; // around all, for outlines
const ROW = 28; // a table's row

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {Sizes} sizes
 * @param {number} unit which output's weights are shown, where only one's are
 * @returns {Layout}
 */
export function layOut(scene, column, sizes, unit) {
  const made = new Maker(scene, sizes);
  const [weight, ...others] = column.parameters;
  if (weight === undefined) made.faces(String(column.output), 0, column.stage.primitive === null ? sizes.image : 0);
  else if (isDense(column.stage)) made.dense(weight, others, unit);
  else if (column.output !== null && made.isPaired(weight, column.output)) made.pairs(weight, others, column.output);
  else made.beside([weight, ...others], column.output, unit);
  return made.layout();
}

class Maker {
  /**
   * @param {Scene} scene
   * @param {Sizes} sizes
   */
  constructor(scene, sizes) {
    this.scene = scene;
    this.sizes = sizes;
    this.high = sizes.kind === "phone" ? 420 : 140 * Math.max(2, sizes.map);
    this.wide = sizes.kind === "phone" ? Math.floor(sizes.wide / 2) - 12 : 88 * Math.max(2, sizes.map);
    /** @type {Tile[]} */
    this.tiles = [];
    this.pitch = 0;
    /** @type {string | null} */
    this.one = null;
    /** @type {Set<string>} */
    this.apart = new Set();
  }

  /** @returns {Layout} */
  layout() {
    const margin = whole(MARGIN);
    for (const tile of this.tiles) {
      tile.x += margin;
      tile.y += margin;
    }
    const width = Math.max(1, ...this.tiles.map((t) => t.x + t.columns * t.width)) + margin;
    const height = Math.max(1, ...this.tiles.map((t) => t.y + t.rows * t.height)) + margin;
    return { tiles: this.tiles, width, height, pitch: this.pitch, one: this.one, apart: this.apart };
  }

  /**
   * @param {string} name
   * @param {number} k which face
   * @param {number} x
   * @param {number} y
   * @param {number} cell in device pixels
   */
  put(name, k, x, y, cell) {
    const { rows, columns, size } = facesOf(this.scene.arrays[name]);
    this.tiles.push({ name, first: k * size, size, rows, columns, x, y, width: cell, height: cell });
  }

  /**
   * All faces of an array, as large as they find room.
   *
   * @param {string} name
   * @param {number} x
   * @param {number} limit the largest cell, in CSS pixels; 0: so large that a small map becomes as large as others are
   * @param {{from?: number, count?: number, wide?: number}} [which]
   */
  faces(name, x, limit, { from = 0, count, wide = this.wide } = {}) {
    const faces = { ...facesOf(this.scene.arrays[name]) };
    const most = limit || this.largest(name);
    faces.count = count ?? faces.count;
    const gap = faces.count > PAIRED ? 2 : 6;
    if (gap === 6) this.apart.add(name);
    const fit = fitted(faces, gap, wide, this.high, most) ??
      fitted(faces, gap, this.sizes.kind === "phone" ? wide : this.sizes.wide, 600, most) ??
      fitted(faces, 1, this.sizes.wide, 4000, 1) ?? { cell: 1, across: 1 };
    const cell = whole(fit.cell);
    const [w, h] = [faces.columns * cell + whole(gap), faces.rows * cell + whole(gap)];
    for (let k = 0; k < faces.count; k++) {
      this.put(name, from + k, x + (k % fit.across) * w, Math.floor(k / fit.across) * h, cell);
    }
  }

  /**
   * @param {string} name
   * @returns {number} the largest cell of an array, in CSS pixels
   */
  largest(name) {
    const { rows, columns } = facesOf(this.scene.arrays[name]);
    const { map, kernel } = this.sizes;
    if (this.scene.arrays[name].laid_out.length < 3) return kernel;
    return Math.min(kernel, Math.max(map, Math.floor((26 * map) / Math.max(rows, columns))));
  }

  /**
   * @param {string} weight
   * @param {string} output
   */
  isPaired(weight, output) {
    const [a, b] = [weight, output].map((name) => facesOf(this.scene.arrays[name]));
    return a.count === b.count && a.count <= PAIRED && b.columns > 1 && this.scene.arrays[weight].shape.length > 2;
  }

  /**
   * Each filter beside its map, its bias below it.
   *
   * @param {string} weight
   * @param {string[]} biases
   * @param {string} output
   */
  pairs(weight, biases, output) {
    const [kernel, map] = [weight, output].map((name) => facesOf(this.scene.arrays[name]));
    const size = fitted({ ...map, count: Math.ceil(map.count / 2) }, 6, 600, this.high, this.sizes.map)?.cell ?? 1;
    const cell = whole(size);
    const small = whole(Math.max(2, Math.min(this.sizes.kernel, Math.floor((map.rows * size * 0.55) / kernel.rows))));
    const [gap, near] = [whole(6), whole(4)];
    const pair = kernel.columns * small + near + map.columns * cell + gap;
    const across = map.count > 4 ? 2 : 1;
    const tall = kernel.rows * small + biases.length * (near + whole(10)); // a filter and what stands below it
    const pitch = Math.max(map.rows * cell, tall) + gap;
    for (let k = 0; k < map.count; k++) {
      const x = (k % across) * pair;
      const y = Math.floor(k / across) * pitch;
      const lead = Math.max(0, Math.floor((map.rows * cell - tall) / 2));
      this.put(weight, k, x, y + lead, small);
      const below = y + lead + kernel.rows * small + near;
      this.bars(biases, k, x, below, kernel.columns * small, whole(10));
      this.put(output, k, x + kernel.columns * small + near, y, cell);
    }
    for (const name of [weight, output, ...biases]) this.apart.add(name);
  }

  /**
   * One number of each of these arrays, as a bar.
   *
   * @param {string[]} names
   * @param {number} k
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  bars(names, k, x, y, width, height) {
    names.forEach((name, order) => {
      const at = y + order * (height + whole(4));
      this.tiles.push({ name, first: k, size: 1, rows: 1, columns: 1, x, y: at, width, height });
    });
  }

  /**
   * The weights of a dense layer: a wall with a row for each output, which stands in line with the output's number.
   *
   * @param {string} weight
   * @param {string[]} biases
   * @param {number} unit
   */
  dense(weight, biases, unit) {
    const array = this.scene.arrays[weight];
    const outputs = array.shape[0];
    const faces = facesOf(array);
    const across = faces.count / outputs;
    const { dense, kind } = this.sizes;
    const target = kind === "phone" ? 26 : 26 * dense;
    const gap = whole(2);
    if (outputs <= TABLE && kind !== "phone") {
      const most = Math.floor(Math.min(target / faces.rows, (300 * dense) / (across * (faces.columns + 2))));
      const cell = Math.max(1, most);
      const high = Math.max(target, faces.rows * cell);
      if (across * (faces.columns * cell + 2) <= 420 * dense && outputs * (high + 2) <= 460 * dense) {
        this.pitch = whole(high) + gap;
        for (let k = 0; k < outputs; k++) this.wallRow(weight, biases, k, across, whole(cell), whole(high));
        return;
      }
    } else if (across === 1) {
      const grid = block(outputs);
      const [w, h] = [faces.columns + 2, faces.rows + 2];
      if (grid.columns * w <= this.wide * 1.6 && grid.rows * h <= this.high * 1.6) {
        for (let k = 0; k < outputs; k++) {
          const [x, y] = [
            (k % grid.columns) * (faces.columns * whole(1) + gap),
            Math.floor(k / grid.columns) * (faces.rows * whole(1) + gap),
          ];
          this.put(weight, k, x, y, whole(1));
        }
        this.below(biases, this.sizes.kernel);
        return;
      }
    }
    this.oneUnit(weight, biases, unit);
  }

  /**
   * @param {string} weight
   * @param {string[]} biases
   * @param {number} k
   * @param {number} across
   * @param {number} cell
   * @param {number} high
   */
  wallRow(weight, biases, k, across, cell, high) {
    const faces = facesOf(this.scene.arrays[weight]);
    const y = k * this.pitch + Math.floor((high - faces.rows * cell) / 2);
    const step = faces.columns * cell + whole(2);
    for (let c = 0; c < across; c++) this.put(weight, k * across + c, c * step, y, cell);
    this.bars(biases, k, across * step + whole(3), k * this.pitch, whole(12), high);
  }

  /**
   * Only the weights that lead to one output: all would not find room.
   *
   * @param {string} weight
   * @param {string[]} biases
   * @param {number} unit
   */
  oneUnit(weight, biases, unit) {
    const array = this.scene.arrays[weight];
    const each = facesOf(array).count / array.shape[0];
    const wide = this.sizes.kind === "phone" ? this.wide : Math.max(this.wide, 240);
    this.faces(weight, 0, 0, { from: unit * each, count: each, wide });
    this.one = weight;
    const bottom = Math.max(0, ...this.tiles.map((t) => t.y + t.rows * t.height)) + whole(8);
    const right = Math.max(...this.tiles.map((t) => t.x + t.columns * t.width));
    this.bars(biases, unit, 0, bottom, Math.min(right, whole(40)), whole(12));
    for (const name of biases) this.apart.add(name);
  }

  /**
   * Parameters, and what was computed with them at their right.
   *
   * @param {string[]} parameters
   * @param {string | null} output
   * @param {number} unit
   */
  beside(parameters, output, unit) {
    const [weight, ...others] = parameters;
    this.wall(weight, unit);
    this.below(others, this.sizes.kernel);
    if (output !== null) this.faces(output, this.right() + whole(12), 0);
  }

  /**
   * Kernels in rows of filters and columns of channels; a few as large as they find room.
   *
   * @param {string} name
   * @param {number} unit
   */
  wall(name, unit) {
    const array = this.scene.arrays[name];
    const faces = facesOf(array);
    const across = faces.count / array.shape[0];
    if (array.shape.length < 3 || across === 1) {
      this.faces(name, 0, this.sizes.kernel);
      return;
    }
    const down = array.shape[0];
    for (let cell = Math.min(4, this.sizes.kernel); cell >= 1; cell--) {
      const gap = cell > 2 ? 2 : 1;
      const [w, h] = [faces.columns * cell + gap, faces.rows * cell + gap];
      if (across * w > this.wide || down * h > this.high * 1.2) continue;
      const [stepX, stepY] = [faces.columns * whole(cell) + whole(gap), faces.rows * whole(cell) + whole(gap)];
      for (let k = 0; k < faces.count; k++) {
        this.put(name, k, (k % across) * stepX, Math.floor(k / across) * stepY, whole(cell));
      }
      return;
    }
    this.one = name;
    this.faces(name, 0, this.sizes.kernel, { from: unit * across, count: across });
  }

  /**
   * @param {string[]} names
   * @param {number} most
   */
  below(names, most) {
    for (const name of names) {
      const from = this.tiles.length;
      const bottom = Math.max(0, ...this.tiles.map((t) => t.y + t.rows * t.height)) + whole(10);
      this.faces(name, 0, most);
      for (const tile of this.tiles.slice(from)) tile.y += bottom;
    }
  }

  right() {
    return Math.max(0, ...this.tiles.map((t) => t.x + t.columns * t.width));
  }
}

/**
 * @param {Layout} layout
 * @returns {number} how high a row of the table beside it is, in device pixels
 */
export function rowHeight(layout) {
  return layout.pitch || whole(ROW);
}

/**
 * @param {Layout} layout
 * @param {number} x in device pixels
 * @param {number} y
 * @returns {{name: string, flat: number} | null} the number there
 */
export function hit({ tiles }, x, y) {
  for (const tile of tiles) {
    const [column, row] = [Math.floor((x - tile.x) / tile.width), Math.floor((y - tile.y) / tile.height)];
    if (column < 0 || row < 0 || column >= tile.columns || row >= tile.rows) continue;
    const k = row * tile.columns + column;
    if (k < tile.size) return { name: tile.name, flat: tile.first + k };
  }
  return null;
}
