/**
 * Making elements.  There is no innerHTML on this page: text is text, and styles go through the CSSOM, as its policy asks.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Child | readonly Child[]} Children
 * @typedef {Record<string, any>} Attributes `onclick: f` listens; `style: {left: "2px"}`; `class`; null and false are left out
 */

const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes | null} [attributes]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes, ...children) {
  return /** @type {HTMLElementTagNameMap[T]} */ (dressed(document.createElement(tag), attributes, children));
}

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes | null} [attributes]
 * @param {...Children} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes, ...children) {
  return /** @type {SVGElementTagNameMap[T]} */ (dressed(document.createElementNS(SVG, tag), attributes, children));
}

/**
 * @param {string} tag
 * @param {Attributes | null} [attributes]
 * @param {...Children} children
 * @returns {MathMLElement}
 */
export function mathml(tag, attributes, ...children) {
  return /** @type {MathMLElement} */ (dressed(document.createElementNS(MATHML, tag), attributes, children));
}

/**
 * Put these children in place of those that are there.
 *
 * @param {Element} parent
 * @param {...Children} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
}

/**
 * @param {string} id
 * @returns {HTMLElement} the element that index.html has under this id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * @param {Element} element
 * @param {Attributes | null | undefined} attributes
 * @param {readonly Children[]} children
 */
function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") restyle(/** @type {HTMLElement} */ (element), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/**
 * @param {ElementCSSInlineStyle} element
 * @param {Record<string, string | number>} styles CSS properties by their CSS names, custom ones too
 */
export function restyle(element, styles) {
  for (const [property, value] of Object.entries(styles)) element.style.setProperty(property, String(value));
}

/**
 * @param {readonly Children[]} children
 * @returns {(Node | string)[]}
 */
function nodes(children) {
  return /** @type {Child[]} */ (children.flat())
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "number" ? String(child) : /** @type {Node | string} */ (child)));
}
