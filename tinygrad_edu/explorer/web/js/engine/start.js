/** Which engine answers this page: the server it came from, a notebook around it, or what was saved with it. */

import { savedEngine } from "./file.js";
import { httpEngine } from "./http.js";
import { notebookEngine } from "./notebook.js";

/** @typedef {import("./http.js").Engine} Engine */

/** @returns {Promise<Engine>} */
export async function startEngine() {
  const kind = said("engine");
  if (kind === "file") return savedEngine();
  if (kind === "notebook") return notebookEngine();
  return httpEngine();
}

/** Begin with the state that the page was saved with, where its address says none. */
export function startState() {
  const fragment = said("fragment");
  if (fragment !== "" && location.hash === "") history.replaceState(null, "", `#${fragment}`);
}

/** @param {string} name */
function said(name) {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
}
