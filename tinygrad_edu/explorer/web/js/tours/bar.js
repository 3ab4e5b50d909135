/** A tour: a bar that says what one sees, and buttons that lead to the next stop.  It may be left at any of them. */

import { byId, el, fill } from "../dom.js";
import { say } from "../live.js";
import { TOURS } from "./tours.js";

/** @param {import("../state.js").Store} store */
export function mountTours(store) {
  const place = byId("tour");
  /** @type {import("./tours.js").Stop[]} the stops as they were when the tour began */
  let stops = [];
  let running = "";

  /** @param {string} key */
  function begin(key) {
    running = key;
    stops = TOURS.find((tour) => tour.key === key)?.stops(store.get()) ?? [];
  }

  /** @param {number} stop */
  function go(stop) {
    store.set({ ...stops[stop].state, tour: { key: running, stop } });
    place.querySelector("h2")?.focus();
  }

  function leave() {
    store.set({ tour: null });
    byId("network").querySelector("[tabindex='0']");
  }

  function draw() {
    const { tour, scene } = store.get();
    place.hidden = !tour;
    if (!tour || !scene) return;
    if (running !== tour.key) begin(tour.key);
    const title = TOURS.find(({ key }) => key === tour.key)?.title ?? "";
    if (!stops.length) {
      fill(place, el("p", {}, `“${title}” cannot be shown for this network. `, button("Close", leave)));
      return;
    }
    const last = tour.stop === stops.length - 1;
    fill(
      place,
      el("h2", { tabindex: "-1" }, title),
      el("p", { class: "muted" }, `${tour.stop + 1} of ${stops.length}`),
      el("p", {}, stops[tour.stop].words),
      el(
        "p",
        { class: "buttons" },
        tour.stop > 0 ? button("Previous", () => go(tour.stop - 1)) : null,
        last ? button("Finish", leave, "primary") : button("Next", () => go(tour.stop + 1), "primary"),
        last ? null : button("Leave the tour", leave),
      ),
    );
    say(stops[tour.stop].words);
  }

  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  store.listen((now, before) => {
    if (now.tour === before.tour && !(now.tour && now.scene && !before.scene)) return;
    if (now.tour && now.tour.key !== before.tour?.key) {
      running = "";
      draw();
      if (stops.length) go(now.tour.stop);
    } else draw();
  });
  draw();
}

/**
 * @param {string} words
 * @param {() => void} press
 * @param {string} [kind]
 */
function button(words, press, kind) {
  return el("button", { type: "button", class: kind, onclick: press }, words);
}
