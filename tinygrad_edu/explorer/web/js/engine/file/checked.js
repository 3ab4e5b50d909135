/** The line below a saved file's sentence: that its numbers were checked, and how large the largest difference was. */

import { el } from "../../dom.js";
import { count, text } from "../../numbers.js";

/**
 * Check a file's numbers once the page stands, and say the outcome before an element.
 *
 * @param {Element} before
 * @param {() => import("./proof.js").Proof} proof
 */
export function sayProof(before, proof) {
  const line = el("p", { class: "checked", role: "status" });
  before.before(line);
  setTimeout(() => {
    const found = proof();
    line.classList.toggle("wrong", !found.holds);
    line.textContent = proofText(found);
  });
}

/** @param {import("./proof.js").Proof} proof */
export function proofText({ values, gradients, largest, where, unknown, holds }) {
  const checked = `Checked here: ${count(values)} values and ${count(gradients)} gradients, largest difference ${text(largest, { digits: 2 })}.`;
  const wrong = holds ? "" : ` That is too much: ${where} is not what its factors give.`;
  const left = unknown.length ? ` Not checked, for that needs the engine: ${unknown.join(", ")}.` : "";
  return checked + wrong + left;
}
