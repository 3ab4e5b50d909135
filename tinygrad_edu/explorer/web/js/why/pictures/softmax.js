/** Softmax and the loss: ten bars of e^(z - m), what they add up to, p, and -ln p of the answer. */

import { el, restyle } from "../../dom.js";
import { numeric } from "../../scene.js";
import { MINUS, number, probability as written } from "../../numbers.js";

/** @typedef {import("../cursor.js").Context} Context */

/**
 * @param {Context} context
 * @param {any} stage of log_softmax or of the loss
 * @returns {HTMLElement | null}
 */
export function softmaxPicture(context, stage) {
  const { scene, why, state } = context;
  const softmax = stage?.primitive === "log_softmax" ? stage : before(scene, stage);
  const logits = scene.arrays[softmax?.inputs[0]];
  const logs = scene.arrays[softmax?.output];
  if (!logits || !logs || logits.shape.length !== 2 || logits.shape[0] !== 1) return null;
  const z = [...logits.values.data];
  const m = Math.max(...z);
  const powers = z.map((x) => Math.exp(x - m));
  const sum = powers.reduce((a, b) => a + b, 0);
  const manner = { digits: state.digits };
  const asked = why.index.length === 2 ? why.index[1] : (scene.answer ?? 0);
  const p = scene.probabilities.data;
  const rows = z.map((x, k) => {
    const bar = el("span", { class: "power", "aria-hidden": "true" });
    restyle(bar, { width: `${100 * powers[k]}%` });
    const classes = [k === asked && "asked", k === scene.answer && "answer"].filter(Boolean).join(" ");
    return el(
      "tr",
      { class: classes },
      el("th", { scope: "row" }, k),
      el("td", {}, number(x, manner)),
      el("td", {}, number(powers[k], manner), bar),
      el("td", {}, probability(p[k], logs.values.data[k])),
      logs.gradient && el("td", {}, number(logs.gradient.data[k], { ...manner, plus: true })),
      logits.gradient && el("td", {}, number(logits.gradient.data[k], { ...manner, plus: true })),
    );
  });
  const heads = [
    "class",
    "z",
    `e^(z ${MINUS} m)`,
    "p",
    logs.gradient && "dL/d ln p",
    logits.gradient && "dL/dz",
  ].filter(Boolean);
  const pk = probability(p[asked], logs.values.data[asked]);
  return el(
    "div",
    { class: "softmax" },
    el(
      "div",
      { class: "scrolls", tabindex: "0", role: "region", "aria-label": "Softmax of all classes" },
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, ...rows),
      ),
    ),
    el("p", {}, "m = ", number(m, manner), " is the largest logit. All e^(z − m) add up to ", number(sum, manner), "."),
    el("p", {}, `p[${asked}] = `, number(powers[asked], manner), " / ", number(sum, manner), " = ", pk),
    loss(scene, logs, manner),
    why.kind === "gradient" && gradientLine(context, stage, asked, logs),
  );
}

/**
 * @param {number} p
 * @param {number} logarithm
 */
function probability(p, logarithm) {
  return el("span", { class: "number" }, written(p, logarithm, 4));
}

/**
 * @param {any} scene
 * @param {any} stage
 */
function before(scene, stage) {
  return scene.stages.find((/** @type {any} */ s) => s.primitive === "log_softmax" && stage?.inputs.includes(s.output));
}

/**
 * @param {any} scene
 * @param {any} logs
 * @param {import("../../numbers.js").Manner} manner
 */
function loss(scene, logs, manner) {
  if (scene.answer === null || scene.loss === null) return null;
  const k = scene.answer;
  const p = probability(scene.probabilities.data[k], logs.values.data[k]);
  return el("p", {}, `The loss is ${MINUS}ln p[${k}] = ${MINUS}ln(`, p, ") = ", number(numeric(scene.loss), manner));
}

/**
 * @param {Context} context
 * @param {any} stage
 * @param {number} k
 * @param {any} logs
 */
function gradientLine({ scene, why, state }, stage, k, logs) {
  const manner = { digits: state.digits, plus: true };
  if (stage.primitive !== "log_softmax") {
    return el(
      "p",
      {},
      k === scene.answer
        ? "This is the answer: the loss falls by 1 when its ln p rises by 1."
        : "Not the answer: the loss does not look at it.",
    );
  }
  const g = logs.gradient?.data;
  if (!g) return null;
  const sum = g.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
  const p = probability(scene.probabilities.data[k], logs.values.data[k]);
  const rest = [` ${MINUS} `, p, " · (", number(sum, manner), ") = ", number(why.value, manner)];
  return el(
    "p",
    { class: "arithmetic" },
    `dL/dz[${k}] = g[${k}] ${MINUS} p[${k}] · sum of g = `,
    number(g[k], manner),
    ...rest,
  );
}
