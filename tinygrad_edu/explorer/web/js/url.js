/**
 * The state as a link: #1;d=142;n=trained:1;m=look;st=3;w=dconv.weight:3,0,1,2;t=vloss~dlogits:0,9.  What a link does not
 * say is as at the start.  Nothing of it is sent anywhere: a fragment stays in the browser.
 *
 *     d digit | x drawn pixels    a answer    n network:seed    ig 0: dL/d image is not asked for
 *     e changes: conv.weight:3,0,1,2=0.197 (edit), *20:0.05:32 (20 steps, learning rate 0.05, batches of 32),
 *       @digit:pixels:answer (from then on another picture is shown)
 *     m panel    st steps shown    w why    t the whys before    wi what if    sc amp    dg digits    th theme    ky 0
 */

import { START } from "./state.js";

export const MOST = 2_000;
const VERSION = "1";
const NETWORKS = ["untrained", "early", "trained", "given"];
const PANELS = ["look", "why", "whatif", "learn", "draw", "ask", "tour", "share"];
const THEMES = ["auto", "light", "dark"];

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Recipe} Recipe */
/** @typedef {import("./state.js").Address} Address */
/** @typedef {import("./state.js").Change} Change */

/**
 * @param {State} state
 * @returns {string} the fragment without "#"; "" for the opening; it may be longer than MOST
 */
export function written(state) {
  const { recipe } = state;
  const last = state.trail.at(-1);
  /** @type {[string, string | number | false | null | undefined][]} */
  const pairs = [
    ["d", recipe.digit],
    ["x", recipe.ink],
    ["a", recipe.answer],
    ["n", `${recipe.network}:${recipe.seed}`],
    ["ig", !recipe.image_gradient && 0],
    ["e", recipe.changes.length > 0 && recipe.changes.map(changeText).join("~")],
    ["m", !["look", "share"].includes(state.panel) && state.panel],
    ["st", state.step],
    ["w", last && addressText(last)],
    ["t", state.trail.length > 1 && trailText(state.trail.slice(0, -1))],
    ["wi", state.whatif && addressText(state.whatif)],
    ["sc", state.amplify && "amp"],
    ["dg", state.digits !== START.digits && state.digits],
    ["th", state.theme !== START.theme && state.theme],
    ["ky", !state.keys && 0],
  ];
  // a picture of one's own without a digit: said, since a link without `d` means the first one
  if (recipe.digit === null && recipe.ink === null) pairs[0][1] = "none";
  const said = pairs.filter(([, value]) => value !== false && value !== null && value !== undefined);
  // which picture and which network is always said, unless all is as at the opening: then there is nothing to say
  if (said.length <= 2 && JSON.stringify(recipe) === JSON.stringify(START.recipe)) return "";
  return [VERSION, ...said.map(([key, value]) => `${key}=${value}`)].join(";");
}

/**
 * @param {string} fragment with or without "#"
 * @returns {{state: Partial<State>, bad: string[]}} the whole linked state; and what could not be read, and was left out
 */
export function read(fragment) {
  /** @type {string[]} */
  const bad = [];
  const { panel, step, trail, whatif, amplify, digits, theme, keys } = START;
  const found = { recipe: { ...START.recipe }, panel, step, trail: [...trail], whatif, amplify, digits, theme, keys };
  const text = fragment.replace(/^#/, "");
  if (text === "") return { state: found, bad };
  const [version, ...pairs] = text.split(";");
  // an ordinary anchor, or a link of another version
  if (version !== VERSION) return { state: found, bad: /^\d+$/.test(version) ? [version] : [] };
  /** @type {Address[]} */
  let before = [];
  for (const pair of pairs) {
    const [key, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    try {
      if (key === "w") found.trail = [addressFrom(value)];
      else if (key === "t") before = value === "" ? [] : value.split("~").map(addressFrom);
      else READERS[key]?.(found, value);
    } catch {
      bad.push(pair);
    }
  }
  if (found.trail.length > 0) found.trail = [...before, ...found.trail];
  if (found.panel === "why" && found.trail.length === 0) found.panel = "look";
  if (found.panel === "whatif" && found.whatif === null) found.panel = "look";
  return { state: found, bad };
}

/** @type {Record<string, (found: any, value: string) => void>} */
const READERS = {
  d: (found, value) => (found.recipe.digit = value === "none" ? null : wholeNumber(value, 10 ** 6)),
  x(found, value) {
    found.recipe.ink = inkFrom(value);
    found.recipe.digit = null;
  },
  a: (found, value) => (found.recipe.answer = wholeNumber(value, 10 ** 6)),
  n(found, value) {
    const [network, seed = "1"] = value.split(":");
    found.recipe.network = oneOf(network, NETWORKS);
    found.recipe.seed = wholeNumber(seed, 2 ** 32 - 1);
  },
  ig: (found, value) => (found.recipe.image_gradient = oneOf(value, ["0", "1"]) === "1"),
  e: (found, value) => (found.recipe.changes = value.split("~").map(changeFrom)),
  m: (found, value) => (found.panel = oneOf(value, PANELS)),
  st: (found, value) => (found.step = wholeNumber(value, 10 ** 4)),
  wi: (found, value) => (found.whatif = addressFrom(value)),
  sc: (found, value) => (found.amplify = oneOf(value, ["amp", "fix"]) === "amp"),
  dg: (found, value) => (found.digits = Number(oneOf(value, ["4", "9"]))),
  th: (found, value) => (found.theme = oneOf(value, THEMES)),
  ky: (found, value) => (found.keys = oneOf(value, ["0", "1"]) === "1"),
};

/**
 * @param {Address} address
 * @returns {string} dconv.weight:3,0,1,2 for a gradient, vconv.weight:3,0,1,2 for a value; "/0.5.1" for each step through
 */
export function addressText({ of, gradient, index, through = [] }) {
  return `${gradient ? "d" : "v"}${escaped(of)}:${index.join(",")}${through.map((way) => `/${way.join(".")}`).join("")}`;
}

/**
 * @param {string} text
 * @returns {Address}
 */
export function addressFrom(text) {
  const match = /^([dv])([^:/]+):([\d,]*)((?:\/\d+\.\d+\.\d+)*)$/.exec(text);
  if (!match) throw new Error(text);
  const [, kind, name, index, ways] = match;
  const address = { of: decodeURIComponent(name), gradient: kind === "d", index: indexFrom(index) };
  if (!ways) return address;
  return {
    ...address,
    through: ways
      .slice(1)
      .split("/")
      .map((way) => way.split(".").map(Number)),
  };
}

/**
 * @param {Address[]} trail
 * @returns {string} as many of the latest as a link has room for
 */
function trailText(trail) {
  const texts = trail.map(addressText);
  while (texts.join("~").length > MOST / 3) texts.shift();
  return texts.join("~");
}

/**
 * @param {Change} change
 * @returns {string}
 */
function changeText(change) {
  if (change[0] === "learn") return `*${change.slice(1).join(":")}`;
  if (change[0] === "show") return `@${change.slice(1).join(":")}`;
  const [, name, index, value] = change;
  return `${escaped(name)}:${index.join(",")}=${Number(value.toPrecision(9))}`;
}

/**
 * @param {string} text
 * @returns {Change}
 */
function changeFrom(text) {
  if (text.startsWith("*")) {
    const [steps, lr, batch] = text.slice(1).split(":");
    if (!(finite(lr) > 0)) throw new Error(text);
    return ["learn", wholeNumber(steps, 20_000), finite(lr), wholeNumber(batch, 10_000)];
  }
  if (text.startsWith("@")) {
    const [digit, ink, answer] = /** @type {string[]} */ (/^@(\d*):([\w-]{0,2100}):(\d*)$/.exec(text)).slice(1);
    const number = (/** @type {string} */ said) => (said === "" ? null : wholeNumber(said, 10 ** 6));
    return ["show", number(digit), ink || null, number(answer)];
  }
  const match = /^([^:]+):([\d,]*)=(.+)$/.exec(text);
  if (!match) throw new Error(text);
  return ["edit", decodeURIComponent(match[1]), indexFrom(match[2]), finite(match[3])];
}

/** @param {string} text */
function inkFrom(text) {
  if (!/^[\w-]{1,2100}$/.test(text)) throw new Error(text);
  return text;
}

/** @param {string} text */
function indexFrom(text) {
  return text === "" ? [] : text.split(",").map((part) => wholeNumber(part, 2 ** 31));
}

/** @param {string} name */
function escaped(name) {
  return encodeURIComponent(name).replaceAll("~", "%7E").replaceAll("*", "%2A").replace(/^@/, "%40");
}

/**
 * @param {string} text
 * @param {number} most
 */
function wholeNumber(text, most) {
  const found = Number(text);
  if (!/^\d+$/.test(text) || found > most) throw new Error(text);
  return found;
}

/** @param {string} text */
function finite(text) {
  const found = Number(text);
  if (text.trim() === "" || !Number.isFinite(found)) throw new Error(text);
  return found;
}

/**
 * @template {string} T
 * @param {string} text
 * @param {readonly T[]} known
 * @returns {T}
 */
function oneOf(text, known) {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new Error(text);
  return found;
}
