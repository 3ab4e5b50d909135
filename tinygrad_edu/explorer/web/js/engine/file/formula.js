/**
 * Writing a sum with its indices put in, as the engine does (explain/formula.py): an index that varies gets a letter, and
 * one that follows the letters already given is written as what it is.
 *
 * @typedef {import("./sources.js").Listed} Listed
 */

import { unflatIndex } from "../../why/indices.js";
import { countOf } from "./sources.js";

/** @type {Record<number, string>} */
const LETTERS = { 1: "i", 2: "nk", 3: "nij", 4: "ncij" };
/** @type {Record<number, string>} */
const GRADIENTS = { ...LETTERS, 4: "noij" };
/** @type {Record<number, string>} */
const WEIGHTS = { ...LETTERS, 2: "ki", 4: "ocuv" };
const SPARE = "ijklmpqrst";
/** @type {Record<string, number>} */
const LEVELS = { "+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 3 };

/**
 * @param {Listed[]} groups
 * @returns {string}
 */
export function sumText(groups) {
  const texts = groups
    .filter((group) => rowsOf(group) > 0)
    .map((group) => ({ sign: group.sign, text: groupText(group) }));
  if (!texts.length) return "0";
  return texts
    .map(({ sign, text }, k) => (k ? ` ${sign < 0 ? "-" : "+"} ${text}` : `${sign < 0 ? "-" : ""}${text}`))
    .join("");
}

/**
 * @param {string} name
 * @param {(string | number)[]} index
 */
export function elementText(name, index) {
  return index.length ? `${bracketed(name)}[${index.join(",")}]` : name;
}

/** @param {Listed} group */
export function rowsOf(group) {
  return group.columns.some((c) => c.flat.length === 0) ? 0 : countOf(group);
}

/** @param {string} name */
function bracketed(name) {
  let [depth, outermost] = [0, ""];
  for (const character of name) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (depth === 0) outermost += character;
  }
  const found = Object.keys(LEVELS).some((sign) => outermost.includes(` ${sign} `));
  return found || name.startsWith("-") ? `(${name})` : name;
}

/** @param {Listed} group */
function groupText(group) {
  const count = rowsOf(group);
  /** @type {Map<string, number[]>} */
  const letters = new Map();
  /** @type {string[]} */
  const above = [];
  /** @type {string[]} */
  const below = [];
  for (const { source, flat, divides } of group.columns) {
    const axes = source.shape.map(() => /** @type {number[]} */ ([]));
    for (const at of flat) unflatIndex(at, source.shape).forEach((i, axis) => axes[axis].push(i));
    const index = axes.map((i, axis) => indexText(i, axis, axes.length, source.name, letters));
    (divides ? below : above).push(elementText(source.name, index));
  }
  if (group.function) return `${group.function}(${above.join(", ")})`;
  const product = (above.length ? above : ["1"]).join(" * ") + below.map((text) => ` / ${text}`).join("");
  return count === 1 ? product : `${rangesText(letters, count)}${product}`;
}

/**
 * @param {number[]} i
 * @param {number} axis
 * @param {number} axes
 * @param {string} name
 * @param {Map<string, number[]>} letters
 */
function indexText(i, axis, axes, name, letters) {
  if (i.every((k) => k === i[0])) return String(i[0]);
  const known = affine(i, letters);
  if (known !== null) return known;
  const own = (name === "g" ? GRADIENTS : name.endsWith("weight") ? WEIGHTS : LETTERS)[axes] ?? SPARE;
  const letter = [own[axis % own.length], ...SPARE].find((l) => !letters.has(l)) ?? "?";
  letters.set(letter, i);
  return letter;
}

/**
 * An index as whole multiples of the letters plus a constant, where it is that: 2i-1, i+u.
 *
 * @param {number[]} i
 * @param {Map<string, number[]>} letters
 * @returns {string | null}
 */
function affine(i, letters) {
  if (!letters.size) return null;
  const columns = [...letters.values(), i.map(() => 1)];
  const factors = solved(columns, i).map(Math.round);
  if (i.some((k, row) => columns.reduce((sum, column, c) => sum + factors[c] * column[row], 0) !== k)) return null;
  const constant = factors[factors.length - 1];
  let text = "";
  [...letters.keys()].forEach((letter, k) => {
    const factor = factors[k];
    if (!factor) return;
    const size = Math.abs(factor) === 1 ? "" : String(Math.abs(factor));
    text += `${factor < 0 ? "-" : text ? "+" : ""}${size}${letter}`;
  });
  if (text.startsWith("-")) return `${constant}${text}`;
  return constant ? `${text}${constant > 0 ? "+" : ""}${constant}` : text;
}

/**
 * Least squares by the normal equations, eased a little where letters run along each other.
 *
 * @param {number[][]} columns
 * @param {number[]} wanted
 * @returns {number[]}
 */
function solved(columns, wanted) {
  const size = columns.length;
  const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  const rows = columns.map((a, r) => [...columns.map((b, c) => dot(a, b) + (r === c ? 1e-9 : 0)), dot(a, wanted)]);
  for (let k = 0; k < size; k += 1) {
    const best = rows.reduce((at, row, r) => (r >= k && Math.abs(row[k]) > Math.abs(rows[at][k]) ? r : at), k);
    [rows[k], rows[best]] = [rows[best], rows[k]];
    for (let r = 0; r < size; r += 1) {
      if (r === k) continue;
      const factor = rows[r][k] / rows[k][k];
      for (let c = k; c <= size; c += 1) rows[r][c] -= factor * rows[k][c];
    }
  }
  return rows.map((row, k) => row[size] / row[k]);
}

/**
 * @param {Map<string, number[]>} letters
 * @param {number} count
 */
function rangesText(letters, count) {
  const values = [...letters].map(
    ([letter, i]) => /** @type {const} */ ([letter, [...new Set(i)].sort((a, b) => a - b)]),
  );
  const places = values.reduce((n, [, v]) => n * v.length, 1);
  if (!letters.size || places !== count) {
    const named = letters.size ? ` (${[...letters.keys()].join(",")})` : "";
    return `sum over ${count.toLocaleString("en")} places${named} of `;
  }
  /** @type {Map<string, string[]>} */
  const ranges = new Map();
  for (const [letter, v] of values) {
    const last = v[v.length - 1];
    const text =
      v.length === last - v[0] + 1 ? `${v[0]}..${last}` : v.length > 2 ? `${v[0]},${v[1]}..${last}` : `${v[0]},${last}`;
    ranges.set(text, [...(ranges.get(text) ?? []), letter]);
  }
  return `sum over ${[...ranges].map(([text, names]) => `${names.join(",")} = ${text}`).join("; ")} of `;
}
