/**
 * The engine of the notebook around this page (explorer/widget.py): the page stands in a frame, and the widget hands it
 * one end of a channel.  A question is {id, method, recipe, wanted}, its answer {id, bytes} or {id, error}.
 */

import { Gone, Refusal } from "./http.js";
import { unpack } from "./unpack.js";

const PATIENCE = 60_000; // a kernel that is busy with a cell answers after it

/** @typedef {import("./http.js").Engine} Engine */

/** @returns {Promise<Engine>} */
export async function notebookEngine() {
  const port = await channel();
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  let asked = 0;
  port.onmessage = ({ data }) => waiting.get(data.id)?.(data);
  return {
    kind: "notebook",
    ask(method, recipe, wanted = {}) {
      const id = (asked += 1);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(id);
          reject(new Gone("The notebook's kernel does not answer."));
        }, PATIENCE);
        waiting.set(id, ({ bytes, error }) => {
          waiting.delete(id);
          clearTimeout(late);
          if (error === undefined) resolve(unpack(bytes));
          else reject(new Refusal(error));
        });
        port.postMessage({ id, method, recipe, wanted });
      });
    },
  };
}

/** @returns {Promise<MessagePort>} */
function channel() {
  return new Promise((resolve) => {
    addEventListener("message", function arrived({ data, ports, source }) {
      if (source !== parent || data !== "tinygrad_edu.explorer" || ports.length !== 1) return;
      removeEventListener("message", arrived);
      resolve(ports[0]);
    });
    parent.postMessage("tinygrad_edu.explorer", "*");
  });
}
