/** Formulas and names as a screen reader should say them. */

/** @typedef {import("./formula.js").Formula} Formula */

/**
 * @param {Formula} formula
 * @returns {string} "dL d conv weight 3 0 1 2 equals the sum over i and j from 0 to 25 of g at 3, i, j times ..."
 */
export function spokenFormula(formula) {
  const right = formula.groups.map((group, position) => {
    const sign = group.sign < 0 ? "minus " : position ? "plus " : "";
    return `${sign}${sums(group)}${product(group)}`;
  });
  return [spokenElement(formula.left), ...(right.length ? ["equals", ...right] : [])].join(" ");
}

/**
 * A number's name: "dL/d conv.weight" becomes "dL d conv weight".
 *
 * @param {import("./formula.js").Element} element
 */
export function spokenElement({ name, index }) {
  if (!index.length) return spokenName(name);
  const spoken = index.map((i) => i.replaceAll("+", " plus ").replaceAll("-", " minus "));
  const plain = index.every((i) => /^\d+$/.test(i));
  return `${spokenName(name)} ${plain ? spoken.join(" ") : `at ${spoken.join(", ")}`}`;
}

/** @param {string} name */
export function spokenName(name) {
  return name
    .replace(/^dL\/d /, "dL d ")
    .replace(/\s#(\d+)/g, " number $1")
    .replace(/ \* /g, " times ")
    .replace(/ - /g, " minus ")
    .replace(/ \+ /g, " plus ")
    .replace(/ \/ /g, " divided by ")
    .replace(/[._()]+/g, " ")
    .trim();
}

/** @param {import("./formula.js").Group} group */
function sums(group) {
  if (group.places) return `the sum over ${group.places.replace(/ \((.*)\)/, "")} of `;
  return group.ranges.map(({ names, values }) => `the sum over ${list(names)} ${between(values)} of `).join("");
}

/** @param {string} values "0..25", "0,2..24" or "3,7" */
function between(values) {
  const run = /^(-?\d+)\.\.(-?\d+)$/.exec(values);
  if (run) return `from ${run[1]} to ${run[2]}`;
  const steps = /^(-?\d+),(-?\d+)\.\.(-?\d+)$/.exec(values);
  if (steps) return `from ${steps[1]}, ${steps[2]}, and so on to ${steps[3]}`;
  return `at ${values.replace(",", " and ")}`;
}

/** @param {import("./formula.js").Group} group */
function product(group) {
  const above = group.above.map(factor).join(" times ") || "1";
  return group.below.length ? `${above} divided by ${group.below.map(factor).join(" times ")}` : above;
}

/**
 * @param {import("./formula.js").Factor} found
 * @returns {string}
 */
function factor(found) {
  return "call" in found ? `${spokenName(found.call)} of ${found.of.map(factor).join(" and ")}` : spokenElement(found);
}

/** @param {string[]} names */
function list(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}
