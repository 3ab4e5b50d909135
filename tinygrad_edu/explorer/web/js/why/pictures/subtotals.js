/** The subtotals of a sum over several maps: a bar and small pictures for each, and the choice of the one to look at. */

import { cellPicture } from "../../cells.js";
import { el, restyle } from "../../dom.js";
import { count, number } from "../../numbers.js";
import { tableBy } from "../planes.js";
import { added } from "../terms.js";
import { CLOSED, whyZero } from "../zeros.js";
import { endOf, factorShown, productsShown } from "./face.js";

/**
 * @typedef {import("../cursor.js").Context} Context
 * @typedef {import("../planes.js").Plane} Plane
 */

/**
 * @param {Context} context
 * @param {number} group
 * @param {Plane[]} planes
 * @param {number} offset
 * @param {{ chosen: number }} state
 * @param {() => void} show
 */
export function subtotals(context, group, planes, offset, state, show) {
  const { terms, why } = context;
  const sums = planes.map((plane) => added(Array.from(plane.terms, (term) => terms.products[offset + term])));
  const end = endOf(sums);
  const shared = scales(context, group, planes, offset);
  const items = planes.map((plane, k) => {
    const button = el(
      "button",
      { type: "button", class: "subtotal", "aria-pressed": String(k === state.chosen) },
      el("span", { class: "plane-name" }, planeName(planes, plane)),
      thumbnails(context, group, plane, offset, shared),
      el(
        "span",
        { class: "plane-sum" },
        zeroNote(context, group, plane, offset) ?? number(sums[k], { plus: true, digits: context.state.digits }),
        signedBar(sums[k], end),
      ),
    );
    button.addEventListener("click", () => {
      context.cursor.set(largestOf(context, plane, offset));
      state.chosen = k;
      show();
    });
    return button;
  });
  context.cursor.listen(items[0], (position) => {
    planes.forEach((plane, k) =>
      items[k].setAttribute("aria-pressed", String(plane.terms.includes(position - offset))),
    );
  });
  const others = why.groups.flatMap((other, k) => {
    if (k === group || other.part !== why.groups[group].part || other.products.data.length > 1) return [];
    const value = other.products.data[0];
    const sum = el(
      "span",
      { class: "plane-sum" },
      number(value, { plus: true, digits: context.state.digits }),
      signedBar(value, end),
    );
    return [
      el(
        "li",
        {},
        el("span", { class: "subtotal plain" }, el("span", { class: "plane-name" }, other.columns[0]?.name ?? ""), sum),
      ),
    ];
  });
  const name = `${count(planes.length)} subtotals`;
  return el(
    "section",
    { class: "subtotals", "aria-label": name },
    el("ul", {}, ...items.map((item) => el("li", {}, item)), ...others),
  );
}

/**
 * @param {Context} context
 * @param {Plane} plane
 * @param {number} offset
 */
function largestOf({ terms }, plane, offset) {
  let best = offset + plane.terms[0];
  for (const term of plane.terms) {
    if (Math.abs(terms.products[offset + term]) > Math.abs(terms.products[best])) best = offset + term;
  }
  return best;
}

/**
 * "ReLU closed here: 9 zeros", where that is all there is to see of a plane.
 *
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} offset
 */
function zeroNote({ scene, why, terms }, group, plane, offset) {
  const closed = plane.terms.every(
    (term) => whyZero(scene, why, group, term, terms.products[offset + term]) === CLOSED,
  );
  return closed
    ? `ReLU closed here: ${count(plane.terms.length)} ${plane.terms.length === 1 ? "zero" : "zeros"}`
    : null;
}

/**
 * What tells a plane from the others: the index that they do not share.
 *
 * @param {Plane[]} planes
 * @param {Plane} plane
 */
function planeName(planes, plane) {
  for (const [k, face] of plane.faces.entries()) {
    const own = face.lead.filter((i, axis) => planes.some((other) => other.faces[k].lead[axis] !== i));
    if (own.length) return own.join(",");
  }
  return "";
}

/**
 * @param {Context} context
 * @param {number} group
 * @param {Plane[]} planes
 * @param {number} offset
 */
function scales(context, group, planes, offset) {
  const faces = planes[0].faces.map((_, k) =>
    endOf(...planes.map((plane) => factorShown(context, plane.faces[k], plane, tableBy(plane, 0)).values)),
  );
  return [
    ...faces,
    endOf(...planes.map((plane) => productsShown(context, group, plane, tableBy(plane, 0), offset).values)),
  ];
}

/**
 * The factors and the products of a plane, small; all planes share their scales.
 *
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} offset
 * @param {number[]} ends
 */
function thumbnails(context, group, plane, offset, ends) {
  const table = tableBy(plane, 0);
  const longest = Math.max(table.length, table[0]?.length ?? 1);
  const size = Math.max(1, Math.min(12, Math.floor((context.width < 700 ? 52 : 78) / longest)));
  const all = [
    ...plane.faces.map((face) => factorShown(context, face, plane, table)),
    productsShown(context, group, plane, table, offset),
  ];
  const pictures = all.map(({ values, rows, columns, closed }, k) => {
    const picture = cellPicture(plane.faces[k]?.column.kind === "gradient" ? "gradient" : "value");
    picture.draw({ values, rows, columns, end: ends[k], scheme: context.state.scheme, closed }, size);
    return picture.element;
  });
  return el("span", { class: "thumbnails", "aria-hidden": "true" }, ...pictures);
}

/**
 * @param {number} value
 * @param {number} end
 */
export function signedBar(value, end) {
  const bar = el(
    "span",
    { class: `signed-bar ${value < 0 ? "negative" : "positive"}`, "aria-hidden": "true" },
    el("span"),
  );
  const part = Math.min(50, (50 * Math.abs(value)) / end) || 0;
  restyle(/** @type {HTMLElement} */ (bar.firstElementChild), {
    width: `${part}%`,
    "inset-inline-start": `${value < 0 ? 50 - part : 50}%`,
  });
  return bar;
}
