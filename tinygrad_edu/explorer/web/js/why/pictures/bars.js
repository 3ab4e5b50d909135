/** Few terms, without a place on a map: a bar for each. */

import { el } from "../../dom.js";
import { number } from "../../numbers.js";
import { placeOf } from "../table.js";
import { endOf } from "./face.js";
import { signedBar } from "./subtotals.js";

export const MOST_BARS = 20;

/**
 * @param {import("../cursor.js").Context} context
 * @returns {HTMLElement | null}
 */
export function barPicture({ why, terms, cursor, state }) {
  if (terms.count < 2 || terms.count > MOST_BARS) return null;
  const end = endOf(terms.products);
  const items = Array.from(terms.products, (product, position) => {
    const [group, row] = terms.at(position);
    const button = el(
      "button",
      { type: "button", class: "subtotal" },
      el("span", { class: "plane-name" }, placeOf(why, group, row)),
      el(
        "span",
        { class: "plane-sum" },
        number(product, { plus: true, digits: state.digits }),
        signedBar(product, end),
      ),
    );
    button.addEventListener("click", () => cursor.set(position));
    return button;
  });
  cursor.listen(items[0], (at) => items.forEach((item, k) => item.setAttribute("aria-pressed", String(k === at))));
  return el(
    "section",
    { class: "subtotals narrow", "aria-label": "Terms as bars" },
    el("ul", {}, ...items.map((item) => el("li", {}, item))),
  );
}
