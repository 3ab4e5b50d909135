/** Draw a digit, or bring a picture of one: the network's ten answers move while you draw. */

import { el, fill } from "../dom.js";
import { panelFrame } from "../panel_frame.js";
import { MOST, SIDE, blank, inkOf, packInk, unpackInk } from "./ink.js";
import { acceptPictures } from "./drop.js";
import { makePad } from "./pad.js";
import { makePicker } from "./picker.js";
import { makeBars } from "../bars.js";

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 * @param {import("../engine/http.js").Engine} engine
 */
export function mount(root, store, engine) {
  const { body } = panelFrame(root, store, "draw", "Which digit?", open);
  let ink = blank();
  /** @type {Uint8Array[]} */
  let undone = [];
  const tool = { brush: 2, level: MOST };
  /** @type {number | null} */
  let answer = null;
  let asked = 0;

  const readout = el("p", { class: "readout muted" }, "Draw with the mouse, a finger, or the arrow keys and Space.");
  const bars = makeBars("probability of each class");
  const note = el("p", { role: "status" });
  const pad = makePad({
    ink: () => ink,
    tool: () => tool,
    before: remember,
    changed: look,
    readout: (t) => fill(readout, t),
  });
  const level = /** @type {HTMLInputElement} */ (
    el("input", { type: "number", min: 0, max: MOST, value: MOST, "aria-label": `ink at the cursor, 0 to ${MOST}` })
  );
  level.addEventListener("change", () => {
    remember();
    ink[pad.cursor.row * SIDE + pad.cursor.column] = Math.min(MOST, Math.max(0, Math.round(Number(level.value))));
    look();
  });
  const answers = el("fieldset", { class: "segmented answers" });

  const picker = makePicker(engine, store, (digit) => {
    const { recipe } = store.get();
    const changes = recipe.changes.filter(([kind, name]) => kind !== "edit" || name !== "image");
    store.set({ recipe: { ...recipe, digit, ink: null, answer: null, changes }, panel: "look", trail: [] });
  });
  fill(
    body,
    picker.element,
    el("h3", {}, "Or draw one"),
    el("div", { class: "drawing" }, pad.element, el("div", { class: "tools" }, tools(), answers, bars.element, note)),
  );

  function tools() {
    return el(
      "div",
      {},
      segmented("brush", [1, 2, 3].map(String), "2", (value) => (tool.brush = Number(value))),
      segmented("pen", ["Ink", "Eraser"], "Ink", (value) => (tool.level = value === "Ink" ? MOST : 0)),
      readout,
      el("label", {}, "ink at the cursor ", level),
      el(
        "p",
        { class: "buttons" },
        button("Clear", () => (remember(), (ink = blank()), look())),
        button("Undo", undo),
        upload(),
        button("Use it", use, "primary"),
      ),
    );
  }

  function upload() {
    const input = el("input", {
      type: "file",
      accept: "image/*",
      class: "unseen",
      tabindex: "-1",
      "aria-hidden": "true",
    });
    input.addEventListener("change", () => input.files?.[0] && void bring(input.files[0]));
    return [button("Open a picture…", () => input.click()), input];
  }

  function open() {
    const { recipe, scene } = store.get();
    const pixels = scene?.arrays.image?.values;
    ink = recipe.ink ? unpackInk(recipe.ink) : pixels?.data.length === SIDE * SIDE ? inkOf(pixels.data) : blank();
    answer = scene?.answer ?? null;
    undone = [];
    drawAnswers();
    void look();
    void picker.show();
  }

  function drawAnswers() {
    const classes = store.get().scene?.probabilities.data.length ?? 10;
    fill(
      answers,
      el("legend", {}, "The answer is"),
      ...["?", ...Array.from({ length: classes }, (_, k) => String(k))].map((name, k) =>
        radio("answer", name, answer === (k ? k - 1 : null), () => (answer = k ? k - 1 : null), k ? name : "not said"),
      ),
    );
  }

  function remember() {
    undone.push(ink.slice());
    if (undone.length > 100) undone.shift();
  }

  function undo() {
    ink = undone.pop() ?? ink;
    look();
  }

  async function look() {
    pad.draw();
    const mine = ++asked;
    try {
      const found = await engine.ask("reading", mineRecipe());
      if (mine === asked) bars.show(found.probabilities.data, answer);
      if (mine === asked) fill(note, "");
    } catch (error) {
      fill(note, error instanceof Error ? error.message : String(error));
    }
  }

  function mineRecipe() {
    const changes = store.get().recipe.changes.filter(([kind, name]) => kind !== "edit" || name !== "image");
    return { ...store.get().recipe, digit: null, ink: packInk(ink), answer, changes };
  }

  /** @param {Blob} file */
  async function bring(file) {
    try {
      remember();
      const bytes = new Uint8Array(await file.arrayBuffer());
      const found = await engine.ask("prepare", store.get().recipe, { file: base64(bytes) });
      ink = unpackInk(found.ink);
      answer = null;
      drawAnswers();
      await look();
      fill(note, "This is how the network sees your picture.");
    } catch (error) {
      fill(note, error instanceof Error ? error.message : String(error));
    }
  }

  function use() {
    store.set({ recipe: mineRecipe(), panel: "look", trail: [] });
  }

  acceptPictures(document.body, (file) => {
    store.set({ panel: "draw" });
    void bring(file);
  });
  new ResizeObserver(() => pad.draw()).observe(pad.element);
}

/**
 * @param {string} name
 * @param {string[]} values
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function segmented(name, values, chosen, choose) {
  return el(
    "fieldset",
    { class: "segmented" },
    el("legend", {}, name),
    ...values.map((value) => radio(name, value, value === chosen, () => choose(value))),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} checked
 * @param {() => void} choose
 * @param {string} [label]
 */
function radio(name, value, checked, choose, label = value) {
  return el(
    "label",
    {},
    el("input", { type: "radio", name, checked, onchange: choose, "aria-label": label }),
    el("span", {}, value),
  );
}

/**
 * @param {string} words
 * @param {() => void} press
 * @param {string} [kind]
 */
function button(words, press, kind) {
  return el("button", { type: "button", class: kind, onclick: press }, words);
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
