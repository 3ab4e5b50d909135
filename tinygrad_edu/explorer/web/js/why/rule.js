/** The rule behind a number: its formula, how it comes about, and the code that computed it. Folded until asked for. */

import { el } from "../dom.js";

/**
 * @param {import("./terms.js").Part[]} parts
 * @returns {HTMLElement[]}
 */
export function rules(parts) {
  return parts
    .filter((part) => part.written)
    .map(({ where, written }) => {
      const title = `The rule in Python: ${written.name}${where ? ` (step ${where})` : ""}`;
      return el("details", { class: "rule" }, el("summary", {}, title), ...ruleText(written));
    });
}

/**
 * @param {any} written name, formula, derivation, source
 * @returns {HTMLElement[]}
 */
export function ruleText({ name, formula, derivation, source }) {
  /** @type {HTMLElement[]} */
  const pieces = [el("p", {}, el("code", {}, formula))];
  const scrolls = { tabindex: "0", role: "region" };
  if (derivation)
    pieces.push(el("pre", { class: "derivation", "aria-label": `How ${name} comes about`, ...scrolls }, derivation));
  if (source) {
    pieces.push(el("p", { class: "note" }, `${source.file}, line ${source.line}`));
    pieces.push(el("pre", { class: "source", "aria-label": `Source of ${name}`, ...scrolls }, source.text));
  }
  return pieces;
}
