/** Adding up: how many products there are, why some are 0, what cancels, and whether the engine has the same. */

import { el, fill, restyle } from "../dom.js";
import { count, number, text } from "../numbers.js";
import { agrees } from "./terms.js";
import { zeroReasons } from "./zeros.js";

/** @typedef {import("./cursor.js").Context} Context */

/**
 * @param {Context} context
 * @returns {HTMLElement}
 */
export function addingUp(context) {
  const { terms, state } = context;
  const several = terms.count > 1;
  return el(
    "div",
    { class: "adding" },
    several && el("h3", {}, "Adding up"),
    several && census(context),
    several && bars(terms, state.digits),
    check(context),
  );
}

/** @param {Context} context */
function census({ why, terms, scene }) {
  const products = why.groups.every((group) => group.columns.filter((c) => c.kind !== "number").length < 2);
  const what = why.groups.length > 1 ? "terms" : products ? "numbers" : "products";
  const reasons = zeroReasons(scene, why, terms);
  if (!reasons.length) return el("p", {}, `${count(terms.count)} ${what}, none of them 0`);
  const items = [
    el("li", {}, `${count(terms.nonzero)} ${terms.nonzero === 1 ? "is" : "are"} not 0`),
    ...reasons.map(([reason, n]) => el("li", {}, `${count(n)} ${n === 1 ? "is" : "are"} 0: ${reason}`)),
  ];
  return el("div", {}, el("p", {}, `${count(terms.count)} ${what}:`), el("ul", { class: "reasons" }, ...items));
}

/**
 * Positive and negative, and what is left of them.
 *
 * @param {import("./terms.js").Terms} terms
 * @param {number} digits
 */
function bars({ above, below, sum }, digits) {
  const largest = Math.max(above, -below);
  if (!Number.isFinite(sum) || largest === 0) return null;
  const manner = { digits, plus: true };
  const bar = (/** @type {number} */ value, /** @type {string} */ kind) => {
    const box = el("div", { class: `bar-line ${kind}`, "aria-hidden": "true" }, el("div"));
    const part = (50 * Math.abs(value)) / largest;
    restyle(/** @type {HTMLElement} */ (box.firstElementChild), {
      width: `${part}%`,
      "margin-inline-start": `${value < 0 ? 50 - part : 50}%`,
    });
    return box;
  };
  const equation = [
    number(above, { ...manner, class: "positive" }),
    " ",
    below === 0 ? number(0) : number(below, { ...manner, class: "negative" }),
    " = ",
    number(sum, { ...manner, class: "left" }),
  ];
  return el(
    "div",
    { class: "bars" },
    el("p", { class: "equation" }, ...equation),
    bar(below, "negative"),
    bar(above, "positive"),
    bar(sum, "left"),
    el("p", { class: "note" }, "negative, positive, and what is left of them"),
  );
}

/** @param {Context} context */
function check({ why, terms, cursor }) {
  const { sum, firstNotFinite } = terms;
  const manner = { digits: 9, plus: true };
  const same = agrees(sum, why.value);
  const line = el(
    "p",
    { class: same ? "check" : "check wrong" },
    `Sum here ${text(sum, manner)}, engine ${text(why.value, manner)}. `,
    same
      ? sum !== why.value && Number.isFinite(sum)
        ? "Added in another order, the last digit may differ."
        : ""
      : "They do not agree.",
  );
  if (Number.isFinite(sum) || firstNotFinite < 0) return line;
  const value = text(terms.products[firstNotFinite]);
  const because = el("button", { type: "button", onclick: () => cursor.set(firstNotFinite) });
  fill(because, `product ${count(firstNotFinite + 1)} is ${value}`);
  return el("div", {}, el("p", { class: "check wrong" }, `${text(sum)}, because `, because, "."), line);
}
