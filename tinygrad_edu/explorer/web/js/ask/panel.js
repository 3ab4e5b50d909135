/**
 * Predict, then reveal.  The questions and their answers are the engine's (explorer/questions.py); here they are asked.
 *
 * @typedef {object} Question
 * @property {string} text
 * @property {string[]} choices
 * @property {number} right
 * @property {string[]} reasons one for each choice
 * @property {import("../state.js").Address} why
 * @property {import("../state.js").Address[]} covered
 */

import { el, fill } from "../dom.js";
import { say } from "../live.js";
import { MINUS } from "../numbers.js";
import { panelFrame } from "../panel_frame.js";

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 * @param {import("../engine/http.js").Engine} engine
 */
export function mount(root, store, engine) {
  const { body } = panelFrame(root, store, "ask", "Predict, then reveal", open);
  /** @type {Question[]} */
  let questions = [];
  /** @type {(number | null | undefined)[]} what was chosen for each: null where it was skipped */
  let chosen = [];
  let place = 0;
  /** @type {unknown} the recipe that the questions are about */
  let about = null;

  async function open() {
    const { recipe } = store.get();
    if (recipe !== about) {
      fill(body, el("p", {}, "Looking at the numbers…"));
      questions = (await engine.ask("questions", recipe)).questions;
      [about, chosen, place] = [recipe, [], 0];
    }
    draw();
  }

  function draw() {
    if (!questions.length) {
      fill(body, el("p", {}, "A question needs a loss, and a loss needs the answer. Which digit is it?"));
    } else if (place >= questions.length) {
      fill(body, ...closing());
    } else {
      fill(body, ...asking(questions[place]));
    }
    cover();
  }

  function cover() {
    const open = store.get().panel === "ask" && place < questions.length && chosen[place] === undefined;
    store.set({ covered: open ? questions[place].covered : [] });
  }

  /** @param {Question} question */
  function asking(question) {
    const answered = chosen[place] !== undefined;
    const choices = question.choices.map((choice, k) =>
      el(
        "label",
        { class: "choice" },
        el("input", { type: "radio", name: "choice", value: k, disabled: answered, checked: chosen[place] === k }),
        ` ${signed(choice)}`,
      ),
    );
    return [
      el("p", { class: "muted" }, `Question ${place + 1} of ${questions.length}`),
      el("fieldset", {}, el("legend", {}, signed(question.text)), ...choices),
      answered ? revealed(question) : buttons(question),
    ];
  }

  /** @param {Question} question */
  function buttons(question) {
    return el(
      "p",
      { class: "buttons" },
      el("button", { type: "button", class: "primary", onclick: () => reveal(question) }, "Reveal"),
      el("button", { type: "button", onclick: () => go(null) }, "Skip"),
    );
  }

  /** @param {Question} question */
  function reveal(question) {
    const input = /** @type {HTMLInputElement | null} */ (body.querySelector("input:checked"));
    chosen[place] = input ? Number(input.value) : null;
    draw();
    say(/** @type {HTMLElement} */ (body.querySelector(".revealed")).textContent ?? "");
    /** @type {HTMLElement} */ (body.querySelector(".revealed")).focus();
    if (question.why.gradient) store.set({ at: question.why });
  }

  /** @param {Question} question */
  function revealed(question) {
    const choice = chosen[place];
    const right = question.choices[question.right];
    const wrong = choice !== null && choice !== undefined && choice !== question.right;
    return el(
      "div",
      { class: "revealed", tabindex: "-1" },
      wrong ? el("p", {}, signed(`You said ${question.choices[choice]}. ${question.reasons[choice]}`)) : null,
      el("p", {}, el("strong", {}, `${capital(signed(right))}. `), signed(question.reasons[question.right])),
      el(
        "p",
        { class: "buttons" },
        el("button", { type: "button", onclick: () => store.set({ trail: [question.why], panel: "why" }) }, "Why?"),
        el("button", { type: "button", class: "primary", onclick: () => go(choice ?? null) }, "Next"),
      ),
    );
  }

  /** @param {number | null} choice */
  function go(choice) {
    chosen[place] = choice;
    place += 1;
    draw();
    const next = body.querySelector("input, button");
    if (next instanceof HTMLElement) next.focus();
  }

  function closing() {
    const right = questions.filter((question, k) => chosen[k] === question.right).length;
    return [
      el("p", {}, el("strong", {}, `${right} of ${questions.length} as you predicted.`)),
      el(
        "ul",
        { class: "plain" },
        ...questions.map((question, k) =>
          el("li", {}, `${chosen[k] === question.right ? "✓" : "·"} ${signed(question.text)} `, again(k)),
        ),
      ),
      el("p", { class: "buttons" }, el("button", { type: "button", class: "primary", onclick: restart }, "Ask again")),
    ];
  }

  /** @param {number} k */
  function again(k) {
    const { why } = questions[k];
    return el("button", { type: "button", onclick: () => store.set({ trail: [why], panel: "why" }) }, "Why?");
  }

  function restart() {
    [chosen, place] = [[], 0];
    draw();
    body.querySelector("input")?.focus();
  }

  store.listen((now, before) => {
    if (now.panel === "ask" && now.recipe !== before.recipe) void open();
    if (before.panel === "ask" && now.panel !== "ask" && now.covered.length) store.set({ covered: [] });
  });
}

/** @param {string} words with a hyphen for a minus sign, as the engine writes numbers */
function signed(words) {
  return words.replace(/(^|[\s(=])-(?=[\d.p])/g, `$1${MINUS}`).replace(/ - /g, ` ${MINUS} `);
}

/** @param {string} words */
function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
