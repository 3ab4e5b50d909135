/**
 * Where the cursor stands in each array, and who can give it the focus.  An array's values and its gradients share one
 * cursor, so that a value and its gradient are one key apart.
 *
 * @typedef {import("../state.js").Address} Address
 */

/** @type {Map<string, number>} */
const cursors = new Map();

/**
 * @param {string} name
 * @param {number} size how many numbers the array has now
 */
export function cursorOf(name, size) {
  return Math.min(cursors.get(name) ?? 0, size - 1);
}

/**
 * @param {string} name
 * @param {number} flat
 */
export function setCursor(name, flat) {
  cursors.set(name, flat);
}

/** @type {(address: Address) => boolean} */
let focus = () => false;

/** @param {(address: Address) => boolean} how the network gives a number the focus; false where it does not show it */
export function focusThrough(how) {
  focus = how;
}

/**
 * Give a number of the network the focus, as when a why is closed.
 *
 * @param {Address} address
 */
export function focusNumber(address) {
  return focus(address);
}
