/**
 * Keys that do something while focus is in the network.  Letters, digits and Space can be switched off in the menu, and
 * are never taken from a field.
 *
 * @typedef {Record<string, (event: KeyboardEvent) => void>} Bindings by `event.key`; "Shift+" and "Control+" come before
 */

/**
 * @param {HTMLElement} root where focus must be
 * @param {import("./state.js").Store} store
 * @param {Bindings} bindings
 * @returns {() => void} ends it
 */
export function bindKeys(root, store, bindings) {
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const action = bindings[nameOf(event)];
    if (!action || event.defaultPrevented || event.isComposing) return;
    if (event.key.length === 1 && (!store.get().keys || isField(event.target))) return;
    event.preventDefault();
    action(event);
  };
  root.addEventListener("keydown", pressed);
  return () => root.removeEventListener("keydown", pressed);
}

/** @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event */
export function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  // a character that needs Shift to be typed, "?", already says so
  const shift = shiftKey && (key.length > 1 || key === " ") ? "Shift+" : "";
  return `${ctrlKey || metaKey ? "Control+" : ""}${altKey ? "Alt+" : ""}${shift}${key}`;
}

/** @param {EventTarget | null} target */
export function isField(target) {
  const element = /** @type {HTMLElement | null} */ (target);
  return (
    !!element?.matches?.("input:not([type=button], [type=checkbox], [type=radio], [type=range]), textarea, select") ||
    !!element?.isContentEditable
  );
}
