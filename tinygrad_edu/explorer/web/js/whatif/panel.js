/**
 * What if one number were another?  The engine computes the loss at 161 places once (explorer/what_if.py); dragging
 * then only walks along them.
 */

import { makeBars } from "../bars.js";
import { makeChart } from "../chart.js";
import { byId, el, fill } from "../dom.js";
import { bindKeys } from "../keys.js";
import { elementName } from "../why/addresses.js";
import { say } from "../live.js";
import { count, number, spoken, text } from "../numbers.js";
import { panelFrame } from "../panel_frame.js";

const RANGES = [0.01, 0.1, 1];

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 * @param {import("../engine/http.js").Engine} engine
 */
export function mount(root, store, engine) {
  const { body, title } = panelFrame(root, store, "whatif", "What if", () => void load());
  let range = 0.1;
  /** @type {any} the engine's answer */
  let found = null;
  let place = 0;
  let asked = 0;

  const chart = makeChart({
    label: "The true loss along this number, and its tangent at where it is now.",
    xName: "the number",
    yName: "loss",
    drag: (x) => go(nearest(x - found.value)),
  });
  const bars = makeBars("probability of each class, now and changed");
  const numbers = el("dl", { class: "facts" });
  const slider = el("input", { type: "range", min: 0, max: 160, step: 1, "aria-label": "the number" });
  const typed = el("input", { type: "number", step: "any", "aria-label": "the number, typed" });
  const note = el("p");
  slider.addEventListener("input", () => go(Number(slider.value)));
  slider.addEventListener("keydown", (event) => {
    if (event.shiftKey && event.key.startsWith("Arrow")) {
      event.preventDefault();
      go(place + (event.key === "ArrowRight" || event.key === "ArrowUp" ? 16 : -16));
    }
  });
  typed.addEventListener("change", () => void load(Number(typed.value)));
  const choice = el("fieldset", { class: "segmented" });
  const content = el(
    "div",
    { class: "what-if" },
    el("div", { class: "what-if-curve" }, chart.element, slider),
    el(
      "div",
      {},
      el("p", { class: "buttons" }, typed, choice),
      numbers,
      note,
      el(
        "p",
        { class: "buttons" },
        el("button", { type: "button", onclick: () => go(found.here) }, "Undo"),
        el("button", { type: "button", class: "primary", onclick: keep }, "Keep"),
        el("button", { type: "button", onclick: whySlope }, "Why this slope?"),
      ),
      bars.element,
    ),
  );

  /** @param {number} [wanted] the value to go to, once it is computed */
  async function load(wanted) {
    const { whatif, recipe } = store.get();
    if (!whatif) {
      fill(body, el("p", {}, "Choose a weight, a bias or a pixel in the network, then press w."));
      return;
    }
    const mine = ++asked;
    const also = wanted === undefined || !found ? [] : [wanted - found.value];
    try {
      const answer = await engine.ask("what_if", recipe, {
        name: whatif.of,
        index: whatif.index,
        range,
        points: 161,
        also,
      });
      if (mine !== asked) return;
      found = answer;
    } catch (error) {
      if (mine === asked)
        fill(body, el("p", { role: "alert" }, error instanceof Error ? error.message : String(error)));
      return;
    }
    title(
      `What if ${elementName(found.name, found.index)} were not `,
      number(found.value, { digits: store.get().digits }),
      "?",
    );
    slider.max = String(found.deltas.data.length - 1);
    drawRanges();
    fill(body, content);
    chart.show([
      { x: values(), y: found.losses.data, kind: "true", name: "true loss" },
      ...(found.tangent ? [{ x: values(), y: found.tangent.data, kind: "tangent", name: "tangent: slope g" }] : []),
    ]);
    go(wanted === undefined ? found.here : nearest(wanted - found.value));
  }

  const values = () => found.deltas.data.map((/** @type {number} */ d) => d + found.value);

  function drawRanges() {
    fill(
      choice,
      el("legend", {}, "range"),
      ...RANGES.map((r) =>
        el(
          "label",
          {},
          el("input", {
            type: "radio",
            name: "range",
            checked: r === range,
            "aria-label": `plus or minus ${r}`,
            onchange: () => ((range = r), void load()),
          }),
          el("span", {}, `±${r}`),
        ),
      ),
    );
  }

  /** @param {number} delta */
  function nearest(delta) {
    let best = 0;
    found.deltas.data.forEach((/** @type {number} */ d, /** @type {number} */ k) => {
      if (Math.abs(d - delta) < Math.abs(found.deltas.data[best] - delta)) best = k;
    });
    return best;
  }

  /** @param {number} k */
  function go(k) {
    const most = found.deltas.data.length - 1;
    place = Math.min(most, Math.max(0, k));
    const digits = { digits: store.get().digits };
    const [delta, loss] = [found.deltas.data[place], found.losses.data[place]];
    const now = found.value + delta;
    const tangent = found.tangent ? found.tangent.data[place] : null;
    slider.value = String(place);
    slider.setAttribute("aria-valuetext", `${spoken(now, digits)}, loss ${spoken(loss, digits)}`);
    if (document.activeElement !== typed) typed.value = String(Number(now.toPrecision(9)));
    chart.dot(now, [...(tangent === null ? [] : [{ y: tangent, kind: "tangent" }]), { y: loss, kind: "true" }]);
    fill(numbers, ...facts(now, delta, loss, tangent));
    fill(note, noted(found.switched.data[place]));
    const classes = found.probabilities.shape[1];
    const row = (/** @type {number} */ at) => found.probabilities.data.subarray(at * classes, (at + 1) * classes);
    bars.show(row(place), store.get().scene?.answer ?? null, row(found.here));
    const heard = tangent === null ? "" : ` Tangent ${spoken(tangent, digits)}.`;
    say(`${elementName(found.name, found.index)} ${spoken(now, digits)}. Loss ${spoken(loss, digits)}.${heard}`);
  }

  /**
   * @param {number} now
   * @param {number} delta
   * @param {number} loss
   * @param {number | null} tangent
   */
  function facts(now, delta, loss, tangent) {
    const digits = { digits: store.get().digits };
    const signed = { ...digits, plus: true };
    /** @type {[string, any][]} */
    const rows = [
      ["now", [number(now, digits), " (", number(delta, signed), ")"]],
      ["true loss", [number(loss, digits), " (", number(loss - found.loss, signed), ")"]],
    ];
    if (tangent !== null) {
      rows.push(["tangent L + g · δ", [number(tangent, digits), " (", number(tangent - found.loss, signed), ")"]]);
      rows.push(["gap", number(loss - tangent, signed)]);
      rows.push(["slope g", number(found.gradient, signed)]);
    }
    if (found.measured.available) {
      rows.push([
        `slope measured, h = ${text(found.measured.step)}`,
        number(found.measured.central_difference, signed),
      ]);
    }
    return rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  }

  /** @param {number} switched */
  function noted(switched) {
    if (!switched) return "No ReLU opened or closed. The gradient is the slope at this point.";
    const places = switched === 1 ? "1 place" : `${count(switched)} places`;
    return `ReLUs opened or closed at ${places}. Far away the curve leaves the line.`;
  }

  function keep() {
    const { recipe } = store.get();
    /** @type {import("../state.js").Change} */
    const edit = ["edit", found.name, found.index, found.value + found.deltas.data[place]];
    store.set({ recipe: { ...recipe, changes: [...recipe.changes, edit] } });
  }

  function whySlope() {
    const { whatif } = store.get();
    if (whatif) store.set({ trail: [{ ...whatif, gradient: true }], panel: "why" });
  }

  bindKeys(byId("network"), store, {
    w: () => {
      const { at } = store.get();
      if (at) store.set({ panel: "whatif", whatif: { ...at, gradient: false } });
    },
  });
  store.listen((now, before) => {
    const other = now.recipe !== before.recipe || now.whatif !== before.whatif;
    if (now.panel === "whatif" && before.panel === "whatif" && other) void load();
  });
}
