/** The test digits to pick from: in their order, or those that the network finds hard first. */

import { el, fill } from "../dom.js";
import { probability, count } from "../numbers.js";
import { SIDE } from "./ink.js";

const PAGE = 24;

/**
 * @param {import("../engine/http.js").Engine} engine
 * @param {import("../state.js").Store} store
 * @param {(digit: number) => void} pick
 */
export function makePicker(engine, store, pick) {
  const grid = el("div", { class: "digits" });
  const pages = el("p", { class: "buttons" });
  const order = el(
    "select",
    { "aria-label": "order", onchange: again },
    option("hard", "hard ones first"),
    option("number", "in their order"),
  );
  const label = el(
    "select",
    { "aria-label": "which digits", onchange: again },
    option("", "all digits"),
    ...Array.from({ length: 10 }, (_, k) => option(String(k), `only ${k}`)),
  );
  const element = el("div", {}, el("p", { class: "buttons" }, order, label), grid, pages);
  let start = 0;
  let asked = 0;

  function again() {
    start = 0;
    void show();
  }

  async function show() {
    const mine = ++asked;
    const wanted = {
      start,
      count: PAGE,
      order: order.value,
      label: label.value === "" ? null : Number(label.value),
    };
    try {
      const found = await engine.ask("digits", store.get().recipe, wanted);
      if (mine === asked) draw(found);
    } catch (error) {
      if (mine === asked) fill(grid, el("p", {}, error instanceof Error ? error.message : String(error)));
    }
  }

  /** @param {any} found explorer/pick.py */
  function draw(found) {
    const dark = store.get().scheme === "dark";
    const buttons = Array.from(found.digits.data, (/** @type {number} */ digit, k) => {
      const pixels = found.pictures.data.subarray(k * SIDE * SIDE, (k + 1) * SIDE * SIDE);
      const right = found.labels.data[k];
      const read = found.predictions?.data[k];
      const p = found.probabilities ? probability(found.probabilities.data[k]) : "";
      const seen = read === undefined || read === right ? `${right}` : `${right} → ${read}`;
      return el(
        "button",
        { type: "button", onclick: () => pick(digit), "aria-label": `${seen}, p ${p}, digit ${digit}` },
        thumbnail(pixels, dark),
        el("span", {}, seen),
      );
    });
    fill(grid, ...buttons);
    const end = start + found.digits.data.length;
    fill(
      pages,
      el("button", { type: "button", disabled: start === 0, onclick: () => turn(-PAGE) }, "Previous"),
      `${count(start + 1)} to ${count(end)} of ${count(found.total)}`,
      el("button", { type: "button", disabled: end >= found.total, onclick: () => turn(PAGE) }, "Next"),
    );
  }

  /** @param {number} by */
  function turn(by) {
    start = Math.max(0, start + by);
    void show();
  }

  return { element, show };
}

/**
 * @param {ArrayLike<number>} pixels from 0 to 255
 * @param {boolean} dark
 */
function thumbnail(pixels, dark) {
  const canvas = el("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
  const paint = canvas.getContext("2d");
  if (!paint) return canvas;
  const image = paint.createImageData(SIDE, SIDE);
  for (let i = 0; i < pixels.length; i++) {
    const shade = dark ? pixels[i] : 255 - pixels[i];
    image.data.set([shade, shade, shade, 255], 4 * i);
  }
  paint.putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {string} value
 * @param {string} words
 */
function option(value, words) {
  return el("option", { value }, words);
}
