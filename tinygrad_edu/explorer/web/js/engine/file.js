/**
 * The engine of a saved file: the engine's numbers of one state, and the page's own definitions to multiply them by.
 *
 * The file holds one answer, packed as from the server, compressed, in base64, in the element "saved":
 * {scene, answers}, the opening state's scene, and answers to other questions, by method, which the engine gave in advance.
 */

import { prove } from "./file/proof.js";
import { stored } from "./file/sources.js";
import { whyFrom } from "./file/whys.js";
import { Refusal } from "./http.js";
import { unpack } from "./unpack.js";

/** @typedef {import("./http.js").Engine} Engine */

/** @returns {Promise<Engine & { proof: () => import("./file/proof.js").Proof }>} */
export async function savedEngine() {
  const text = document.getElementById("saved")?.textContent ?? "";
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return fileEngine(unpack(await new Response(stream).arrayBuffer()));
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
