/** Share what is on the screen: as a link, as a picture, or as one file that works without Python. */

import { el, fill } from "../dom.js";
import { panelFrame } from "../panel_frame.js";
import { pictureOf, pngOf, svgText } from "./picture.js";

/**
 * @param {HTMLElement} root
 * @param {import("../state.js").Store} store
 * @param {import("../engine/http.js").Engine} engine
 */
export function mount(root, store, engine) {
  const { body } = panelFrame(root, store, "share", "Share", () => (link.value = location.href));
  const link = el("input", { type: "text", readonly: true, "aria-label": "link to this view" });
  const note = el("p", { role: "status" });
  const file = el("button", { type: "button", onclick: tried(saveFile) }, "Save as a file");
  fill(
    body,
    el("h3", {}, "A link"),
    el("p", {}, "All that the view is made from stands in it. Whoever opens it here gets the same numbers."),
    el("p", { class: "buttons" }, link, el("button", { type: "button", onclick: tried(copy) }, "Copy")),
    el("h3", {}, "A picture of the network"),
    el(
      "p",
      { class: "buttons" },
      el("button", { type: "button", onclick: tried(savePicture) }, "Save as SVG"),
      el("button", { type: "button", onclick: tried(savePixels) }, "Save as PNG"),
    ),
    el("h3", {}, "One file"),
    el("p", {}, "A page for reading, stepping and asking why. It works offline and needs no Python."),
    el("p", { class: "buttons" }, file),
    note,
  );
  if (engine.kind === "file") {
    file.disabled = true;
    fill(note, "This is that file already.");
  }

  /** @param {() => Promise<string>} action what it returns is said */
  function tried(action) {
    return async () => {
      try {
        fill(note, await action());
      } catch (error) {
        fill(note, error instanceof Error ? error.message : String(error));
      }
    };
  }

  async function copy() {
    link.select();
    await navigator.clipboard.writeText(link.value);
    return "The link is copied.";
  }

  const view = () => pictureOf(/** @type {Element} */ (document.getElementById("network")));

  async function savePicture() {
    return save(new Blob([svgText(view())], { type: "image/svg+xml" }), "cnn.svg");
  }

  async function savePixels() {
    return save(await pngOf(view()), "cnn.png");
  }

  async function saveFile() {
    const { recipe } = store.get();
    const { html } = await engine.ask("file", recipe, { fragment: location.hash });
    return save(new Blob([html], { type: "text/html" }), "cnn.html");
  }
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return `Saved as ${name}, ${Math.ceil(blob.size / 1000)} KB.`;
}
