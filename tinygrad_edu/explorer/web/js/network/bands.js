/**
 * The two bands: values above, from left to right; gradients below, from right to left, each under its value.  Columns
 * that find no room in one row make several; on a phone each stage stands by itself, value left, gradient right.
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./half.js").Half} Half
 * @typedef {import("./sizes.js").Sizes} Sizes
 * @typedef {import("./tiles.js").Layout} Layout
 * @typedef {import("./grid.js").Hands} Hands
 *
 * @typedef {object} Shown a column on the screen
 * @property {Column} column
 * @property {number} width in CSS pixels
 * @property {Half} value
 * @property {Half | null} gradient null where no answer was chosen
 * @property {ReturnType<typeof import("./gauge.js").makeGauge> | null} gauge
 * @property {ReturnType<typeof makeFills> | null} fills
 * @property {HTMLElement} unit where the output is chosen whose weights are shown
 */

import { ratio } from "../cells.js";
import { el, restyle } from "../dom.js";
import { answerChooser } from "./answer.js";
import { makeBadge } from "./badge.js";
import { makeGauge } from "./gauge.js";
import { makeFills, makeHalf } from "./half.js";

const LEAST = { board: 84, table: 108, scalar: 112 };
const EDGE = 8; // a board's margins, which lie outside its column

/**
 * @param {Hands} hands
 * @param {Column[]} columns
 * @param {Sizes} sizes
 * @param {(column: Column) => Layout} layoutOf
 */
export function makeBands(hands, columns, sizes, layoutOf) {
  const hasLoss = hands.scene().answer !== null;
  const shown = columns.map((column) => makeShown(hands, column, layoutOf(column), hasLoss));
  const badges = columns.flatMap(({ steps }) => steps).map((step) => makeBadge(hands, step));
  const badgesOf = (/** @type {Column} */ column) => badges.filter((badge) => column.steps.includes(badge.step));
  const title = el("b", { class: "at-answer" });
  const make = sizes.kind === "phone" ? phone : rowsOf;
  const elements = make(hands, shown, sizes, badgesOf, title, hasLoss);
  return { elements, shown, badges, title };
}

/**
 * @param {Hands} hands
 * @param {Column} column
 * @param {Layout} layout
 * @param {boolean} hasLoss
 * @returns {Shown}
 */
function makeShown(hands, column, layout, hasLoss) {
  const names = [...column.parameters, ...(column.output === null ? [] : [column.output])];
  const least = column.stage.primitive === "log_softmax" ? LEAST.table + 26 : LEAST[column.kind];
  return {
    column,
    width: column.kind === "board" ? Math.max(least, layout.width / ratio() - EDGE) : least,
    value: makeHalf(hands, column, false),
    gradient: hasLoss ? makeHalf(hands, column, true) : null,
    gauge: hasLoss ? makeGauge(hands, names) : null,
    fills: hasLoss ? makeFills(hands, column) : null,
    unit: el("div", { class: "unit" }),
  };
}

/**
 * @param {Hands} hands
 * @param {Shown[]} shown
 * @param {Sizes} sizes
 * @param {(column: Column) => ReturnType<typeof makeBadge>[]} badgesOf
 * @param {HTMLElement} title
 * @param {boolean} hasLoss
 */
function rowsOf(hands, shown, sizes, badgesOf, title, hasLoss) {
  const rows = balanced(shown, sizes);
  return rows.map((row, k) => {
    const which = rows.length > 1 ? `, row ${k + 1} of ${rows.length}` : "";
    const used = row.reduce((sum, { width }) => sum + width, 0);
    const gap = Math.max(sizes.gap, Math.min(96, (sizes.wide - used) / Math.max(1, row.length - 1)));
    const template = row.map(({ width }) => `${width}px`).join(" ");
    const grid = (/** @type {HTMLElement} */ element) => {
      restyle(element, { "grid-template-columns": template, "column-gap": `${gap}px`, "--gap": `${gap}px` });
      return element;
    };
    const isFirst = k === 0;
    const values = el(
      "section",
      { class: "band values", "aria-label": `Values${which}` },
      isFirst
        ? el("h2", { class: "band-title" }, el("b", {}, "Values:"), " what the network computes, left to right →")
        : el("p", { class: "band-title" }, el("b", {}, "Values"), " go on →"),
      grid(el("div", { class: "columns" }, ...row.map(valueColumn))),
    );
    const backwards = row.map((one, at) => ({ one, at })).reverse();
    const gradients = el(
      "section",
      { class: "band gradients", "aria-label": `Gradients${which}` },
      isFirst
        ? el(
            "h2",
            { class: "band-title" },
            el("b", {}, "Gradients:"),
            " how fast the loss rises when the number above rises, right to left ←. ",
            title,
          )
        : hasLoss && el("p", { class: "band-title" }, el("b", {}, "Gradients"), " come from the right ←"),
      hasLoss
        ? [
            grid(
              el(
                "ol",
                { class: "arrows", "aria-label": `Steps of the backward pass${which}` },
                ...backwards.flatMap(({ one, at }) => {
                  const here = badgesOf(one.column);
                  here.forEach((badge) => restyle(badge.element, { "grid-column": at + 1 }));
                  here.forEach((badge) => badge.element.classList.toggle("first", at === 0));
                  here.forEach((badge, order) => restyle(badge.element, { "--order": order, "--of": here.length }));
                  return here.map((badge) => badge.element).reverse();
                }),
              ),
            ),
            grid(el("div", { class: "columns" }, ...backwards.map(({ one, at }) => gradientColumn(one, at + 1)))),
          ]
        : isFirst && answerChooser(hands),
    );
    return el("div", { class: "row" }, values, gradients);
  });
}

/**
 * @param {Shown} shown
 * @param {number} k
 */
function valueColumn({ column, value, unit }, k) {
  return el(
    "div",
    { class: `column ${k > 0 ? "arrow" : ""}`, "data-column": column.key },
    head(column),
    value.element,
    unit,
  );
}

/** @param {Column} column */
function head({ title, subtitle }) {
  return el("div", { class: "head" }, el("h3", {}, title), el("p", { class: "note" }, subtitle));
}

/**
 * @param {Shown} shown
 * @param {number} at
 */
function gradientColumn({ column, gradient, gauge, fills }, at) {
  const body = el(
    "div",
    { class: "column", "data-column": column.key },
    gradient?.element,
    fills?.element,
    gauge?.element,
  );
  restyle(body, { "grid-column": at, "grid-row": 1 });
  return body;
}

/**
 * Columns in rows: as few rows as find room, and those about equally long.
 *
 * @param {Shown[]} shown
 * @param {Sizes} sizes
 * @returns {Shown[][]}
 */
function balanced(shown, { wide, gap }) {
  let best = packed(shown, wide, gap);
  const rows = best.length;
  for (let limit = wide - 20; rows > 1 && limit > wide / 2; limit -= 20) {
    const narrower = packed(shown, limit, gap);
    if (narrower.length > rows) break;
    best = narrower;
  }
  return best;
}

/**
 * @param {Shown[]} shown
 * @param {number} wide
 * @param {number} gap
 * @returns {Shown[][]}
 */
function packed(shown, wide, gap) {
  /** @type {Shown[][]} */
  const rows = [];
  let left = -1;
  shown.forEach((one, k) => {
    // the weights of a dense layer stand in line with what they compute: in one row
    const next = one.column.output === null && shown[k + 1]?.column.kind === "table" ? gap + shown[k + 1].width : 0;
    if (left < one.width + gap + next) {
      rows.push([]);
      left = wide + gap;
    }
    rows[rows.length - 1].push(one);
    left -= one.width + gap;
  });
  return rows;
}

/**
 * @param {Hands} hands
 * @param {Shown[]} shown
 * @param {Sizes} _
 * @param {(column: Column) => ReturnType<typeof makeBadge>[]} badgesOf
 * @param {HTMLElement} title
 * @param {boolean} hasLoss
 */
function phone(hands, shown, _, badgesOf, title, hasLoss) {
  const intro = el(
    "div",
    { class: "band-title" },
    el("h2", { class: "unseen" }, "The network"),
    el("p", {}, el("b", {}, "Values"), " (left): what the network computes. "),
    el(
      "p",
      {},
      el("b", {}, "Gradients"),
      " (right): how fast the loss rises when the number at its left rises. ",
      title,
    ),
  );
  const stages = shown.map(({ column, value, gradient, gauge, fills, unit }) =>
    el(
      "section",
      { class: "stage", "aria-label": column.title, "data-column": column.key },
      head(column),
      unit,
      el(
        "div",
        { class: "sides" },
        el("div", { class: "side" }, el("p", { class: "note" }, "value"), value.element),
        gradient &&
          el(
            "div",
            { class: "side" },
            el(
              "div",
              { class: "note" },
              "gradient ",
              el("ol", { class: "arrows" }, ...badgesOf(column).map((b) => b.element)),
            ),
            gradient.element,
            fills?.element,
            gauge?.element,
          ),
      ),
    ),
  );
  return [intro, ...(hasLoss ? [] : [answerChooser(hands)]), ...stages];
}
