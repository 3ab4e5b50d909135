/** Max-pooling: the window, and which pixel won it; for a gradient, every window that saw the pixel. */

import { el } from "../../dom.js";
import { number } from "../../numbers.js";
import { reader, windowAt, windowsSeeing, winnerOf } from "../windows.js";
import { flatIndex } from "../indices.js";

/** @typedef {import("../cursor.js").Context} Context */

/**
 * @param {Context} context
 * @param {any} stage
 * @returns {HTMLElement | null}
 */
export function poolingPicture(context, stage) {
  const { why, scene } = context;
  const input = scene.arrays[stage?.inputs[0]];
  const output = scene.arrays[stage?.output];
  if (!input || !output) return null;
  const gradient = why.kind === "gradient";
  const windows = gradient ? windowsSeeing(stage.params, why.index, output.shape) : [why.index];
  const asked = gradient ? flatIndex(why.index, input.shape) : -1;
  return el(
    "div",
    { class: "windows" },
    gradient && !windows.length && el("p", {}, "No window saw this number: no gradient reaches it."),
    ...windows.map((at) => oneWindow(context, stage, at, asked)),
  );
}

/**
 * @param {Context} context
 * @param {any} stage
 * @param {number[]} at the window's place in the output
 * @param {number} asked the number of the pixel that was asked for, or -1
 */
function oneWindow({ scene, state, ask }, stage, at, asked) {
  const name = stage.inputs[0];
  const input = scene.arrays[name];
  const output = scene.arrays[stage.output];
  const seen = windowAt(stage.params, at, input.shape);
  const winner = winnerOf(seen, reader(input));
  const won = winner === null ? -1 : flatIndex(winner, input.shape);
  const manner = { digits: state.digits };
  const cells = seen.map((row) =>
    el(
      "tr",
      {},
      ...row.map((pixel) => {
        if (!pixel) return el("td", { class: "padding" }, "padding");
        const place = flatIndex(pixel, input.shape);
        const value = input.values.data[place];
        const classes = [place === won && "won", place === asked && "asked"].filter(Boolean).join(" ");
        const hidden = el("span", { class: "unseen" }, `Why ${name}[${pixel.join(",")}] `);
        const button = el("button", { type: "button", class: "factor" }, hidden, number(value, manner));
        button.addEventListener("click", () => ask({ of: name, gradient: false, index: pixel }));
        return el("td", { class: classes }, button, place === won && el("span", { class: "mark" }, "won"));
      }),
    ),
  );
  const g = output.gradient?.data[flatIndex(at, output.shape)];
  const title = [`${stage.output}[${at.join(",")}]`];
  const note =
    asked < 0 || g === undefined
      ? null
      : el(
          "p",
          {},
          asked === won ? "This number won: it receives g = " : "Another won: nothing of g = ",
          number(g, { ...manner, plus: true }),
          asked === won ? "." : " comes here.",
        );
  return el(
    "div",
    { class: "window" },
    el("table", {}, el("caption", {}, "Window of ", ...title), el("tbody", {}, ...cells)),
    note,
  );
}
