/**
 * The network on one screen.  What the screen is made of follows from the scene's operations and the window's size; the
 * numbers are painted into it, those that have changed.
 *
 * @typedef {import("../state.js").Store} Store
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Address} Address
 * @typedef {import("../scene.js").Scene} Scene
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./tiles.js").Layout} Layout
 */

import { el, fill } from "../dom.js";
import { bindKeys } from "../keys.js";
import { say } from "../live.js";
import { number } from "../numbers.js";
import { flatOf, numberAt } from "../scene.js";
import { makeBands } from "./bands.js";
import { columnsOf } from "./columns.js";
import { focusThrough, setCursor } from "./cursors.js";
import { makeGoto } from "./goto.js";
import { makeLegend } from "./legend.js";
import { isCovered, modeOf } from "./look.js";
import { marksOf, shownAt } from "./marks.js";
import { makeReadout } from "./readout.js";
import { sizesFor } from "./sizes.js";
import { layOut } from "./tiles.js";
import { makeUnits } from "./units.js";

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function mountNetwork(root, store) {
  const scene = () => /** @type {Scene} */ (store.get().scene);
  const hands = { scene, state: store.get, store, look, ask, focus };
  const readout = makeReadout(hands);
  const legend = makeLegend(hands);
  const stages = el("div", { class: "stages" });
  const units = makeUnits(hands, draw);
  /** @type {ReturnType<typeof makeBands> | null} */
  let bands = null;
  let structure = "";
  /** @type {Map<Column, Layout>} */
  let layouts = new Map();
  /** @type {import("./sizes.js").Sizes} */
  let sizes = sizesFor({ width: 1280, height: 720, room: 1280 }, false);

  store.listen((now, before) => {
    if (now.recipe !== before.recipe && now.amplify && before.amplify) store.set({ amplify: false });
    if (!now.scene) return;
    const isNew = now.scene !== before.scene;
    const isResized = now.size !== before.size || now.panel !== before.panel;
    const isPainted =
      isNew || ["step", "amplify", "scheme", "digits", "covered"].some((key) => differs(now, before, key));
    if (isNew || isResized) arrange();
    if (isNew || isResized || isPainted) draw();
    if (now.at !== before.at && now.at && units.follow(shownAt(scene(), now.at))) draw();
    if (isNew || isPainted || isResized || now.at !== before.at) point();
    if (now.amplify !== before.amplify) sayScale();
  });
  focusThrough(focus);
  bindKeys(root, store, {
    g: () => turn(),
    a: () => store.set({ amplify: !store.get().amplify }),
  });

  /** Make the screen anew where the operations or the sizes are others. */
  function arrange() {
    const { size, panel } = store.get();
    sizes = sizesFor(size, panel !== "look" && size.width >= 1920);
    const columns = columnsOf(scene(), sizes.kind === "phone");
    const shapes = Object.values(scene().arrays).map((array) => array.laid_out);
    const found = JSON.stringify([columns, shapes, sizes, size.ratio, scene().answer === null]);
    if (found === structure) return;
    const held = document.activeElement instanceof HTMLElement && stages.contains(document.activeElement);
    structure = found;
    layouts = new Map();
    bands = makeBands(hands, columns, sizes, layoutOf);
    fill(stages, bands.elements);
    if (root.children.length === 0 || !root.contains(stages))
      fill(root, readout.element, stages, legend.element, makeGoto(hands));
    const { at } = store.get();
    if (held && at) focus(at);
  }

  /** @param {Column} column */
  function layoutOf(column) {
    const unit = units.of(column);
    const key = column;
    const known = layouts.get(key);
    if (known && units.isSame(column, known)) return known;
    const made = layOut(scene(), column, sizes, unit);
    units.remember(made, unit);
    layouts.set(key, made);
    return made;
  }

  /** Paint the numbers. */
  function draw() {
    if (!bands) return;
    const { shown, badges, title } = bands;
    shown.forEach((one, k) => {
      const layout = layoutOf(one.column);
      const beside = k > 0 && shown[k - 1].column.stage === one.column.stage ? layoutOf(shown[k - 1].column) : layout;
      const pitch = one.column.kind === "table" ? pitchBefore(shown, k) : beside;
      for (const half of [one.value, one.gradient]) half?.update(layout, pitch);
      one.gauge?.update();
      one.fills?.update();
      units.show(one.unit, one.column, layout);
    });
    for (const badge of badges) badge.update();
    legend.update();
    fill(title, answerText());
    root.dataset.ready = "";
  }

  /**
   * A table's rows follow those of the wall of weights at its left.
   *
   * @param {import("./bands.js").Shown[]} shown
   * @param {number} k
   */
  function pitchBefore(shown, k) {
    for (let before = k; before >= 0; before--) {
      const layout = layoutOf(shown[before].column);
      if (layout.pitch > 0) return layout;
      if (shown[before].column.kind !== "table") break;
    }
    return layoutOf(shown[k].column);
  }

  /** Frame the number under the cursor and those that it is linked with; say it in the readout. */
  function point() {
    readout.update();
    const marks = marksOf(scene(), store.get());
    for (const { value, gradient } of bands?.shown ?? []) {
      for (const half of [value, gradient]) {
        half?.mark(marks.filter((mark) => mark.gradient === half.gradient && half.names.includes(mark.of)));
      }
    }
  }

  /** The answer's gradient, in the band's title, since its row may lie below the fold. */
  function answerText() {
    const { answer, arrays } = scene();
    if (answer === null || !arrays.logits?.gradient || modeOf(scene(), store.get(), "logits", true) !== "drawn")
      return [];
    const slope = numberAt(scene(), { of: "logits", gradient: true, index: [0, answer] });
    if (slope === null || isCovered(store.get(), "logits", true, [0, answer])) return [];
    return [`At logit ${scene().classes[answer]}: `, number(slope, { digits: store.get().digits, plus: true }), "."];
  }

  /** @param {Address} address */
  function look(address) {
    const { at } = store.get();
    if (at && at.of === address.of && at.gradient === address.gradient && at.index.join() === address.index.join())
      return;
    store.set({ at: address });
  }

  /** @param {Address} address */
  function ask(address) {
    const { panel, trail } = store.get();
    if (isCovered(store.get(), address.of, address.gradient, address.index)) return;
    store.set({ at: address, panel: "why", trail: panel === "why" ? [...trail, address] : [address] });
  }

  /** @param {Address} address */
  function focus(address) {
    const at = shownAt(scene(), address);
    const half = bands?.shown
      .flatMap(({ value, gradient }) => [value, gradient])
      .find((one) => one && one.gradient === at.gradient && one.names.includes(at.of));
    if (!half || modeOf(scene(), store.get(), at.of, at.gradient) !== "drawn") return false;
    const { shape } = scene().arrays[at.of];
    if (at.index.length !== shape.length) return false;
    setCursor(at.of, flatOf(at.index, shape));
    if (units.follow(at)) draw();
    half.focus(at.of);
    return true;
  }

  /** From a value to its gradient, and back. */
  function turn() {
    const { at } = store.get();
    if (!at) return;
    if (!focus({ ...at, gradient: !at.gradient })) say(at.gradient ? "No value." : "No gradient here.");
  }

  function sayScale() {
    const { amplify } = store.get();
    const factor = legend.element.querySelector("[data-scale=gradients] .words")?.textContent ?? "";
    say(amplify ? `${factor}.` : "Gradients on the fixed scale.");
  }
}

/**
 * @param {State} now
 * @param {State} before
 * @param {string} key
 */
function differs(now, before, key) {
  return now[/** @type {keyof State} */ (key)] !== before[/** @type {keyof State} */ (key)];
}
