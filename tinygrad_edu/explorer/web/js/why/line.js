/** The term under the cursor as a line of arithmetic: each factor a button that leads on. */

import { el, fill } from "../dom.js";
import { number, text } from "../numbers.js";
import { factorAddress, factorName } from "./addresses.js";
import { valueAt } from "./terms.js";

/** @typedef {import("./cursor.js").Context} Context */

/**
 * @param {Context} context
 * @returns {HTMLElement | null}
 */
export function termLine(context) {
  const { terms, cursor, why } = context;
  const bare = why.groups.every((group) => group.columns.every((column) => column.kind === "number"));
  if (terms.count === 0 || bare) return null;
  const line = el("p", { class: "term-line" });
  cursor.listen(line, (position) => fill(line, ...written(context, position)));
  return line;
}

/**
 * @param {Context} context
 * @param {number} position
 */
function written(context, position) {
  const { why, terms, state } = context;
  const [group, row] = terms.at(position);
  const { columns, sign, function: name } = why.groups[group];
  const manner = { digits: state.digits };
  /** @type {import("../dom.js").Child[]} */
  const pieces = name ? [`${name}(`] : sign < 0 ? ["− "] : [];
  columns.forEach((column, k) => {
    if (k && !column.divides) pieces.push(name ? ", " : " · ");
    if (column.divides) pieces.push(" / ");
    pieces.push(factorButton(context, group, row, k));
  });
  if (name) pieces.push(")");
  if (columns.length > 1 || name || sign < 0) {
    pieces.push(" = ", number(terms.products[position], { ...manner, plus: true, class: "product" }));
  }
  return pieces;
}

/**
 * @param {Context} context
 * @param {number} group
 * @param {number} row
 * @param {number} k
 * @param {number} [most] characters of the number
 * @returns {HTMLElement}
 */
export function factorButton(context, group, row, k, most = Infinity) {
  const { why, ask, state } = context;
  const column = why.groups[group].columns[k];
  const value = valueAt(column, row);
  const address = factorAddress(why, group, row, k);
  const manner = { digits: state.digits };
  if (!address) return el("span", { class: "factor bare" }, number(value, manner));
  const name = factorName(column, row);
  return el(
    "button",
    { type: "button", class: `factor ${column.kind}`, onclick: () => ask(address) },
    el("span", { class: "unseen" }, "Why "),
    el("span", { class: "name" }, name),
    " ",
    number(value, fitting(value, manner, most)),
  );
}

/**
 * With as many digits as fit into so many characters.
 *
 * @param {number} value
 * @param {import("../numbers.js").Manner} manner
 * @param {number} most
 * @returns {import("../numbers.js").Manner}
 */
export function fitting(value, manner, most) {
  for (let digits = manner.digits ?? 4; digits > 2; digits -= 1) {
    if (text(value, { ...manner, digits }).length <= most) return { ...manner, digits };
  }
  return { ...manner, digits: 2 };
}

/**
 * A term in words, for a reader who hears it.
 *
 * @param {Context} context
 * @param {number} position
 * @param {string | null} zero why it is 0
 */
export function spokenTerm({ why, terms, state }, position, zero) {
  const [group, row] = terms.at(position);
  const manner = { digits: state.digits };
  const { columns, function: name } = why.groups[group];
  const factors = columns.map((column) => `${factorName(column, row)} ${text(valueAt(column, row), manner)}`);
  const product = `${text(terms.products[position], { ...manner, plus: true })}${zero ? `, ${zero}` : ""}`;
  return columns.length > 1 || name ? `${factors.join(" times ")} is ${product}` : `${factors[0] ?? product}`;
}
