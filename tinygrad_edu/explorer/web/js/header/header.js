/** The page's head: which picture, which network, stepping, and the panels. */

import { el, fill } from "../dom.js";
import { picture, withNetwork } from "../recipe.js";
import { START } from "../state.js";
import { makeMenu } from "./menu.js";

/** @typedef {import("../state.js").Store} Store */
/** @typedef {import("../state.js").State} State */

const NETWORKS = { untrained: "untrained", early: "after 20 steps", trained: "trained", given: "yours" };

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function mountHeader(root, store) {
  const digit = el("button", { type: "button", class: "digit" }, "Digit ▾");
  const network = el("select", { "aria-label": "Network" });
  for (const [name, title] of Object.entries(NETWORKS)) {
    if (name !== "given" || START.recipe.network === "given")
      network.append(el("option", { value: name }, `Network: ${title}`));
  }
  const back = el(
    "button",
    { type: "button", "aria-label": "Step back" },
    "◀",
    el("span", { class: "wide-only" }, " Step"),
  );
  const on = el(
    "button",
    { type: "button", "aria-label": "Step on" },
    el("span", { class: "wide-only" }, "Step "),
    "▶",
  );
  /** @type {[State["panel"], HTMLButtonElement][]} */
  const panels = [
    ["draw", digit],
    ["learn", el("button", { type: "button" }, "Learn")],
    ["ask", el("button", { type: "button" }, "Ask")],
    ["tour", el("button", { type: "button" }, "Tours")],
  ];
  for (const [panel, button] of panels) {
    button.addEventListener("click", () => store.set({ panel: store.get().panel === panel ? "look" : panel }));
  }
  network.addEventListener("change", () => {
    const wanted = /** @type {State["recipe"]["network"]} */ (network.value);
    store.set({ recipe: withNetwork(store.get().recipe, wanted) });
  });
  const last = () => store.get().scene?.steps.length ?? 0;
  const step = (/** @type {number} */ by) => {
    const now = store.get().step ?? 0;
    store.set({ step: Math.max(0, Math.min(last(), now + by)) });
  };
  back.addEventListener("click", () => step(-1));
  on.addEventListener("click", () => step(1));
  fill(
    root,
    el("h1", {}, "How a small CNN learns"),
    digit,
    network,
    el("span", { class: "push" }),
    el("span", { class: "stepping" }, back, on),
    ...panels.slice(1).map(([, button]) => button),
    makeMenu(store),
  );

  const update = () => {
    const { recipe, scene, panel, step: at } = store.get();
    const { digit: shown } = picture(recipe);
    digit.textContent =
      scene && scene.answer !== null && shown !== null ? `Digit ${scene.classes[scene.answer]} ▾` : "Digit ▾";
    if (network.value !== recipe.network) network.value = recipe.network;
    for (const [name, button] of panels) button.setAttribute("aria-pressed", String(panel === name));
    back.disabled = at === null || at === 0;
    on.disabled = !scene || scene.steps.length === 0 || at === last();
  };
  store.listen((now, before) => {
    if (
      now.recipe !== before.recipe ||
      now.scene !== before.scene ||
      now.panel !== before.panel ||
      now.step !== before.step
    )
      update();
  });
  update();
}
