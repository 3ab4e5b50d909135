/** What a screen reader is told: politely, at most one message in 700 ms, and of several the last. */

const APART = 700;

/**
 * @param {{textContent: string | null}} element with role="status"
 * @param {{now?: () => number, later?: (f: () => void, ms: number) => unknown}} [clock]
 * @returns {(message: string) => void} say
 */
export function makeLive(element, { now = () => performance.now(), later = (f, ms) => setTimeout(f, ms) } = {}) {
  let last = -Infinity;
  /** @type {string | null} */
  let waiting = null;
  const speak = () => {
    last = now();
    // the same text again is no change, and would not be spoken
    element.textContent = waiting === element.textContent ? `${waiting} ` : waiting;
    waiting = null;
  };
  return (message) => {
    const scheduled = waiting !== null;
    waiting = message;
    const wait = last + APART - now();
    if (wait <= 0) speak();
    else if (!scheduled) later(speak, wait);
  };
}

/** @type {(message: string) => void} */
let speak = () => {};

/** @param {Element} element with role="status" */
export function speakThrough(element) {
  speak = makeLive(element);
}

/** @param {string} message */
export function say(message) {
  speak(message);
}
