/** Which tour? */

import { el, fill } from "../dom.js";
import { panelFrame } from "../panel_frame.js";
import { TOURS } from "./tours.js";

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 */
export function mount(root, store) {
  const { body } = panelFrame(root, store, "tour", "Tours", () => {});
  fill(
    body,
    el("p", {}, "Each takes a minute. You may leave at any stop; what you see then stays."),
    el(
      "ul",
      { class: "plain" },
      ...TOURS.map(({ key, title }) =>
        el(
          "li",
          {},
          el("button", { type: "button", onclick: () => store.set({ panel: "look", tour: { key, stop: 0 } }) }, title),
        ),
      ),
    ),
  );
}
