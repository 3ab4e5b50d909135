/**
 * The engine behind the server this page came from.
 *
 * @typedef {object} Engine whatever answers the page's questions: a server, a notebook, or a saved file
 * @property {(method: string, recipe: any, wanted?: object) => Promise<any>} ask
 * @property {"server" | "notebook" | "file"} kind
 * @property {() => import("./file/proof.js").Proof} [proof] a saved file's numbers, checked
 */

import { unpack } from "./unpack.js";

/** An answer that is a sentence for the reader: what was asked cannot be done. */
export class Refusal extends Error {}

/** The engine does not answer at all. */
export class Gone extends Error {}

/**
 * @returns {Engine}
 */
export function httpEngine() {
  const token = document.querySelector('meta[name="token"]')?.getAttribute("content") ?? "";
  return {
    kind: "server",
    async ask(method, recipe, wanted = {}) {
      let response;
      try {
        response = await fetch("/ask", {
          method: "POST",
          headers: { "content-type": "application/json", "x-token": token },
          body: JSON.stringify({ method, recipe, ...wanted }),
        });
      } catch {
        throw new Gone("The engine does not answer.");
      }
      if (!response.ok) throw new Refusal((await response.json()).error);
      return unpack(await response.arrayBuffer());
    },
  };
}
