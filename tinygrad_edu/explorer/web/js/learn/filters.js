/** The filters before the learning, now, and what became different: each on a scale that is written beside it. */

import { cellPicture } from "../cells.js";
import { el, fill } from "../dom.js";
import { text } from "../numbers.js";

const MOST = 16; // filters that are shown

/**
 * @param {any} before the scene without the changes
 * @param {any} now
 * @param {import("../colour.js").Scheme} scheme
 * @returns {HTMLElement | null} null where the network has no filters
 */
export function filtersTable(before, now, scheme) {
  const name = now.stages.find((/** @type {any} */ stage) => stage.primitive === "conv2d")?.parameters[0];
  if (!name || !before.arrays[name]) return null;
  const [old, current] = [before.arrays[name].values.data, now.arrays[name].values.data];
  const difference = Float64Array.from(current, (value, k) => value - old[k]);
  const [filters, channels, rows, columns] = now.arrays[name].shape;
  const shown = Math.min(MOST, filters);
  const size = Math.max(3, Math.min(10, Math.floor(30 / columns)));
  /** @type {[string, ArrayLike<number>, number][]} */
  const lines = [
    ["before", old, 1],
    ["now", current, 1],
    ["difference", difference, difference.reduce((most, d) => Math.max(most, Math.abs(d)), 0)],
  ];
  const row = (/** @type {[string, ArrayLike<number>, number]} */ [words, values, end]) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        words,
        el("br"),
        el("span", { class: "muted" }, end ? `±${text(end, { digits: 3 })}` : "0"),
      ),
      ...Array.from({ length: shown }, (_, k) => {
        const picture = cellPicture("value");
        picture.draw({ values, from: k * channels * rows * columns, rows, columns, end: end || 1, scheme }, size);
        return el("td", {}, picture.element);
      }),
    );
  const table = el("table", { class: "filters" }, el("caption", {}, `${name}: filters 0 to ${shown - 1}`));
  fill(table, table.caption, el("tbody", {}, ...lines.map(row)));
  return table;
}
