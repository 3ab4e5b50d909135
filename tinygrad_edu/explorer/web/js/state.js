/**
 * The page's one state, and who is told when it changes.
 *
 * A view never changes another: it sets the state, and every view draws what the state says.
 *
 * @typedef {[kind: "edit", name: string, index: number[], value: number]
 *         | [kind: "learn", steps: number, lr: number, batch: number]
 *         | [kind: "show", digit: number | null, ink: string | null, answer: number | null]} Change
 *
 * @typedef {object} Recipe what the engine makes the numbers from (explorer/recipe.py)
 * @property {"untrained" | "early" | "trained" | "given"} network
 * @property {number} seed
 * @property {number | null} digit
 * @property {string | null} ink
 * @property {number | null} answer
 * @property {boolean} image_gradient
 * @property {Change[]} changes
 *
 * @typedef {object} Address which number (explorer/whys.py)
 * @property {string} of the array's name
 * @property {boolean} gradient whether dL/d(it) is meant
 * @property {number[]} index
 * @property {number[][]} [through] [group, row, column] of factors without a name
 *
 * @typedef {object} State
 * @property {Recipe} recipe
 * @property {any} scene the engine's latest answer, a Scene (scene.js); null before the first
 * @property {"look" | "why" | "whatif" | "learn" | "draw" | "ask" | "tour" | "share"} panel what is open
 * @property {number | null} step how many steps of the backward pass are shown; null: all, without stepping
 * @property {Address | null} at the number under the cursor
 * @property {Address[]} trail the whys that were opened; the last is the one on screen
 * @property {Address | null} whatif the number that What-if changes
 * @property {Address[]} covered numbers that a question asks for: they are hidden, also from a screen reader, until it is answered
 * @property {{key: string, stop: number} | null} tour which tour is under way, and at which stop
 * @property {boolean} amplify
 * @property {4 | 9} digits significant ones: 9 give float32 back exactly
 * @property {"auto" | "light" | "dark"} theme
 * @property {boolean} keys whether letter keys work in the network
 * @property {boolean} waiting whether the engine is computing
 * @property {string | null} gone what to say while the engine does not answer
 * @property {string | null} refused what the engine said when it could not do what was asked
 * @property {string | null} notice what the reader should know, and may put away
 * @property {"light" | "dark"} scheme how pictures are painted (theme.js)
 * @property {{width: number, height: number, room: number, ratio: number}} size of the window in CSS pixels, the width that
 *   a scroll bar leaves, and device pixels in a CSS pixel
 */

/**
 * What the engine opens with stands in the page (explorer/opening.py).
 *
 * @returns {Recipe}
 */
function openingRecipe() {
  const said = globalThis.document?.querySelector('meta[name="opening"]')?.getAttribute("content");
  if (said) return JSON.parse(said);
  return { network: "trained", seed: 1, digit: 530, ink: null, answer: null, image_gradient: true, changes: [] };
}

/** @type {State} */
export const START = {
  recipe: openingRecipe(),
  scene: null,
  panel: "look",
  step: null,
  at: null,
  trail: [],
  whatif: null,
  covered: [],
  tour: null,
  amplify: false,
  digits: 4,
  theme: "auto",
  keys: true,
  waiting: false,
  gone: null,
  refused: null,
  notice: null,
  scheme: "light",
  size: { width: 1280, height: 720, room: 1280, ratio: 1 },
};

/**
 * @typedef {object} Store
 * @property {() => State} get
 * @property {(changes: Partial<State>) => void} set tells every listener, once, after the changes
 * @property {(listener: (now: State, before: State) => void) => () => void} listen returns what ends it
 */

/**
 * @param {Partial<State>} [given]
 * @returns {Store}
 */
export function makeStore(given = {}) {
  let state = { ...START, ...given };
  let told = state;
  let telling = false;
  /** @type {Set<(now: State, before: State) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    set(changes) {
      state = { ...state, ...changes };
      if (telling) return; // what a listener sets is told to all after this round, so that each sees states in order
      telling = true;
      try {
        while (told !== state) {
          const before = told;
          const now = (told = state);
          for (const listener of listeners) listener(now, before);
        }
      } finally {
        told = state;
        telling = false;
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
