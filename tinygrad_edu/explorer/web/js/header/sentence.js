/** What is seen, in one sentence: the picture, what the network makes of it, and the loss. */

import { el, fill } from "../dom.js";
import { say } from "../live.js";
import { number, probability, spoken } from "../numbers.js";
import { focusNumber } from "../network/cursors.js";
import { numeric } from "../scene.js";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("../state.js").Store} Store */

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function mountSentence(root, store) {
  let said = "";
  store.listen((now, before) => {
    const same = now.scene === before.scene && now.digits === before.digits && now.gone === before.gone;
    root.classList.toggle("stale", now.gone !== null);
    if (same && now.covered === before.covered && now.amplify === before.amplify) return;
    if (!now.scene) return;
    fill(root, el("p", {}, sentence(now.scene, now), remarks(now.scene, store)));
    const picture = JSON.stringify([now.scene.recipe.digit, now.scene.recipe.ink, now.scene.recipe.changes]);
    if (before.scene && now.scene !== before.scene && picture !== said) say(`Picture changed. ${inWords(now.scene)}`);
    said = picture;
  });
}

/**
 * @param {Scene} scene
 * @param {import("../state.js").State} state
 */
function sentence(scene, state) {
  const { answer, classes, prediction, p } = scene;
  const isCovered = state.covered.some(({ of }) => of === "loss" || of === "log_softmax");
  const chance = el("b", { class: "number" }, isCovered ? "?" : `p = ${writtenP(scene, state)}`);
  if (answer === null) {
    return [`The network says ${classes[prediction]}: `, chance, ". No answer is chosen, so there is no loss."];
  }
  const loss = isCovered
    ? "?"
    : Number.isFinite(numeric(scene.loss))
      ? number(numeric(scene.loss), { digits: state.digits === 9 ? 9 : 4 })
      : "NaN";
  const what = [thisIs(classes[answer]), el("b", {}, classes[answer]), ". "];
  const says =
    prediction === answer || Number.isNaN(p)
      ? "The network gives it "
      : ["The network says ", el("b", {}, classes[prediction]), " and gives ", classes[answer], " only "];
  return [...what, ...[says].flat(), chance, ", so the loss is ", el("b", {}, loss), "."];
}

/** @param {string} name */
function thisIs(name) {
  return /^\d+$/.test(name) ? `This is ${name === "8" ? "an" : "a"} ` : "The answer is ";
}

/**
 * @param {Scene} scene
 * @param {{digits: number}} state
 */
function writtenP({ p, rest }, { digits }) {
  return probability(p, Math.log1p(-rest), digits === 9 ? 9 : 3);
}

/**
 * What the reader should know of these numbers.
 *
 * @param {Scene} scene
 * @param {Store} store
 */
function remarks(scene, store) {
  const bad = scene.not_finite;
  if (bad) {
    const first = bad.value ?? bad.gradient;
    const at = { of: first.of, gradient: first.gradient, index: first.index };
    const go = () => {
      if (!focusNumber(at)) store.set({ at });
    };
    return [
      " ",
      el(
        "button",
        { type: "button", class: "inline missing", onclick: go },
        `NaN or infinite: it began at ${first.of}[${first.index.join(",")}]`,
      ),
    ];
  }
  if (scene.loss === 0) return " The loss is 0 in 32-bit numbers: p rounds to 1.";
  if (scene.gradients?.state !== "almost zero") return null;
  const amplify = el(
    "button",
    { type: "button", class: "inline", onclick: () => store.set({ amplify: true }) },
    "Amplify",
  );
  return [" The network is sure. Little is left to learn from this picture. ", !store.get().amplify && amplify];
}

/** @param {Scene} scene */
function inWords(scene) {
  const { answer, classes, prediction } = scene;
  const p = `p ${probability(scene.p, Math.log1p(-scene.rest)).replace("−", "minus")}`;
  if (answer === null) return `The network says ${classes[prediction]}, ${p}.`;
  return `${thisIs(classes[answer])}${classes[answer]}. ${p}. Loss ${spoken(numeric(scene.loss))}.`;
}
