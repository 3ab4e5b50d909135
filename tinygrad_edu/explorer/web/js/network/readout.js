/** The number under the cursor, in one line that stays where it is. */

import { el, fill } from "../dom.js";
import { readoutOf } from "./words.js";

/** @param {import("./grid.js").Hands} hands */
export function makeReadout(hands) {
  const element = el("p", { class: "readout" });
  return {
    element,
    update() {
      const { at } = hands.state();
      const said = at ? readoutOf(hands.scene(), hands.state(), at) : [];
      if (said.length > 0) fill(element, said);
      else fill(element, el("span", { class: "muted" }, "Point at a number to read it; click it and ask why."));
    },
  };
}
