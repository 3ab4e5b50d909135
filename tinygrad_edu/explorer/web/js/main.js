/** The page begins here: an engine, a state, and the views that show it. */

import { httpEngine } from "./engine/http.js";
import { makeStore } from "./state.js";

const engine = httpEngine();
const store = makeStore();
const scene = await engine.ask("scene", store.get().recipe);
store.set({ scene });
