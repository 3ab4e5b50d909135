/** The page begins here: an engine, a state, and the views that show it. */

import { keepScene, watched } from "./engine/asking.js";
import { mount as ask } from "./ask/panel.js";
import { mount as draw } from "./draw/panel.js";
import { sayProof } from "./engine/file/checked.js";
import { startEngine, startState } from "./engine/start.js";
import { byId } from "./dom.js";
import { mountHeader } from "./header/header.js";
import { mountSentence } from "./header/sentence.js";
import { greet } from "./header/visit.js";
import { followHistory } from "./history.js";
import { speakThrough } from "./live.js";
import { mountNetwork } from "./network/network.js";
import { mountNotices } from "./notices.js";
import { mountPanels } from "./panels.js";
import { mount as learn } from "./learn/panel.js";
import { mount as share } from "./share/panel.js";
import { makeStore } from "./state.js";
import { mountSteps } from "./step/bar.js";
import { followSize, followTheme } from "./theme.js";
import { mountTours } from "./tours/bar.js";
import { mount as tour } from "./tours/panel.js";
import { mount as whatif } from "./whatif/panel.js";
import { mount as why } from "./why/panel.js";

const store = makeStore();
const engine = watched(await startEngine(), store);
const { proof } = engine;
speakThrough(byId("status"));
startState();
followTheme(store);
followSize(store);
const again = keepScene(store, engine);
mountNotices(store, again);
mountHeader(byId("header"), store);
mountSentence(byId("sentence"), store);
mountNetwork(byId("network"), store);
mountSteps(byId("step"), byId("network"), store);
mountPanels(store, engine, { why, whatif, learn, draw, ask, tour, share });
mountTours(store);
greet(store);
const waiting = store.listen((now) => {
  if (!now.scene) return;
  waiting();
  document.documentElement.dataset.ready = "true";
  if (proof) sayProof(/** @type {Element} */ (byId("sentence").nextElementSibling), proof);
});
followHistory(store); // sets the recipe, which the scene is asked for

document.querySelector("a.skip")?.addEventListener("click", (event) => {
  event.preventDefault(); // the address bar holds the state
  byId("network").focus();
});
