/**
 * The signed scale: zero is the middle, always; the position is the cube root, so that small numbers are seen beside
 * large ones, and blue and red of equal size differ for every kind of colour vision.
 *
 * @typedef {"light" | "dark"} Scheme
 */

/** Where the colours stand: t = -1, -2/3, -1/3, 0, 1/3, 2/3, 1. */
export const STOPS = {
  light: ["#053061", "#2166ac", "#6aaed6", "#f7f7f7", "#f4a07c", "#c2303c", "#67001f"],
  dark: ["#9fd0f5", "#4d9de0", "#27588c", "#1c2128", "#96432f", "#e8705a", "#ffc2ad"],
};

/** What is drawn on pictures and is no number: the same colours as css/tokens.css has, which a test compares. */
export const MARKS = {
  light: {
    closed: "#c9ced4",
    ground: "#e3e6e9",
    hatch: "#6b7178",
    missing: "#0b6e3b",
    outline: "#7b858f",
    page: "#ffffff",
  },
  dark: {
    closed: "#3a424c",
    ground: "#2a3038",
    hatch: "#8b95a0",
    missing: "#5fd894",
    outline: "#76828f",
    page: "#14181d",
  },
};

/** The scales that do not move with picture, step or training. */
export const FIXED = { values: 4, parameters: 1, gradients: 1 };

const HALF = 512;

/**
 * @param {number} value
 * @param {number} end the size that gets the last colour
 * @returns {number} -1 to 1
 */
export function position(value, end) {
  const t = Math.cbrt(value / end);
  return t > 1 ? 1 : t < -1 ? -1 : t;
}

/** @type {Partial<Record<Scheme, Uint32Array>>} */
const made = {};

/**
 * @param {Scheme} scheme
 * @returns {Uint32Array} 2 * HALF + 1 pixels as ImageData holds them, from -1 to 1
 */
function table(scheme) {
  const known = made[scheme];
  if (known) return known;
  const stops = STOPS[scheme].map(rgb);
  const pixels = new Uint32Array(2 * HALF + 1);
  for (let k = 0; k < pixels.length; k++) {
    const at = (k / (pixels.length - 1)) * (stops.length - 1);
    const left = Math.min(Math.floor(at), stops.length - 2);
    pixels[k] = pixel(stops[left].map((c, i) => Math.round(c + (stops[left + 1][i] - c) * (at - left))));
  }
  return (made[scheme] = pixels);
}

/**
 * Colour a row of numbers.
 *
 * @param {ArrayLike<number>} values
 * @param {number} from
 * @param {number} size how many
 * @param {number} end of the scale
 * @param {Scheme} scheme
 * @param {Uint32Array} pixels to write into, from 0 on
 */
export function colourAll(values, from, size, end, scheme, pixels) {
  const colours = table(scheme);
  const missing = pixel(rgb(MARKS[scheme].missing));
  const inverse = 1 / end;
  for (let k = 0; k < size; k++) {
    const value = values[from + k];
    if (value - value !== 0) {
      pixels[k] = missing; // NaN or infinite
      continue;
    }
    const t = Math.cbrt(value * inverse);
    pixels[k] = colours[Math.round(HALF + HALF * (t > 1 ? 1 : t < -1 ? -1 : t))];
  }
}

/**
 * @param {number} value
 * @param {number} end
 * @param {Scheme} scheme
 * @returns {string} as CSS writes it
 */
export function colour(value, end, scheme) {
  if (!Number.isFinite(value)) return MARKS[scheme].missing;
  const found = table(scheme)[Math.round(HALF + HALF * position(value, end))];
  return `rgb(${found & 255} ${(found >> 8) & 255} ${(found >> 16) & 255})`;
}

/**
 * @param {string} css #rrggbb or rgb(r g b)
 * @returns {"#000000" | "#ffffff"} the one that is read better on it
 */
export function inkOn(css) {
  return luminance(css) > 0.179 ? "#000000" : "#ffffff";
}

/**
 * @param {string} css
 * @returns {number} relative luminance (WCAG 2)
 */
export function luminance(css) {
  const [r, g, b] = rgb(css).map((c) => {
    const part = c / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * @param {string} css
 * @returns {number[]}
 */
export function rgb(css) {
  if (css.startsWith("#")) return [1, 3, 5].map((k) => parseInt(css.slice(k, k + 2), 16));
  return (css.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

/**
 * @param {number[]} colour
 * @returns {number} a pixel of ImageData, seen as Uint32 (every machine that runs this page is little-endian)
 */
export function pixel([r, g, b]) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
