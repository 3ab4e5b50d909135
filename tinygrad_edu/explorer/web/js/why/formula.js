/**
 * Reading the engine's formulas (explain/formula.py), so that they can be set as mathematics and be spoken.
 *
 *     formula  = element [" = " part]
 *     part     = ["-"] group {(" + " | " - ") group}
 *     group    = ["sum over " ranges " of "] product
 *     ranges   = names " = " values {"; " names " = " values}  |  count " places" [" (" names ")"]
 *     product  = factor {" * " factor} {" / " factor}
 *     factor   = function "(" [factor {", " factor}] ")"  |  element
 *     element  = name ["[" index {"," index} "]"]
 *
 * A name may be an expression, in brackets where it needs them: "(1 - tanh * tanh)[0,4]".
 *
 * @typedef {{ names: string[], values: string }} Range "i,j" and "0..25"
 * @typedef {{ name: string, index: string[] }} Element
 * @typedef {{ call: string, of: Factor[] }} Call
 * @typedef {Element | Call} Factor
 * @typedef {object} Group
 * @property {1 | -1} sign
 * @property {Range[]} ranges what the sum runs over; empty where there is one term
 * @property {string} places instead of ranges: "676 places (i,j)"
 * @property {Factor[]} above
 * @property {Factor[]} below what the product is divided by
 * @typedef {{ left: Element, groups: Group[] }} Formula
 */

/**
 * @param {string} text
 * @returns {Formula}
 */
export function parseFormula(text) {
  const [left, ...right] = splitOutside(text, [" = "], 1);
  return { left: element(left.text), groups: right.length ? groups(right[0].text) : [] };
}

/**
 * @param {string} text
 * @returns {Group[]}
 */
function groups(text) {
  const first = text.startsWith("-") ? text.slice(1) : text;
  return splitOutside(first, [" + ", " - "]).map((piece, position) => ({
    sign: (position ? piece.after === " - " : text.startsWith("-")) ? -1 : 1,
    ...summed(piece.text),
  }));
}

/** @param {string} text */
function summed(text) {
  const found = /^sum over (.+?) of (.*)$/s.exec(text);
  const product = splitOutside(found ? found[2] : text, [" * ", " / "]);
  const over = found ? found[1] : "";
  const places = / places\b/.test(over) ? over : "";
  return {
    ranges: over && !places ? over.split("; ").map(range) : [],
    places,
    above: product.filter((p) => p.after !== " / ").map((p) => factor(p.text)),
    below: product.filter((p) => p.after === " / ").map((p) => factor(p.text)),
  };
}

/**
 * @param {string} text
 * @returns {Range}
 */
function range(text) {
  const [names, values] = text.split(" = ");
  return { names: names.split(","), values };
}

/**
 * @param {string} text
 * @returns {Factor}
 */
function factor(text) {
  const call = /^([A-Za-z_]\w*)\((.*)\)$/s.exec(text);
  if (!call || !closesAtTheEnd(text, call[1].length)) return element(text);
  return { call: call[1], of: call[2] ? splitOutside(call[2], [", "]).map((piece) => factor(piece.text)) : [] };
}

/**
 * @param {string} text
 * @returns {Element}
 */
function element(text) {
  const open = text.endsWith("]") ? text.lastIndexOf("[") : -1;
  if (open < 1) return { name: text, index: [] };
  const name = text.slice(0, open);
  const bare = name.startsWith("(") && closesAtTheEnd(name, 0) ? name.slice(1, -1) : name;
  return { name: bare, index: text.slice(open + 1, -1).split(",") };
}

/**
 * Whether the bracket that opens at a place is the one that closes at the end.
 *
 * @param {string} text
 * @param {number} open
 */
function closesAtTheEnd(text, open) {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    depth += text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
    if (depth === 0) return at === text.length - 1;
  }
  return false;
}

/**
 * Split at separators that stand outside of all brackets; each piece knows the separator before it.
 *
 * @param {string} text
 * @param {string[]} separators
 * @param {number} [most] how many cuts
 */
function splitOutside(text, separators, most = Infinity) {
  const pieces = [];
  let [depth, start, after] = [0, 0, ""];
  for (let at = 0; at < text.length; at += 1) {
    depth += "([".includes(text[at]) ? 1 : ")]".includes(text[at]) ? -1 : 0;
    const here = depth === 0 && pieces.length < most && separators.find((s) => text.startsWith(s, at));
    if (!here) continue;
    pieces.push({ text: text.slice(start, at), after });
    after = here;
    start = at + here.length;
    at = start - 1;
  }
  pieces.push({ text: text.slice(start), after });
  return pieces;
}
