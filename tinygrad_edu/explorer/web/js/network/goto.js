/** "Go to index": a number by its name, as `conv.weight[3,0,1,2]` or `dL/d conv.weight[3,0,1,2]`. */

import { el } from "../dom.js";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("../state.js").Address} Address */

/** @param {import("./grid.js").Hands} hands */
export function makeGoto(hands) {
  const field = el("input", {
    type: "text",
    id: "goto",
    size: 24,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "conv.weight[3,0,1,2]",
  });
  const trouble = el("span", { class: "trouble", role: "alert" });
  const go = (/** @type {Event} */ event) => {
    event.preventDefault();
    const { address, problem } = parsed(field.value, hands.scene());
    trouble.textContent = problem ?? "";
    if (!address) return;
    hands.look(address);
    if (!hands.focus(address)) hands.ask(address);
  };
  return el(
    "form",
    { class: "goto", onsubmit: go },
    el("label", { for: "goto" }, "Go to index"),
    field,
    el("button", { type: "submit" }, "Go"),
    trouble,
  );
}

/**
 * @param {string} text
 * @param {Scene} scene
 * @returns {{address?: Address, problem?: string}}
 */
export function parsed(text, scene) {
  const match = /^\s*(dL\/d\s*)?(.+?)\s*(?:\[([\d\s,]*)\])?\s*$/.exec(text);
  const names = Object.keys(scene.arrays);
  if (!match) return { problem: `Write a name and an index. Names: ${names.join(", ")}` };
  const [, slope, name, inside] = match;
  const array = scene.arrays[name];
  if (!array) return { problem: `There is no ${name}. There are: ${names.join(", ")}` };
  const { shape } = array;
  const index = (inside ?? "")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  if (index.length !== shape.length || index.some((i, axis) => !(i < shape[axis]))) {
    const ends = shape.map((length) => `0 to ${length - 1}`).join("; ");
    return {
      problem: shape.length === 0 ? `${name} is one number: it has no index` : `${name} has the indices ${ends}`,
    };
  }
  if (slope && !array.gradient) return { problem: `${name} has no gradient: ${array.no_gradient}` };
  return { address: { of: name, gradient: Boolean(slope), index } };
}
