/** The address bar follows the state, and Back goes a step back: through whys, steps, pictures, networks and panels. */

import { MOST, read, written } from "./url.js";

const AFTER = 250; // browsers allow only so many changes of the address a second, and dragging makes sixty

/** @param {import("./state.js").Store} store */
export function followHistory(store) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  let arriving = false;
  let shown = location.hash.replace(/^#/, "");
  const write = (/** @type {boolean} */ step) => {
    clearTimeout(later);
    const fragment = written(store.get());
    if (fragment === shown) return;
    if (fragment.length > MOST) {
      store.set({ notice: "This state is too long for a link. Save it as a file instead." });
      return;
    }
    shown = fragment;
    const address = fragment === "" ? location.href.replace(/#.*$/, "") : `#${fragment}`;
    if (step) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  };
  const arrive = () => {
    if (/^#[^\d]/.test(location.hash)) return; // an anchor of the page
    const { state, bad } = read(location.hash);
    clearTimeout(later);
    shown = location.hash.replace(/^#/, "");
    arriving = true;
    store.set({ ...state, notice: bad.length > 0 ? `The link says what cannot be read: ${bad.join("; ")}` : null });
    arriving = false;
  };
  addEventListener("popstate", arrive);
  arrive();
  store.listen((now, before) => {
    if (arriving) return;
    if (isStep(now, before)) {
      write(true);
    } else if (written(now) !== shown) {
      clearTimeout(later);
      later = setTimeout(() => write(false), AFTER);
    }
  });
}

/**
 * Whether Back should return to what was before: a why, a step, a picture, a network, a panel; not each pixel of a drag.
 *
 * @param {import("./state.js").State} now
 * @param {import("./state.js").State} before
 */
function isStep(now, before) {
  const [a, b] = [now.recipe, before.recipe];
  return (
    now.panel !== before.panel ||
    now.step !== before.step ||
    now.trail !== before.trail ||
    a.digit !== b.digit ||
    a.network !== b.network ||
    a.seed !== b.seed
  );
}
