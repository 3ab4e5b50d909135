/** What the panels have in common: a heading that gets the focus, a way to close, and the way back to where one was. */

import { el, fill } from "./dom.js";

/**
 * @param {HTMLElement} root
 * @param {import("./state.js").Store} store
 * @param {import("./state.js").State["panel"]} name
 * @param {string} heading
 * @param {() => void} opened called each time the panel is opened
 * @returns {{body: HTMLElement, title: (...content: (Node | string)[]) => void}}
 */
export function panelFrame(root, store, name, heading, opened) {
  const title = el("h2", { id: `panel-${name}`, tabindex: "-1" }, heading);
  const body = el("div", { class: "panel-body" });
  root.append(
    el(
      "section",
      { "aria-labelledby": `panel-${name}` },
      el("div", { class: "panel-head" }, title, el("button", { type: "button", onclick: close }, "Close")),
      body,
    ),
  );
  /** @type {HTMLElement | null} */
  let cameFrom = null;

  function close() {
    store.set({ panel: "look" });
    cameFrom?.focus();
  }

  function open() {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && focused !== document.body && !root.contains(focused)) cameFrom = focused;
    opened();
    title.focus();
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  store.listen((now, before) => {
    const ready = now.panel === name && now.scene !== null;
    if (ready && (before.panel !== name || before.scene === null)) open();
  });
  return { body, title: (...content) => fill(title, ...content) };
}
