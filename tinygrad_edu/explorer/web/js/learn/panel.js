/**
 * Learn live: steps of plain gradient descent, and for chosen numbers old - lr * g = new.  A step is a change in the
 * recipe; the engine does it (explorer/learned.py), and undoing is leaving it out.
 */

import { makeChart } from "../chart.js";
import { byId, el, fill } from "../dom.js";
import { bindKeys } from "../keys.js";
import { say } from "../live.js";
import { MINUS, count, number, spoken } from "../numbers.js";
import { panelFrame } from "../panel_frame.js";
import { addressFrom } from "../url.js";
import { elementName } from "../why/addresses.js";
import { filtersTable } from "./filters.js";

const RATES = { picture: [0.00001, 0.0001, 0.001, 0.01, 0.05], digits: [0.001, 0.01, 0.05, 0.1, 0.5] };
const REDRAW = 340; // ms: maps are drawn three times a second at most while it runs

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 * @param {import("../engine/http.js").Engine} engine
 */
export function mount(root, store, engine) {
  const { body } = panelFrame(root, store, "learn", "Learn", open);
  let batch = 0;
  let lr = 0.0001;
  let running = false;
  let asked = 0;
  let heard = -Infinity;
  /** @type {{key: string, scene: Promise<any> | null}} */
  let first = { key: "", scene: null };
  /** @type {import("../state.js").Address[]} */
  let pinned = [];

  const chart = makeChart({ label: "The loss before each step.", xName: "step", yName: "loss" });
  const result = el("div", { class: "learned" });
  const settings = el("div", { class: "buttons" });
  const run = el("button", { type: "button", onclick: () => (running ? stop() : void start()) }, "Run");
  const undo = el("button", { type: "button", onclick: undone }, "Undo");
  const note = el("p", { role: "status" });
  const filters = el("div", { class: "scrolled" });
  fill(
    body,
    settings,
    el(
      "p",
      { class: "buttons" },
      el("button", { type: "button", class: "primary", onclick: () => void step(1) }, "One step"),
      el("button", { type: "button", onclick: () => void step(10) }, "Ten steps"),
      el("button", { type: "button", class: "epoch", onclick: () => void epoch() }, "An epoch"),
      run,
      undo,
      el("button", { type: "button", onclick: again }, "Start again"),
    ),
    note,
    el("div", { class: "learning" }, result, chart.element),
    filters,
    pin(),
  );

  /** Go on as the last learning went, a link's too. */
  function open() {
    const last = store.get().recipe.changes.findLast(([kind]) => kind === "learn");
    if (last?.[0] === "learn") [, , lr, batch] = last;
    void show();
  }

  function drawSettings() {
    const rates = batch === 0 ? RATES.picture : RATES.digits;
    fill(
      settings,
      el(
        "label",
        {},
        "learn from ",
        el(
          "select",
          { onchange: (/** @type {Event} */ e) => choose(Number(/** @type {HTMLSelectElement} */ (e.target).value)) },
          ...[0, 1, 8, 32, 128].map((size) =>
            el(
              "option",
              { value: size, selected: size === batch },
              size === 0 ? "this picture" : `${size} digits a step`,
            ),
          ),
        ),
      ),
      el(
        "label",
        {},
        "learning rate ",
        el(
          "select",
          { onchange: (/** @type {Event} */ e) => (lr = Number(/** @type {HTMLSelectElement} */ (e.target).value)) },
          ...[...new Set([...rates, lr])]
            .sort((a, b) => a - b)
            .map((rate) => el("option", { value: rate, selected: rate === lr }, String(rate))),
        ),
      ),
    );
  }

  /** @param {number} size */
  function choose(size) {
    batch = size;
    lr = size === 0 ? (store.get().recipe.network === "untrained" ? 0.0003 : 0.0001) : 0.01;
    drawSettings();
  }

  /** @param {number} steps */
  async function step(steps) {
    const { recipe } = store.get();
    const last = recipe.changes.at(-1);
    /** @type {import("../state.js").Change[]} */
    const changes = [...recipe.changes];
    if (last?.[0] === "learn" && last[2] === lr && last[3] === batch) {
      changes[changes.length - 1] = ["learn", last[1] + steps, lr, batch];
    } else changes.push(["learn", steps, lr, batch]);
    if (changes.reduce((sum, change) => sum + (change[0] === "learn" ? change[1] : 0), 0) > 20_000) {
      stop();
      fill(note, "That is enough for one page: 20,000 steps. For more, there is tinygrad-edu train.");
      return;
    }
    store.set({ recipe: { ...recipe, changes } });
    await settled();
  }

  function epoch() {
    return step(batch === 0 ? 1 : Math.floor(5000 / batch));
  }

  async function start() {
    running = true;
    fill(run, "Pause");
    while (running && store.get().panel === "learn") {
      const begun = performance.now();
      await step(1);
      await new Promise((resolve) => setTimeout(resolve, Math.max(20, REDRAW - (performance.now() - begun))));
    }
    stop();
  }

  function stop() {
    running = false;
    fill(run, "Run");
  }

  function undone() {
    stop();
    const { recipe } = store.get();
    const last = recipe.changes.at(-1);
    if (!last) return;
    const rest = recipe.changes.slice(0, -1);
    if (last[0] === "learn" && last[1] > 1) rest.push(["learn", last[1] - 1, last[2], last[3]]);
    store.set({ recipe: { ...recipe, changes: rest } });
  }

  function again() {
    stop();
    store.set({ recipe: { ...store.get().recipe, changes: [] } });
  }

  /** Wait until the scene is that of the recipe. */
  function settled() {
    return new Promise((resolve) => {
      const done = () => !store.get().waiting && (end(), resolve(null));
      const end = store.listen(done);
      setTimeout(done, 0);
    });
  }

  async function show() {
    drawSettings();
    const { scene, recipe, at } = store.get();
    undo.disabled = recipe.changes.length === 0;
    if (!pinned.length) pinned = firstPinned(scene, at);
    const mine = ++asked;
    try {
      const found = await engine.ask("learned", recipe, { pinned });
      if (mine === asked) draw(found);
      const start = await untaught(recipe);
      if (mine === asked) fill(filters, found.step ? filtersTable(start, store.get().scene, store.get().scheme) : null);
    } catch (error) {
      stop();
      if (mine === asked) fill(note, error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * The scene before anything was changed: asked for once.
   *
   * @param {import("../state.js").Recipe} recipe
   */
  function untaught(recipe) {
    const bare = { ...recipe, changes: [] };
    const key = JSON.stringify(bare);
    if (first.key !== key) first = { key, scene: engine.ask("scene", bare) };
    return first.scene;
  }

  /** @param {any} found explorer/learned.py */
  function draw(found) {
    const digits = { digits: store.get().digits };
    const steps = Array.from(found.losses?.data ?? []);
    fill(note, notice(found));
    fill(
      result,
      ...(found.step === 0 ? [el("p", {}, "No step was taken yet.")] : lastStep(found, digits)),
      accuracy(found.accuracy_before, found.accuracy_now),
    );
    if (steps.length > 1) {
      const x = steps.map((/** @type {number} */ _, /** @type {number} */ k) => found.from_step + k);
      chart.show([{ x, y: steps, kind: "true", name: "loss" }]);
      chart.dot(x.at(-1), [{ y: steps.at(-1), kind: "true" }]);
    }
    chart.element.toggleAttribute("hidden", steps.length < 2);
    if (found.step === 0) return;
    const { before, after } = found.loss;
    if (!running || performance.now() - heard > 2000) {
      heard = performance.now();
      say(`Step ${found.step}. Loss ${spoken(before, digits)} to ${spoken(after, digits)}.`);
    }
  }

  /**
   * @param {any} found
   * @param {{digits: number}} digits
   */
  function lastStep(found, digits) {
    const { before, after } = found.loss;
    const batched = found.batch > 0;
    return [
      el(
        "p",
        {},
        `Step ${count(found.step)}: loss `,
        number(before, digits),
        " → ",
        el("strong", {}, number(after, digits)),
        "; the tangents said ",
        number(found.tangent, digits),
        batched ? `. The loss is that of the step's ${found.batch} digits.` : ".",
      ),
      batched ? el("p", { class: "muted" }, `g is the mean over ${found.batch} pictures.`) : null,
      el(
        "table",
        { class: "updates" },
        el("caption", {}, "old − lr · g = new"),
        el("tbody", {}, found.pinned.map(row)),
      ),
    ];
  }

  /** @param {any} p */
  function row(p) {
    const digits = { digits: 6 };
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, elementName(p.of, p.index)),
      el("td", {}, number(p.old, digits)),
      el("td", {}, `${MINUS} ${p.lr} · (`, number(p.g, { ...digits, plus: true }), ")"),
      el("td", {}, "="),
      el("td", {}, number(p.new, digits)),
    );
  }

  /**
   * @param {{right: number, of: number} | null | undefined} before
   * @param {{right: number, of: number} | null | undefined} now
   */
  function accuracy(before, now) {
    if (!now) return null;
    const share = (/** @type {{right: number, of: number}} */ { right, of }) => `${((100 * right) / of).toFixed(1)} %`;
    const first = before ? `${share(before)} → ` : "";
    return el("p", {}, `Right on ${count(now.of)} test digits: ${first}`, el("strong", {}, share(now)));
  }

  /** @param {any} found */
  function notice(found) {
    if (found.step === 0 || !found.rose) return "";
    const { before, after } = found.loss;
    const smaller = Number(found.try_lr.toPrecision(2));
    const retry = () => {
      lr = smaller;
      undone();
      drawSettings();
    };
    return [
      ...["The loss rose from ", number(before), " to ", number(after)],
      ". The step was longer than the tangent is good for. ",
      el("button", { type: "button", onclick: retry }, `Try lr ${smaller}`),
    ];
  }

  function pin() {
    const input = el("input", {
      type: "text",
      "aria-label": "pin another number",
      placeholder: "dense.weight[9,2457]",
    });
    const add = () => {
      try {
        const [, name, index] = /^\s*([^[\]]+?)\s*\[([\d\s,]+)\]\s*$/.exec(input.value) ?? [];
        const address = addressFrom(`v${encodeURIComponent(name)}:${index.replace(/\s/g, "")}`);
        pinned = [...pinned, address];
        input.value = "";
        void show();
      } catch {
        fill(note, `“${input.value}” is not of the form conv.weight[3,0,1,2].`);
      }
    };
    return el("p", { class: "buttons" }, input, el("button", { type: "button", onclick: add }, "Pin this number"));
  }

  bindKeys(byId("network"), store, {
    l: () => store.set({ panel: "learn" }),
    " ": () => store.get().panel === "learn" && void step(1),
    "Shift+ ": () => store.get().panel === "learn" && (running ? stop() : void start()),
    z: undone,
  });
  store.listen((now, before) => {
    if (now.panel === "learn" && before.panel === "learn" && now.scene !== before.scene) void show();
    if (now.panel !== "learn") running = false;
  });
}

/**
 * What is followed at first: the number under the cursor if it is a parameter, a weight of the first filter, and the
 * answer's bias.
 *
 * @param {any} scene
 * @param {import("../state.js").Address | null} at
 * @returns {import("../state.js").Address[]}
 */
function firstPinned(scene, at) {
  /** @type {import("../state.js").Address[]} */
  const found = [];
  if (at && scene.arrays[at.of]?.role === "parameter") found.push({ ...at, gradient: false });
  const parameters = Object.entries(scene.arrays).filter(([, array]) => array.role === "parameter");
  if (!found.length && parameters.length) {
    const [name, array] = parameters[0];
    found.push({ of: name, gradient: false, index: array.shape.map((/** @type {number} */ n) => n >> 1) });
  }
  const last = parameters.at(-1);
  if (last && last[1].shape.length === 1) found.push({ of: last[0], gradient: false, index: [scene.answer ?? 0] });
  return found;
}
