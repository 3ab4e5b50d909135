/**
 * The panels below the network.  Each has a place of its own in #panel, which is there while `state.panel` is its name.
 *
 * @typedef {import("./state.js").State["panel"]} Panel
 * @typedef {(root: HTMLElement, store: import("./state.js").Store, engine: import("./engine/http.js").Engine) => void} Mount
 */

import { byId, el } from "./dom.js";

/**
 * @param {import("./state.js").Store} store
 * @param {import("./engine/http.js").Engine} engine
 * @param {Partial<Record<Panel, Mount>>} panels
 */
export function mountPanels(store, engine, panels) {
  const host = byId("panel");
  for (const [name, mount] of Object.entries(panels)) {
    const root = el("div", { class: `panel panel-${name}`, hidden: true });
    host.append(root);
    const show = () => {
      root.hidden = store.get().panel !== name;
    };
    // first: so that a panel which listens is seen when it is told that it is open
    store.listen(show);
    mount(root, store, engine);
    show();
  }
  const dress = () => {
    document.body.dataset.panel = store.get().panel;
  };
  store.listen(dress);
  dress();
}
