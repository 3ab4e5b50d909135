/** A step of the backward pass, at the arrow between two columns: a button that goes there. */

import { el } from "../dom.js";

/**
 * @param {import("./grid.js").Hands} hands
 * @param {number} step
 */
export function makeBadge(hands, step) {
  const rule = hands.scene().steps.find(({ number }) => number === step);
  const name = rule?.primitive.name ?? "";
  const button = el(
    "button",
    { type: "button", class: "step-badge", "aria-label": `Step ${step}: ${name}`, title: `Step ${step}: ${name}` },
    step,
  );
  button.addEventListener("click", () => hands.store.set({ step: hands.state().step === step ? null : step }));
  const element = el("li", {}, el("span", { class: "back", "aria-hidden": "true" }, "←"), button);
  return {
    element,
    step,
    update() {
      const { step: at } = hands.state();
      element.classList.toggle("now", at === step);
      element.classList.toggle("later", at !== null && step > at);
      if (at === step) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    },
  };
}
