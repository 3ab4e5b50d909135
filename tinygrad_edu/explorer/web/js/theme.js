/**
 * Light or dark: what the menu says, else what the system says; paper is always light.  `state.scheme` is the outcome,
 * which pictures are painted by, and `state.size` the window's size, which they are laid out by.
 */

/** @param {import("./state.js").Store} store */
export function followTheme(store) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;
  const settle = () => {
    const { theme, scheme } = store.get();
    const wanted = printing ? "light" : theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
    if (theme === "auto" && !printing) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = wanted;
    if (wanted !== scheme) store.set({ scheme: wanted });
  };
  const print = (/** @type {boolean} */ now) => () => {
    printing = now;
    settle();
  };
  dark.addEventListener("change", settle);
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  store.listen((now, before) => now.theme !== before.theme && settle());
  settle();
}

/** @param {import("./state.js").Store} store */
export function followSize(store) {
  const settle = () => {
    const room = document.documentElement.clientWidth; // a scroll bar takes some of the width
    const next = { width: innerWidth, height: innerHeight, room, ratio: devicePixelRatio };
    if (JSON.stringify(next) !== JSON.stringify(store.get().size)) store.set({ size: next });
  };
  addEventListener("resize", settle);
  new ResizeObserver(settle).observe(document.documentElement);
  settle();
}
