/**
 * The engine of a saved file: the engine's numbers of one state, and the page's own definitions to multiply them by.
 *
 * The file holds one answer, packed as from the server and in base64, in <script type="text/plain" id="stored">:
 * {scene, answers}, the opening state's scene, and answers to other questions, by method, which the engine gave in advance.
 */

import { prove } from "./file/proof.js";
import { stored } from "./file/sources.js";
import { whyFrom } from "./file/whys.js";
import { Refusal } from "./http.js";
import { unpack } from "./unpack.js";

/** @typedef {import("./http.js").Engine} Engine */

/**
 * @returns {(Engine & { proof: () => import("./file/proof.js").Proof }) | null} null where the page is no saved file
 */
export function storedEngine() {
  const text = document.getElementById("stored")?.textContent;
  return text ? fileEngine(unpack(bytesOf(text))) : null;
}

/**
 * @param {{ scene: any, answers?: Record<string, any> }} kept
 * @returns {Engine & { proof: () => import("./file/proof.js").Proof }}
 */
export function fileEngine({ scene, answers = {} }) {
  const numbers = stored(scene);
  return {
    kind: "file",
    proof: () => prove(numbers),
    async ask(method, recipe, wanted = {}) {
      if (!sameRecipe(recipe, scene.recipe)) throw new Refusal(`This file holds one state. To change it, ${START}`);
      if (method === "scene") return scene;
      if (method === "why") return whyFrom(numbers, /** @type {any} */ (wanted).question);
      if (method in answers) return answers[method];
      throw new Refusal(`That needs the engine: ${START}`);
    },
  };
}

const START = "start it with: tinygrad-edu explore";

/**
 * @param {any} a
 * @param {any} b
 */
function sameRecipe(a, b) {
  const keys = ["network", "seed", "digit", "ink", "answer", "image_gradient", "changes"];
  return keys.every((key) => JSON.stringify(a?.[key] ?? null) === JSON.stringify(b?.[key] ?? null));
}

/** @param {string} text base64 */
function bytesOf(text) {
  return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0)).buffer;
}
