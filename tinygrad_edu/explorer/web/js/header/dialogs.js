/** What the menu opens: the keys, and what this page is. */

import { el } from "../dom.js";
import { count } from "../numbers.js";

const KEYS = [
  ["arrows", "move the cursor in an array; Home and End: its row; with Ctrl: first and last"],
  ["Page Up, Page Down", "previous and next map"],
  ["Enter", "why is the number what it is?"],
  ["g", "from a value to its gradient, and back"],
  ["n, p", "next and previous step of the backward pass"],
  ["1 to 9, 0", "to that step; 0: before the first"],
  ["Alt + ←, Backspace", "back in the trail"],
  ["Esc", "close; focus returns to the number that was asked"],
  ["w", "what if this number were another? Arrows change it, z undoes"],
  ["l", "learn: Space does a step, Shift + Space runs and pauses"],
  ["a", "amplify the gradients' colours"],
  ["?", "these keys"],
];

export function keysDialog() {
  return dialog(
    "Keys",
    el("p", {}, "Letters work while focus is in the network, never in a field. The menu switches them off."),
    el(
      "table",
      { class: "keys" },
      ...KEYS.map(([key, does]) => el("tr", {}, el("th", { scope: "row" }, key), el("td", {}, does))),
    ),
  );
}

/** @param {import("../state.js").Store} store */
export function aboutDialog(store) {
  const scene = store.get().scene;
  return dialog(
    "About",
    el(
      "p",
      {},
      "One picture goes through one network, forward and backward. Every number can be asked why it is what it is.",
    ),
    scene && el("p", {}, `The network: ${scene.model.title}, ${count(scene.model.parameters)} parameters.`),
    el(
      "p",
      {},
      "All numbers are computed by tinygrad_edu, an autodiff engine that runs on this machine. Nothing is sent anywhere.",
    ),
  );
}

/**
 * @param {string} title
 * @param {...import("../dom.js").Children} content
 */
function dialog(title, ...content) {
  const close = el("button", { type: "button" }, "Close");
  const heading = el("h2", { id: "dialog-title" }, title);
  const element = el("dialog", { "aria-labelledby": "dialog-title" }, heading, ...content, close);
  close.addEventListener("click", () => element.close());
  return element;
}
