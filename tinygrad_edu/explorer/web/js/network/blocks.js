/** Where blocks of an array stand on a board: as boxes to draw frames by. */

import { sizeOf } from "../scene.js";
import { extentOf } from "./board.js";

const MOST = 150; // frames one by one; more become one around all

/** @typedef {import("./tiles.js").Layout} Layout */
/** @typedef {import("../cells.js").Box} Box */
/** @typedef {import("../scene.js").SceneArray} SceneArray */

/**
 * @param {Layout} layout
 * @param {string} name
 * @param {SceneArray} array
 * @param {{from: number[], size: number[]}} block
 * @param {string} kind
 * @returns {Box[]}
 */
export function boxesOf(layout, name, array, { from, size }, kind) {
  if (size.some((length) => length <= 0)) return [];
  const { shape, laid_out } = array;
  const isAll = size.every((length, axis) => length === shape[axis]);
  const tiles = layout.tiles.filter((tile) => tile.name === name);
  if (tiles.length === 0) return [];
  if (isAll && !layout.apart.has(name)) return [{ ...extentOf(layout, name), kind }];
  const boxes =
    shape.length > 2 && shape.join() === laid_out.join()
      ? inFaces(tiles, shape, from, size)
      : inRows(tiles, shape, from, size);
  if (boxes.length > MOST) return [{ ...around(boxes), kind }];
  return boxes.map((box) => ({ ...box, kind }));
}

/**
 * The last two axes are a face's rows and columns: a block is a rectangle in each face.
 *
 * @param {import("./tiles.js").Tile[]} tiles
 * @param {number[]} shape
 * @param {number[]} from
 * @param {number[]} size
 */
function inFaces(tiles, shape, from, size) {
  const face = shape[shape.length - 1] * shape[shape.length - 2];
  const [row, column] = from.slice(-2);
  const [rows, columns] = size.slice(-2);
  const wanted = new Set(starts(shape.slice(0, -2), from, size).map((k) => k * face));
  return tiles
    .filter((tile) => wanted.has(tile.first))
    .map(({ x, y, width, height }) => {
      return { x: x + column * width, y: y + row * height, width: columns * width, height: rows * height };
    });
}

/**
 * The last axis is cut into faces: a block is whole faces, or single cells.
 *
 * @param {import("./tiles.js").Tile[]} tiles
 * @param {number[]} shape
 * @param {number[]} from
 * @param {number[]} size
 */
function inRows(tiles, shape, from, size) {
  const last = shape.length - 1;
  const ranges = starts(shape.slice(0, -1), from, size).map((k) => {
    const first = k * (shape[last] ?? 1) + (from[last] ?? 0);
    return [first, first + (size[last] ?? 1)];
  });
  const boxes = [];
  for (const [first, end] of ranges) {
    for (const tile of tiles) {
      if (tile.first >= end || tile.first + tile.size <= first) continue;
      if (tile.first >= first && tile.first + tile.size <= end) {
        boxes.push({ x: tile.x, y: tile.y, width: tile.columns * tile.width, height: tile.rows * tile.height });
        continue;
      }
      for (
        let k = Math.max(first, tile.first) - tile.first;
        k < Math.min(end, tile.first + tile.size) - tile.first;
        k++
      ) {
        boxes.push(cellBox(tile, k));
      }
    }
  }
  return boxes;
}

/**
 * @param {import("./tiles.js").Tile} tile
 * @param {number} k
 */
export function cellBox({ x, y, width, height, columns }, k) {
  return { x: x + (k % columns) * width, y: y + Math.floor(k / columns) * height, width, height };
}

/**
 * @param {number[]} shape leading axes
 * @param {number[]} from
 * @param {number[]} size
 * @returns {number[]} the positions, in rows of these axes, that a block holds
 */
function starts(shape, from, size) {
  /** @type {number[]} */
  let found = [0];
  shape.forEach((length, axis) => {
    found = found.flatMap((k) => Array.from({ length: size[axis] }, (_, i) => k * length + from[axis] + i));
  });
  return found.filter((k) => k < sizeOf(shape));
}

/** @param {{x: number, y: number, width: number, height: number}[]} boxes */
function around(boxes) {
  const x = Math.min(...boxes.map((b) => b.x));
  const y = Math.min(...boxes.map((b) => b.y));
  const width = Math.max(...boxes.map((b) => b.x + b.width)) - x;
  return { x, y, width, height: Math.max(...boxes.map((b) => b.y + b.height)) - y };
}
