/**
 * The one cursor of a why: which term is looked at, in all its pictures, its line and its table at once.
 *
 * @typedef {object} Cursor
 * @property {() => number} at the term's position
 * @property {(position: number) => void} set
 * @property {(element: Element, listener: (position: number) => void) => void} listen the listener is told at once, and
 *     from then on until its element has left the page
 *
 * @typedef {object} Context what every view of a why is given
 * @property {import("./terms.js").Why} why
 * @property {import("./terms.js").Terms} terms
 * @property {any} scene of the same recipe
 * @property {import("../state.js").State} state
 * @property {Cursor} cursor
 * @property {number} width of the panel in CSS pixels
 * @property {(address: import("../state.js").Address) => void} ask
 */

/**
 * @param {number} start
 * @returns {Cursor}
 */
export function makeCursor(start) {
  let at = start;
  /** @type {{ element: Element, listener: (position: number) => void, seen: boolean }[]} */
  let listeners = [];
  return {
    at: () => at,
    set(position) {
      if (position === at) return;
      at = position;
      listeners = listeners.filter((l) => !l.seen || l.element.isConnected);
      for (const l of listeners) {
        l.seen ||= l.element.isConnected;
        l.listener(at);
      }
    },
    listen(element, listener) {
      listeners.push({ element, listener, seen: false });
      listener(at);
    },
  };
}
