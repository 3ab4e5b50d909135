/** Beside a gradient, the slope as measured: a central difference, which needs no rule. */

import { el, fill } from "../dom.js";
import { Gone, Refusal } from "../engine/http.js";
import { number } from "../numbers.js";

/**
 * @param {import("../engine/http.js").Engine} engine
 * @param {import("./cursor.js").Context} context
 * @returns {HTMLElement} empty until the engine has answered, and where it cannot
 */
export function measured(engine, { why, state }) {
  const place = el("p", { class: "measured" });
  if (why.kind !== "gradient" || why.question.through?.length) return place;
  engine
    .ask("slope", state.recipe, { question: why.question })
    .then((found) => found.available && fill(place, ...said(found, state.digits)))
    .catch((error) => {
      if (!(error instanceof Refusal || error instanceof Gone)) throw error; // it is only missing then
    });
  return place;
}

/**
 * @param {any} found central_difference, step, switched, dtype
 * @param {number} digits
 */
function said({ central_difference: difference, step, switched, dtype }, digits) {
  const note = switched ? ` ${switched} ReLU${switched > 1 ? "s" : ""} switched within h: two slopes are mixed.` : "";
  const exact = number(step, { digits: 1 });
  return [
    "Measured, without any rule: (L(+h) − L(−h)) / 2h = ",
    number(difference, { digits, plus: true }),
    " with h = ",
    exact,
    `, in ${dtype}.${note}`,
  ];
}
