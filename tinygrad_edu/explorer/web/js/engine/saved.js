/**
 * What the engine said before the page became a file (explorer/file.py).
 *
 * @typedef {object} Saved
 * @property {any} scene
 * @property {any} questions
 * @property {any[]} whys one explanation for each array and for its gradient
 * @property {any} digits
 */

import { Refusal } from "./http.js";
import { unpack } from "./unpack.js";

/** @typedef {import("./http.js").Engine} Engine */

/**
 * An engine that repeats what was saved, and says of all else that it needs the program.
 *
 * @returns {Promise<Engine>}
 */
export async function savedEngine() {
  const saved = await savedAnswers();
  const shown = JSON.stringify(saved.scene.recipe);
  return {
    kind: "file",
    async ask(method, recipe, wanted = {}) {
      if (same(recipe, saved.scene.recipe)) {
        if (method === "scene") return saved.scene;
        if (method === "questions") return saved.questions;
        const found =
          method === "why" && saved.whys.find((why) => same(why.question, /** @type {any} */ (wanted).question));
        if (found) return found;
      }
      if (method === "opening") return { recipe: JSON.parse(shown) };
      throw new Refusal("This is a saved page: what it does not hold needs the program, tinygrad-edu explore.");
    },
  };
}

/** @returns {Promise<Saved>} */
export async function savedAnswers() {
  const text = document.getElementById("saved")?.textContent ?? "";
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return unpack(await new Response(stream).arrayBuffer());
}

/**
 * @param {any} one
 * @param {any} other
 * @returns {boolean} whether they say the same, in any order; what is not said counts as null or an empty list
 */
function same(one, other) {
  if (one === null || other === null || typeof one !== "object" || typeof other !== "object") {
    const empty = (/** @type {any} */ value) => (Array.isArray(value) && value.length === 0 ? null : (value ?? null));
    return empty(one) === empty(other);
  }
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => same(one[key], other[key]));
}
