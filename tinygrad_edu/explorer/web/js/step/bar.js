/** Stepping through the backward pass: where one is, what arrives, which rules fire, and where their numbers go. */

import { el, fill } from "../dom.js";
import { bindKeys } from "../keys.js";
import { say } from "../live.js";
import { spokenStep } from "./words.js";
import { stepView } from "./view.js";

const PACE = 1_600; // between two steps while playing
const SWIPE = 48;

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} network where the keys work too
 * @param {import("../state.js").Store} store
 */
export function mountSteps(root, network, store) {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let playing;
  const last = () => store.get().scene?.steps.length ?? 0;
  const go = (/** @type {number} */ step) => {
    if (last() === 0) return;
    store.set({ step: Math.min(last(), Math.max(0, step)) });
  };
  const stop = () => {
    clearInterval(playing);
    playing = undefined;
  };
  const by = (/** @type {number} */ n) => {
    stop();
    const { step } = store.get();
    go(step === null ? (n > 0 ? 1 : last()) : step + n);
  };
  const play = () => {
    if (playing !== undefined) {
      stop();
      draw();
      return;
    }
    const { step } = store.get();
    playing = setInterval(() => {
      const now = store.get().step;
      if (now === null || now >= last()) stop();
      else go(now + 1);
      draw();
    }, PACE);
    go(step === null || step >= last() ? 0 : step + 1);
    draw();
  };
  const actions = {
    go: (/** @type {number} */ k) => (stop(), go(k)),
    by,
    play,
    close: () => (stop(), store.set({ step: null })),
  };

  const head = el("div", { class: "step-head" });
  const body = el("div", { class: "step-body" });
  const section = el(
    "section",
    { class: "steps", "aria-label": "Backward pass, step by step", hidden: true },
    head,
    body,
  );
  root.append(section);
  const draw = () => {
    const { step, scene } = store.get();
    section.hidden = step === null || !scene?.steps.length;
    if (section.hidden) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.action;
    stepHead(head, store.get(), actions, playing !== undefined);
    fill(body, ...stepView(store));
    if (!focused) return;
    // the bar was made anew: focus stays where it was, or moves on to what can still be pressed
    const target = /** @type {HTMLButtonElement | null} */ (head.querySelector(`[data-action="${focused}"]`));
    (target?.disabled
      ? /** @type {HTMLElement | null} */ (head.querySelector('[aria-current="step"]'))
      : target
    )?.focus();
  };

  for (const place of [root, network]) bindKeys(place, store, keys(actions));
  let from = 0;
  head.addEventListener("touchstart", (event) => (from = event.touches[0].clientX), { passive: true });
  head.addEventListener("touchend", (event) => {
    const moved = event.changedTouches[0].clientX - from;
    if (Math.abs(moved) > SWIPE) by(moved < 0 ? 1 : -1);
  });
  store.listen((now, before) => {
    const seen = ["step", "scene", "scheme", "size", "digits"];
    if (seen.every((key) => now[/** @type {"step"} */ (key)] === before[/** @type {"step"} */ (key)])) return;
    if (now.step === null) stop();
    draw();
    if (now.step === before.step || now.step === null || !now.scene) return;
    const step = now.scene.steps[now.step - 1];
    say(
      step
        ? spokenStep(now.scene, step, now.scene.steps.length)
        : "Before the first step. The gradients are all still to come.",
    );
  });
  draw();
}

/**
 * n and p, and a number for its step.
 *
 * @param {{ go: (k: number) => void, by: (n: number) => void }} actions
 */
function keys({ go, by }) {
  /** @type {import("../keys.js").Bindings} */
  const bindings = { n: () => by(1), p: () => by(-1) };
  for (let digit = 0; digit < 10; digit += 1) bindings[String(digit)] = () => go(digit);
  return bindings;
}

/**
 * @typedef {{ go: (k: number) => void, by: (n: number) => void, play: () => void, close: () => void }} Actions
 */

/**
 * @param {HTMLElement} head
 * @param {import("../state.js").State} state
 * @param {Actions} actions
 * @param {boolean} playing
 */
function stepHead(head, { step, scene }, { go, by, play, close }, playing) {
  const all = scene.steps;
  const now = step ?? 0;
  const current = all[now - 1];
  const button = (
    /** @type {string} */ action,
    /** @type {string} */ text,
    /** @type {string} */ name,
    /** @type {() => void} */ press,
    off = false,
  ) => el("button", { type: "button", "aria-label": name, "data-action": action, disabled: off, onclick: press }, text);
  const badges = all.map((/** @type {any} */ s, /** @type {number} */ k) => {
    const name = `Step ${s.number}, ${s.primitive.name}`;
    const attributes = {
      type: "button",
      class: k < now ? "badge done" : "badge",
      "aria-label": name,
      "data-action": `step-${k + 1}`,
    };
    const badge = el("button", { ...attributes, onclick: () => go(k + 1) }, String(s.number));
    if (k + 1 === now) badge.setAttribute("aria-current", "step");
    return el("li", {}, badge);
  });
  fill(
    head,
    el(
      "h2",
      { class: "step-title" },
      current ? `Step ${now} of ${all.length}: ${current.primitive.name}` : `Before step 1 of ${all.length}`,
    ),
    el(
      "div",
      { class: "step-buttons" },
      button("first", "|◀", "Before the first step", () => go(0), now === 0),
      button("previous", "◀ Step", "Step back", () => by(-1), now === 0),
      button("next", "Step ▶", "Step on", () => by(1), now >= all.length),
      button("last", "▶|", "Last step", () => go(all.length), now >= all.length),
      button("play", playing ? "Pause" : "Play", playing ? "Pause" : "Play the steps", play),
      button("close", "Close", "Close the steps", close),
    ),
    el("ol", { class: "badges", "aria-label": "Steps" }, ...badges),
  );
}
