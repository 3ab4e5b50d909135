/** Ten bars of probabilities, with their numbers; in gray behind them what they were before. */

import { el, fill, restyle } from "./dom.js";
import { number, probability } from "./numbers.js";

/**
 * @param {string} caption
 */
export function makeBars(caption) {
  const rows = el("tbody");
  const element = el("table", { class: "bars" }, el("caption", { class: "unseen" }, caption), rows);
  /** @type {{bar: HTMLElement, before: HTMLElement, value: HTMLElement, row: HTMLElement}[]} */
  let made = [];

  /** @param {number} length */
  function make(length) {
    made = Array.from({ length }, (_, k) => {
      const [bar, before] = [el("span", { class: "bar" }), el("span", { class: "bar before" })];
      const value = el("td", { class: "number" });
      const track = el("td", { class: "track", "aria-hidden": "true" }, before, bar);
      return { bar, before, value, row: el("tr", {}, el("th", { scope: "row" }, k), value, track) };
    });
    fill(rows, ...made.map(({ row }) => row));
  }

  return {
    element,
    /**
     * @param {ArrayLike<number>} now
     * @param {number | null} answer the class to set off
     * @param {ArrayLike<number>} [before]
     */
    show(now, answer, before) {
      if (made.length !== now.length) make(now.length);
      made.forEach(({ bar, before: old, value, row }, k) => {
        restyle(bar, { width: `${now[k] * 100}%` });
        restyle(old, { width: `${(before?.[k] ?? 0) * 100}%` });
        row.classList.toggle("answer", k === answer);
        fill(value, now[k] > 0.999 || now[k] === 0 ? probability(now[k]) : number(now[k], { digits: 3 }));
      });
    },
  };
}
