/** The why panel: the last number of the trail, and why it is what it is. */

import { el, fill } from "../dom.js";
import { Gone, Refusal } from "../engine/http.js";
import { say } from "../live.js";
import { count, number, spoken } from "../numbers.js";
import { addressName, elementName, sameAddress, trailWith } from "./addresses.js";
import { makeCursor } from "./cursor.js";
import { answerView } from "./view.js";
import { spokenElement } from "./spoken.js";
import { strip } from "./strip.js";
import { firstTerm, termsOf, withNumbers } from "./terms.js";
import { remember, trailBar } from "./trail.js";

const SLOW = 2_000; // after so many ms without an answer the panel says what is being computed

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 * @param {import("../engine/http.js").Engine} engine
 */
export function mount(root, store, engine) {
  const map = el("div", { class: "strip-place" });
  const bar = el("div");
  const heading = el("h2", { tabindex: "-1", id: "why-heading" });
  const body = el("div", { class: "why-body" });
  const section = el("section", { class: "why", "aria-labelledby": "why-heading" }, map, bar, heading, body);
  root.append(section);
  let pushed = 0; // how many steps of the browser's history are whys of this panel
  /** @type {Element | null} */
  let opener = null;
  /** @type {{ answer: any, scene: any } | null} */
  let shown = null;
  let asking = 0;

  const ask = (/** @type {import("../state.js").Address} */ address) => {
    pushed += 1;
    store.set({ panel: "why", trail: trailWith(store.get().trail, address) });
  };
  const close = () => {
    pushed = 0;
    store.set({ panel: "look", trail: [] });
    const target = /** @type {HTMLElement | null} */ (
      opener?.isConnected ? opener : document.querySelector("#network [tabindex='0']")
    );
    opener = null;
    target?.focus();
  };
  const back = () => {
    const { trail } = store.get();
    if (trail.length < 2) close();
    else if (pushed > 0 && engine.kind !== "notebook") {
      pushed -= 1;
      history.back();
    } else store.set({ trail: trail.slice(0, -1) });
  };

  const draw = () => {
    const state = store.get();
    fill(bar, trailBar(store, close, back));
    if (!shown) return;
    const { answer, scene } = shown;
    const terms = termsOf(answer);
    const width = (section.clientWidth || state.size.width) - 2;
    const cursor = makeCursor(firstTerm(answer, terms));
    title(answer, state.digits);
    const context = { why: answer, terms, scene, state, cursor, width, ask };
    // beside the network, and on a phone, there is no strip
    fill(map, state.size.width >= 700 && state.size.width < 1920 && strip(context));
    fill(body, ...answerView(context, store, engine));
  };
  const title = (/** @type {any} */ answer, /** @type {number} */ digits) => {
    const name = elementName(answer.name, answer.index);
    const plus = answer.kind === "gradient";
    fill(heading, `Why is ${name} = `, number(answer.value, { digits: /** @type {4 | 9} */ (digits), plus }), "?");
  };
  const wait = (/** @type {import("../state.js").Address} */ address) => {
    fill(heading, `Why is ${addressName(address)} = …?`);
    fill(body, el("p", { class: "waiting" }));
  };

  const show = async () => {
    const { trail, recipe, scene, panel } = store.get();
    const address = trail.at(-1);
    if (panel !== "why" || !address || !scene) return;
    const mine = (asking += 1);
    fill(bar, trailBar(store, close, back));
    if (!shown || !sameAddress(shown.answer.question, address)) wait(address);
    const slow = setTimeout(() => fill(body, el("p", { class: "waiting" }, "Computing…")), SLOW);
    try {
      const answer = withNumbers(await engine.ask("why", recipe, { question: address }));
      if (mine !== asking) return;
      const news = !shown || !sameAddress(shown.answer.question, address);
      shown = { answer, scene: store.get().scene };
      remember(address, elementName(answer.name, answer.index));
      draw();
      if (news) arrived(answer);
    } catch (error) {
      if (mine !== asking) return;
      shown = null;
      if (!(error instanceof Refusal || error instanceof Gone)) throw error;
      fill(heading, `Why is ${addressName(address)}?`);
      fill(body, el("p", { class: "refused" }, error.message));
      heading.focus({ preventScroll: true });
    } finally {
      clearTimeout(slow);
    }
  };
  const arrived = (/** @type {any} */ answer) => {
    if (!root.contains(document.activeElement) || document.activeElement !== heading)
      heading.focus({ preventScroll: true });
    scrollTo({ top: 0 });
    const nonzero = termsOf(answer).nonzero;
    const sum = answer.count > 1 ? ` Sum of ${count(answer.count)} products, ${count(nonzero)} not zero.` : "";
    const name = spokenElement({ name: answer.name, index: answer.index.map(String) });
    say(`Why: ${name} is ${spoken(answer.value, { plus: answer.kind === "gradient" })}.${sum}`);
  };

  root.addEventListener("keydown", (event) => {
    const away = event.key === "Backspace" || (event.altKey && event.key === "ArrowLeft");
    if (away && /** @type {HTMLElement} */ (event.target).matches("input, textarea, select")) return;
    if (event.key !== "Escape" && !away) return;
    event.preventDefault();
    event.stopPropagation();
    if (away) back();
    else close();
  });
  store.listen((now, before) => {
    if (now.panel !== "why") {
      if (before.panel === "why") shown = null;
      return;
    }
    if (before.panel !== "why" && !root.contains(document.activeElement)) opener = document.activeElement;
    // a scene follows its recipe by a moment; the why is asked for when both are there
    const asked = now.trail !== before.trail || now.panel !== before.panel || now.scene !== before.scene;
    if (asked) show();
    else if (now.digits !== before.digits || now.scheme !== before.scheme || now.size !== before.size) draw();
  });
  show();
}
