/** One step: g as it arrives, what the rules read, and each rule with what it sends. */

import { el } from "../dom.js";
import { count, text } from "../numbers.js";
import { endOf } from "../why/pictures/face.js";
import { ruleText } from "../why/rule.js";
import { tiles } from "./tiles.js";
import { arriving, going, reading } from "./words.js";

/**
 * @param {import("../state.js").Store} store
 * @returns {import("../dom.js").Child[]}
 */
export function stepView(store) {
  const state = store.get();
  const { scene } = state;
  const step = scene.steps[(state.step ?? 0) - 1];
  if (!step) {
    return [
      el("p", {}, "The values are there. The gradients are all still to come: they start at the loss, with dL/dL = 1."),
    ];
  }
  const sentences = el("p", { class: "step-words" }, arriving(scene, step), " ", reading(step));
  const pictures = state.size.width < 700; // elsewhere the network below shows them
  const rules = step.contributions.map((/** @type {any} */ c) => contribution(store, scene, c, pictures));
  return [
    sentences,
    pictures && el("div", { class: "step-flow" }, ...arrivals(store, scene, step)),
    el("ul", { class: "step-rules" }, ...rules),
    ...python(step),
  ];
}

/**
 * g as it arrives; where a value was used more than once, each part, and a plus between them.
 *
 * @param {import("../state.js").Store} store
 * @param {any} scene
 * @param {any} step
 */
function arrivals(store, scene, step) {
  const from = step.sum_of.split(" + ");
  /** @type {HTMLElement[]} */
  const pieces = from.length > 1 ? from.map((/** @type {string} */ where) => el("span", { class: "came" }, where)) : [];
  const added = pieces.flatMap((piece, k) => (k ? [el("span", { class: "plus" }, "+"), piece] : [piece]));
  return [...added, added.length > 0 && el("span", { class: "plus" }, "="), picture(store, scene, step.output, "g")];
}

/**
 * @param {import("../state.js").Store} store
 * @param {any} scene
 * @param {string} name
 * @param {string} title
 */
function picture(store, scene, name, title) {
  const array = scene.arrays[name];
  if (!array?.gradient?.data.length) return null;
  const { size, scheme } = store.get();
  const end = endOf(array.gradient.data);
  const map = array.laid_out.length > 2;
  const width = Math.min(size.width - 64, 240);
  const small = map && array.laid_out.at(-1) * array.laid_out.at(-2) <= 64;
  const cell = !map ? 12 : small ? 9 : array.gradient.data.length > 20_000 ? 1 : 2;
  const box = el("div", { class: "tiles" }, tiles(array, true, { end, scheme, width, cell }));
  const note = `${array.shape.join(" × ") || "one number"}, scale ±${text(end)}`;
  return el(
    "figure",
    { class: "picture" },
    el("figcaption", {}, el("b", {}, title), el("span", { class: "note" }, note)),
    box,
  );
}

/**
 * @param {import("../state.js").Store} store
 * @param {any} scene
 * @param {any} c
 * @param {boolean} pictures
 */
function contribution(store, scene, c, pictures) {
  const sent = c.status === "sent";
  const name = c.to ?? c.argument;
  const asked = scene.arrays[name]?.shape.map(() => 0);
  const why = () => {
    const address = { of: name, gradient: true, index: largest(scene.arrays[name]) ?? asked };
    store.set({ panel: "why", trail: [...store.get().trail, address] });
  };
  return el(
    "li",
    { class: sent ? "" : "not-sent" },
    el("b", { class: "where" }, c.where ?? "–"),
    el(
      "div",
      {},
      el("p", {}, el("code", {}, c.rule?.formula ?? `dL/d${c.argument}`)),
      el("p", { class: "note" }, going(scene, c)),
    ),
    sent && el("button", { type: "button", "aria-label": `Why? The largest of dL/d ${name}`, onclick: why }, "Why?"),
    sent && pictures ? picture(store, scene, name, `dL/d ${name}`) : null,
  );
}

/**
 * The index of the largest gradient of an array.
 *
 * @param {any} array of the scene
 */
function largest(array) {
  if (!array?.gradient) return null;
  const { data } = array.gradient;
  let best = 0;
  for (let k = 1; k < data.length; k += 1) if (Math.abs(data[k]) > Math.abs(data[best])) best = k;
  /** @type {number[]} */
  const index = [];
  for (const n of [...array.shape].reverse()) {
    index.unshift(best % n);
    best = Math.floor(best / n);
  }
  return index;
}

/** @param {any} step */
function python(step) {
  const written = step.contributions
    .filter((/** @type {any} */ c) => c.rule && c.status === "sent")
    .map((/** @type {any} */ c) => c.rule);
  if (!written.length) return [];
  const title = `Read the ${written.length > 1 ? `${count(written.length)} rules` : "rule"} in Python`;
  const texts = written.flatMap((/** @type {any} */ rule) => [el("h3", {}, rule.name), ...ruleText(rule)]);
  return [el("details", { class: "rule" }, el("summary", {}, title), ...texts)];
}
