/** The menu: theme, digits, keys, sharing, help. */

import { el } from "../dom.js";
import { isField } from "../keys.js";
import { aboutDialog, keysDialog } from "./dialogs.js";

/** @typedef {import("../state.js").Store} Store */

const THEMES = { auto: "as the system", light: "light", dark: "dark" };

/** @param {Store} store */
export function makeMenu(store) {
  const button = el(
    "button",
    { type: "button", "aria-expanded": "false", "aria-controls": "menu", "aria-label": "Menu" },
    "☰",
  );
  const themes = Object.entries(THEMES).map(([theme, title]) => {
    const field = el("input", { type: "radio", name: "theme", value: theme });
    field.addEventListener("change", () => store.set({ theme: /** @type {keyof typeof THEMES} */ (theme) }));
    return { field, label: el("label", { class: "choice" }, field, title) };
  });
  const digits = box("9 digits", (on) => store.set({ digits: on ? 9 : 4 }));
  const keys = box("Letter keys in the network", (on) => store.set({ keys: on }));
  const open = (/** @type {() => HTMLDialogElement} */ make) => () => {
    show(false);
    const dialog = make();
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  const share = () => {
    show(false);
    store.set({ panel: "share" });
  };
  const list = el(
    "div",
    { id: "menu", class: "menu-list", hidden: true },
    el("fieldset", {}, el("legend", {}, "Theme"), ...themes.map(({ label }) => label)),
    digits.label,
    keys.label,
    el("button", { type: "button", onclick: share }, "Share"),
    el("button", { type: "button", onclick: open(keysDialog) }, "Keys"),
    el("button", { type: "button", onclick: open(() => aboutDialog(store)) }, "About"),
  );
  const element = el("div", { class: "menu" }, button, list);

  /** @param {boolean} is */
  function show(is) {
    list.hidden = !is;
    button.setAttribute("aria-expanded", String(is));
  }
  button.addEventListener("click", () => show(list.hidden === true));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    show(false);
    button.focus();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!element.contains(/** @type {Node} */ (event.target))) show(false);
  });
  document.addEventListener("keydown", (event) => {
    const inside = document.activeElement?.closest("#network, #panel, #step");
    if (event.key === "?" && inside && store.get().keys && !isField(event.target)) open(keysDialog)();
  });
  const update = () => {
    const state = store.get();
    for (const { field } of themes) field.checked = field.value === state.theme;
    digits.field.checked = state.digits === 9;
    keys.field.checked = state.keys;
  };
  store.listen(update);
  update();
  return element;
}

/**
 * @param {string} title
 * @param {(on: boolean) => void} set
 */
function box(title, set) {
  const field = el("input", { type: "checkbox" });
  field.addEventListener("change", () => set(field.checked));
  return { field, label: el("label", { class: "choice" }, field, title) };
}
