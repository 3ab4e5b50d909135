/** On the first visit, once: an outline at the answer's logit, and what can be done with it. */

import { el } from "../dom.js";

const KEY = "tinygrad-edu-explorer-visited";

/** @param {import("../state.js").Store} store */
export function greet(store) {
  if (remembered() || store.get().panel !== "look") return;
  const end = store.listen((now) => {
    if (!now.scene) return;
    const row = document.querySelector("#network .values [data-array=logits] tr.answer");
    if (!row) return;
    end();
    remember();
    const tag = el("div", { class: "greeting" }, "Click any number: why?");
    row.querySelector("td")?.append(tag);
    row.classList.add("greeted");
    row.classList.toggle("at-edge", row.getBoundingClientRect().left < 220); // no room at its left
    const leave = store.listen((later) => {
      if (later.panel === "look" && later.scene === now.scene) return;
      leave();
      tag.remove();
      row.classList.remove("greeted", "at-edge");
    });
  });
}

function remembered() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true; // a browser that keeps nothing: then not at every visit
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // it is shown again next time
  }
}
