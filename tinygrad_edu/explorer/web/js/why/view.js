/** What stands in the why panel once the engine has answered. */

import { el } from "../dom.js";
import { pictures } from "./pictures/index.js";
import { addingUp } from "./sum.js";
import { explained } from "./words.js";
import { formulaTree, mathElement } from "./mathml.js";
import { measured } from "./slope.js";
import { parseFormula } from "./formula.js";
import { rules } from "./rule.js";
import { spokenFormula } from "./spoken.js";
import { termLine } from "./line.js";
import { termTable } from "./table.js";

/**
 * @typedef {import("./cursor.js").Context} Context
 * @typedef {import("../state.js").Store} Store
 * @typedef {import("../engine/http.js").Engine} Engine
 */

/**
 * @param {Context} context
 * @param {Store} store
 * @param {Engine} engine
 * @returns {import("../dom.js").Child[]}
 */
export function answerView(context, store, engine) {
  const { why } = context;
  const given = why.kind === "given";
  return [
    !given && formula(why),
    ...explained(context.scene, why).map((sentence) => el("p", { class: "sentence" }, sentence)),
    actions(context, store),
    !given &&
      el(
        "div",
        { class: "why-columns" },
        el("div", { class: "why-pictures" }, ...pictures(context), termLine(context)),
        el("div", { class: "why-sum" }, addingUp(context), measured(engine, context), termTable(context)),
      ),
    ...rules(why.parts),
  ];
}

/** @param {import("./terms.js").Why} why */
function formula(why) {
  const read = parseFormula(why.formula);
  const spoken = spokenFormula(read);
  return el(
    "div",
    { class: "formula", tabindex: "0", role: "region", "aria-label": "Formula" },
    mathElement(formulaTree(read), spoken),
  );
}

/**
 * Where one can go from here besides the factors: the same index's value or gradient, and what if.
 *
 * @param {Context} context
 * @param {Store} store
 */
function actions({ why, scene, ask }, store) {
  const { of, gradient, index, through } = why.question;
  if (through?.length) return null;
  const array = scene.arrays[of];
  const other = gradient ? "Why its value?" : "Why its gradient?";
  const buttons = [];
  if (array && (gradient || array.gradient)) {
    buttons.push(el("button", { type: "button", onclick: () => ask({ of, gradient: !gradient, index }) }, other));
  }
  if (array && (array.role === "parameter" || array.role === "input")) {
    const open = () => store.set({ panel: "whatif", whatif: { of, gradient: false, index } });
    buttons.push(el("button", { type: "button", onclick: open }, "What if it were another?"));
  }
  if (array?.role === "parameter" && !gradient) {
    buttons.push(el("button", { type: "button", onclick: () => store.set({ panel: "learn" }) }, "See it learn"));
  }
  return el("p", { class: "actions" }, ...buttons);
}
