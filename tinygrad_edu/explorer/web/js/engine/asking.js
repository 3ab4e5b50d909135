/**
 * Asking the engine for what the state needs, and saying when it does not answer.
 *
 * @typedef {import("./http.js").Engine} Engine
 * @typedef {import("../state.js").Store} Store
 */

import { Gone, Refusal } from "./http.js";

/**
 * The engine, watched: when it does not answer, the page says so, and when it answers again, no more.
 *
 * @param {Engine} engine
 * @param {Store} store
 * @returns {Engine}
 */
export function watched(engine, store) {
  return {
    ...engine,
    async ask(method, recipe, wanted) {
      try {
        const answer = await engine.ask(method, recipe, wanted);
        if (store.get().gone !== null) store.set({ gone: null });
        return answer;
      } catch (error) {
        if (error instanceof Gone) store.set({ gone: error.message });
        else if (error instanceof Refusal && store.get().gone !== null) store.set({ gone: null });
        throw error;
      }
    },
  };
}

/**
 * Keep the scene that of the recipe.  One question is on its way at a time; when it is answered, the newest recipe is
 * asked for, and those between are left out: so a dragged number shows as many scenes as the engine can compute.
 *
 * @param {Store} store
 * @param {Engine} engine
 * @returns {() => Promise<void>} ask again, as after the engine was gone
 */
export function keepScene(store, engine) {
  /** @type {import("../state.js").Recipe | null} */
  let asked = null;
  let busy = false;
  const ask = async () => {
    if (busy) return;
    busy = true;
    try {
      while (asked !== store.get().recipe) await askOnce((asked = store.get().recipe));
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    } finally {
      busy = false;
    }
  };
  const askOnce = async (/** @type {import("../state.js").Recipe} */ recipe) => {
    if (!store.get().waiting) store.set({ waiting: true });
    try {
      const scene = await engine.ask("scene", recipe);
      store.set({ scene, refused: null, waiting: store.get().recipe !== recipe });
    } catch (error) {
      store.set({ waiting: false });
      if (!(error instanceof Refusal)) throw error;
      store.set({ refused: error.message });
    }
  };
  store.listen((now, before) => {
    if (now.recipe !== before.recipe) ask();
  });
  return async () => {
    asked = null;
    await ask();
  };
}
