/** What has gone wrong, and what can be done about it; a word that the reader may put away. */

import { byId, el, fill } from "./dom.js";

/**
 * @param {import("./state.js").Store} store
 * @param {() => void} again
 */
export function mountNotices(store, again) {
  const place = byId("alert");
  store.listen((now, before) => {
    if (now.gone === before.gone && now.refused === before.refused && now.notice === before.notice) return;
    fill(place, now.gone !== null && goneBar(again), now.refused !== null && refusal(now, store), noticed(now, store));
  });
}

/** @param {() => void} again */
function goneBar(again) {
  return el(
    "p",
    { class: "bar bar-gone" },
    "The engine does not answer. These are the last numbers. ",
    el("button", { type: "button", onclick: again }, "Try again"),
  );
}

/**
 * @param {import("./state.js").State} state
 * @param {import("./state.js").Store} store
 */
function refusal({ recipe, refused }, store) {
  const undo = () => store.set({ recipe: { ...recipe, changes: recipe.changes.slice(0, -1) }, refused: null });
  return el(
    "p",
    { class: "bar bar-refused" },
    `${refused} `,
    recipe.changes.length > 0
      ? el("button", { type: "button", onclick: undo }, "Undo last change")
      : el("button", { type: "button", onclick: () => store.set({ refused: null }) }, "Close"),
  );
}

/**
 * @param {import("./state.js").State} state
 * @param {import("./state.js").Store} store
 */
function noticed({ notice }, store) {
  if (notice === null) return null;
  const close = () => store.set({ notice: null });
  return el("p", { class: "bar" }, `${notice} `, el("button", { type: "button", onclick: close }, "Close"));
}
