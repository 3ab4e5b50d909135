/** Where no answer was chosen there is no loss, and no gradient: the band asks for it. */

import { el } from "../dom.js";
import { withAnswer } from "../recipe.js";

/** @param {import("./grid.js").Hands} hands */
export function answerChooser({ scene, store }) {
  const choose = (/** @type {number} */ answer) => store.set({ recipe: withAnswer(store.get().recipe, answer) });
  return el(
    "fieldset",
    { class: "choose-answer" },
    el("legend", {}, "A gradient needs a loss, and a loss needs the answer. Which digit is it?"),
    ...scene().classes.map((name, k) => el("button", { type: "button", onclick: () => choose(k) }, name)),
  );
}
