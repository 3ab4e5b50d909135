/** The trail: the whys that were opened, each a link; and closing them. */

import { el } from "../dom.js";
import { written } from "../url.js";
import { addressKey, addressName } from "./addresses.js";

const SHOWN = 8;

/** @type {Map<string, string>} what the engine called the numbers that only a way through factors leads to */
const names = new Map();

/**
 * Remember what the engine calls an address.
 *
 * @param {import("../state.js").Address} address
 * @param {string} name
 */
export function remember(address, name) {
  if (address.through?.length) names.set(addressKey(address), name);
}

/**
 * @param {import("../state.js").Store} store
 * @param {() => void} close
 * @param {() => void} back
 * @returns {HTMLElement}
 */
export function trailBar(store, close, back) {
  const { trail } = store.get();
  const folded = Math.max(0, trail.length - SHOWN);
  const items = trail.map((address, k) => el("li", {}, stop(store, address, k)));
  const older = el(
    "li",
    {},
    el(
      "details",
      { class: "older" },
      el("summary", { "aria-label": `${folded} earlier` }, "…"),
      el("ol", {}, ...items.slice(0, folded)),
    ),
  );
  return el(
    "div",
    { class: "trail-bar" },
    el("nav", { "aria-label": "Trail" }, el("ol", { class: "trail" }, folded > 0 && older, ...items.slice(folded))),
    el(
      "div",
      { class: "trail-tools" },
      trail.length > 1 && el("button", { type: "button", onclick: back }, "Back"),
      el("button", { type: "button", onclick: close }, "Close"),
    ),
  );
}

/**
 * @param {import("../state.js").Store} store
 * @param {import("../state.js").Address} address
 * @param {number} k
 */
function stop(store, address, k) {
  const state = store.get();
  const trail = state.trail.slice(0, k + 1);
  const name = names.get(addressKey(address)) ?? addressName(address);
  if (k === state.trail.length - 1) return el("span", { "aria-current": "page" }, name);
  const follow = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    store.set({ trail });
  };
  return el("a", { href: `#${written({ ...state, trail })}`, onclick: follow }, name);
}
