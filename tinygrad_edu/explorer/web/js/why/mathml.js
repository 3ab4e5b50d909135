/**
 * A formula as MathML: first as a tree of plain data, then as elements.
 *
 * @typedef {{ tag: string, text?: string, attributes?: Record<string, string>, children?: Tree[] }} Tree
 */

const MATHML = "http://www.w3.org/1998/Math/MathML";

/**
 * @param {import("./formula.js").Formula} formula
 * @returns {Tree}
 */
export function formulaTree(formula) {
  const right = formula.groups.flatMap((group, position) => {
    const sign = group.sign < 0 ? [operator("−")] : position ? [operator("+")] : [];
    return [...sign, ...sums(group), product(group)];
  });
  return row([asked(formula.left), ...(right.length ? [operator("="), ...right] : [])]);
}

/**
 * @param {Tree} tree
 * @param {string} spoken
 * @returns {Element}
 */
export function mathElement(tree, spoken) {
  const math = built({
    tag: "math",
    attributes: { display: "block", role: "math", "aria-label": spoken },
    children: [tree],
  });
  return math;
}

/**
 * @param {Tree} tree
 * @returns {Element}
 */
function built({ tag, text, attributes = {}, children = [] }) {
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children.map(built));
  return element;
}

/**
 * The number that was asked for: dL/d(it) as a fraction.
 *
 * @param {import("./formula.js").Element} element
 */
function asked(element) {
  if (!element.name.startsWith("dL/d ")) return named(element);
  const below = named({ name: element.name.slice(5), index: element.index });
  return { tag: "mfrac", children: [identifier("dL"), row([identifier("d"), below])] };
}

/** @param {import("./formula.js").Group} group */
function sums(group) {
  if (group.places) return [under([{ tag: "mtext", text: group.places }])];
  return group.ranges.map(({ names, values }) => {
    const letters = names.flatMap((name, position) =>
      position ? [operator(","), identifier(name)] : [identifier(name)],
    );
    const run = /^(-?\d+)\.\.(-?\d+)$/.exec(values);
    if (!run) return under([...letters, operator("="), ...numbers(values.replace("..", ", …, "))]);
    return under([...letters, operator("="), ...numbers(run[1])], numbers(run[2]));
  });
}

/**
 * @param {Tree[]} below
 * @param {Tree[]} [above]
 * @returns {Tree}
 */
function under(below, above) {
  const sum = operator("∑", { movablelimits: "false" });
  if (!above) return { tag: "munder", children: [sum, row(below)] };
  return { tag: "munderover", children: [sum, row(below), row(above)] };
}

/**
 * @param {import("./formula.js").Group} group
 * @returns {Tree}
 */
function product({ above, below }) {
  const top = times(above.length ? above : [{ name: "1", index: [] }]);
  return below.length ? { tag: "mfrac", children: [top, times(below)] } : top;
}

/** @param {import("./formula.js").Factor[]} factors */
function times(factors) {
  return row(factors.flatMap((found, position) => (position ? [operator("·"), factor(found)] : [factor(found)])));
}

/**
 * @param {import("./formula.js").Factor} found
 * @returns {Tree}
 */
function factor(found) {
  if (!("call" in found)) return named(found);
  const inside = found.of.flatMap((f, position) => (position ? [operator(","), factor(f)] : [factor(f)]));
  return row([identifier(found.call), bracket("("), ...inside, bracket(")")]);
}

/** @param {import("./formula.js").Element} element */
function named({ name, index }) {
  if (!index.length) return /^-?[\d.]/.test(name) ? row(numbers(name)) : called(name);
  const inside = index.flatMap((i, position) => (position ? [operator(","), ...numbers(i)] : numbers(i)));
  const head = / [-+*/@] | \*\* /.test(outermost(name)) ? [bracket("("), called(name), bracket(")")] : [called(name)];
  return row([...head, bracket("["), ...inside, bracket("]")]);
}

/** @param {string} name what stands outside of its brackets */
function outermost(name) {
  let text = name;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/\([^()]*\)/g, "");
  }
  return text;
}

/** @param {string} name */
function called(name) {
  return /^[A-Za-z]$/.test(name)
    ? identifier(name)
    : { tag: "mtext", text: name.replaceAll(" * ", " · ").replaceAll(" - ", " − ") };
}

/**
 * "14-i" as the number 14, a minus, and the letter i.
 *
 * @param {string} text
 * @returns {Tree[]}
 */
function numbers(text) {
  return (text.match(/[\d.]+(?:e[-+]?\d+)?|[A-Za-z]+|…|[^\s\w]/g) ?? []).map((token) => {
    if (/^[\d.]/.test(token)) return { tag: "mn", text: token };
    return /^[A-Za-z]/.test(token) ? identifier(token) : operator(token === "-" ? "−" : token);
  });
}

/** @param {Tree[]} children */
function row(children) {
  return children.length === 1 ? children[0] : { tag: "mrow", children };
}

/** @param {string} text */
function identifier(text) {
  return { tag: "mi", text };
}

/**
 * @param {string} text
 * @param {Record<string, string>} [attributes]
 * @returns {Tree}
 */
function operator(text, attributes) {
  return { tag: "mo", text, ...(attributes && { attributes }) };
}

/** @param {string} text */
function bracket(text) {
  return operator(text, { stretchy: "false" });
}
