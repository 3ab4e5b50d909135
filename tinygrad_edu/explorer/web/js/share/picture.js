/**
 * The current view as a picture: an SVG made of what the browser has laid out, so that it can be put into slides and
 * opened anywhere: boxes as rectangles, text as text, canvases as images.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Element} root
 * @returns {SVGSVGElement}
 */
export function pictureOf(root) {
  const box = root.getBoundingClientRect();
  const picture = made("svg", {
    xmlns: SVG,
    width: box.width,
    height: box.height,
    viewBox: `0 0 ${box.width} ${box.height}`,
  });
  const page = getComputedStyle(document.body);
  picture.append(made("rect", { width: box.width, height: box.height, fill: page.backgroundColor }));
  add(root, picture, box);
  return /** @type {SVGSVGElement} */ (picture);
}

/**
 * @param {SVGSVGElement} picture
 * @returns {string} the text of an .svg file
 */
export function svgText(picture) {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}`;
}

/**
 * @param {SVGSVGElement} picture
 * @param {number} [scale] device pixels to a CSS pixel
 * @returns {Promise<Blob>} a PNG
 */
export async function pngOf(picture, scale = 2) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(picture))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const paint = canvas.getContext("2d");
  paint?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png"),
  );
}

/**
 * @param {Element} element
 * @param {Element} into
 * @param {DOMRect} origin
 */
function add(element, into, origin) {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (style.display === "none" || style.visibility === "hidden" || element.classList.contains("unseen")) return;
  const at = { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height };
  if (element instanceof SVGSVGElement) {
    into.append(inlined(element, at));
    return;
  }
  if (box.width && box.height) into.append(...boxes(style, at));
  if (element instanceof HTMLCanvasElement && element.width) {
    const image = made("image", { ...at, href: element.toDataURL("image/png"), preserveAspectRatio: "none" });
    image.setAttribute("style", "image-rendering: pixelated");
    into.append(image);
  }
  for (const child of element.childNodes) {
    if (child instanceof Element) add(child, into, origin);
    else if (child instanceof Text && child.data.trim()) into.append(...lines(child, style, origin));
  }
}

/**
 * @param {CSSStyleDeclaration} style
 * @param {{x: number, y: number, width: number, height: number}} at
 */
function* boxes(style, at) {
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
  if (!transparent(style.backgroundColor)) yield made("rect", { ...at, rx: radius, fill: style.backgroundColor });
  /** @type {["Top" | "Right" | "Bottom" | "Left", number, number, number, number][]} */
  const sides = [
    ["Top", at.x, at.y, at.x + at.width, at.y],
    ["Right", at.x + at.width, at.y, at.x + at.width, at.y + at.height],
    ["Bottom", at.x, at.y + at.height, at.x + at.width, at.y + at.height],
    ["Left", at.x, at.y, at.x, at.y + at.height],
  ];
  for (const [side, x1, y1, x2, y2] of sides) {
    const width = Number.parseFloat(style[`border${side}Width`]);
    const kind = style[`border${side}Style`];
    const stroke = style[`border${side}Color`];
    if (!width || kind === "none" || transparent(stroke)) continue;
    const dashes = kind === "dashed" ? `${3 * width} ${2 * width}` : null;
    yield made("line", { x1, y1, x2, y2, stroke, "stroke-width": width, "stroke-dasharray": dashes });
  }
}

/**
 * One <text> for each line that the browser broke the text into.
 *
 * @param {Text} node
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} origin
 */
function* lines(node, style, origin) {
  const range = document.createRange();
  let start = 0;
  let top = NaN;
  for (let end = 0; end <= node.length; end++) {
    range.setStart(node, Math.min(end, node.length - 1));
    range.setEnd(node, Math.min(end + 1, node.length));
    const here = range.getClientRects()[0];
    const broken = end === node.length || (here && Math.abs(here.top - top) > 3);
    if (broken && end > start) {
      const words = node.data.slice(start, end);
      range.setStart(node, start);
      range.setEnd(node, end);
      const box = range.getBoundingClientRect();
      if (words.trim() && box.width) yield written(words.trim(), box, style, origin);
      start = end;
    }
    if (here) top = here.top;
  }
}

/**
 * @param {string} words
 * @param {DOMRect} box
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} origin
 */
function written(words, box, style, origin) {
  const size = Number.parseFloat(style.fontSize);
  const text = made("text", {
    x: box.x - origin.x,
    y: box.y - origin.y + box.height / 2 + size * 0.35, // the baseline of a line that is centred in its box
    fill: style.color,
    "font-family": style.fontFamily,
    "font-size": size,
    "font-weight": style.fontWeight,
    "font-style": style.fontStyle,
    textLength: box.width,
    lengthAdjust: "spacingAndGlyphs",
  });
  text.textContent = words;
  return text;
}

const DRAWN = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
];

/**
 * A chart of the page, with the styles that its classes give it written into it.
 *
 * @param {SVGSVGElement} chart
 * @param {{x: number, y: number, width: number, height: number}} at
 */
function inlined(chart, at) {
  const copy = /** @type {SVGSVGElement} */ (chart.cloneNode(true));
  const pairs = [...chart.querySelectorAll("*")].map((from, k) => [from, copy.querySelectorAll("*")[k]]);
  for (const [from, to] of pairs) {
    const style = getComputedStyle(from);
    for (const name of DRAWN) to.setAttribute(name, style.getPropertyValue(name));
  }
  for (const [name, value] of Object.entries(at)) copy.setAttribute(name, String(value));
  return copy;
}

/** @param {string} colour */
function transparent(colour) {
  return colour === "transparent" || /,\s*0\)$/.test(colour);
}

/**
 * @param {string} tag
 * @param {Record<string, string | number | null>} attributes
 */
function made(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && name !== "xmlns") element.setAttribute(name, String(value));
  }
  return element;
}
