/**
 * Writing numbers: 4 significant digits (9 give float32 back exactly), a true minus sign, powers of ten below 1e-4 and
 * from 1e5 on, and 0 for nothing but zero.
 *
 * @typedef {object} Manner
 * @property {number} [digits] significant digits
 * @property {boolean} [plus] whether numbers above 0 get their sign too, as gradients and products do
 */

import { el } from "./dom.js";

export const MINUS = "−";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * @param {number} value
 * @param {Manner} [manner]
 * @returns {{sign: string, digits: string, power: number | null}} sign, digits, and the power of ten behind them
 */
export function parts(value, { digits = 4, plus = false } = {}) {
  if (Number.isNaN(value)) return { sign: "", digits: "NaN", power: null };
  const sign = value < 0 ? MINUS : plus && value > 0 ? "+" : "";
  const size = Math.abs(value);
  if (size === 0) return { sign: "", digits: "0", power: null };
  if (size === Infinity) return { sign, digits: "∞", power: null };
  // what is rounded up to a power of ten has one digit more before the point: so round first, then look
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (size < 1e-4 || power >= 5) {
    return {
      sign,
      digits: digits > 4 ? bare(mantissa) : size.toExponential(2).split("e")[0],
      power: powerOf(size, digits),
    };
  }
  return { sign, digits: bare(size.toFixed(Math.min(100, Math.max(0, digits - 1 - power)))), power: null };
}

/**
 * @param {number} size
 * @param {number} digits
 */
function powerOf(size, digits) {
  return Number(size.toExponential(digits > 4 ? digits - 1 : 2).split("e")[1]);
}

/** @param {string} digits without zeros at their end behind the point */
function bare(digits) {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/**
 * As one string, for canvases, titles and pictures: −6.43×10⁻⁵.
 *
 * @param {number} value
 * @param {Manner} [manner]
 */
export function text(value, manner) {
  const { sign, digits, power } = parts(value, manner);
  return power === null ? sign + digits : `${sign}${digits}×10${raised(power)}`;
}

/**
 * As an element, its power a real superscript; a screen reader is told it in words.
 *
 * @param {number} value
 * @param {Manner & {class?: string}} [manner]
 * @returns {HTMLElement}
 */
export function number(value, manner = {}) {
  const { sign, digits, power } = parts(value, manner);
  const classes = ["number", manner.class].filter(Boolean).join(" ");
  if (power === null) return el("span", { class: classes }, sign + digits);
  return el("span", { class: classes }, `${sign}${digits}×10`, el("sup", {}, String(power).replace("-", MINUS)));
}

/**
 * In words that a screen reader says right: "minus 6.43 times 10 to the minus 5".
 *
 * @param {number} value
 * @param {Manner} [manner]
 */
export function spoken(value, manner) {
  const { sign, digits, power } = parts(value, manner);
  const said = { [MINUS]: "minus ", "+": "plus ", "": "" }[sign] + digits.replace("∞", "infinity");
  return power === null ? said : `${said} times 10 to the ${power < 0 ? "minus " : ""}${Math.abs(power)}`;
}

/**
 * A probability: near 1 what is missing from it is written, since 1.000 would be wrong.
 *
 * @param {number} p
 * @param {number} [logarithm] ln p where it is known: it knows what is missing from 1 where p has rounded it away
 * @param {number} [digits] significant ones
 */
export function probability(p, logarithm, digits = 3) {
  const missing = logarithm === undefined ? 1 - p : -Math.expm1(logarithm);
  if (missing > 0 && missing < 0.001) return `1 ${MINUS} ${text(missing, { digits: Math.min(2, digits) })}`;
  return text(p, { digits });
}

const COUNTS = new Intl.NumberFormat("en"); // kept: making one costs more than all its uses

/** @param {number} whole */
export function count(whole) {
  return COUNTS.format(whole);
}

/** @param {number} power */
function raised(power) {
  return (power < 0 ? "⁻" : "") + [...String(Math.abs(power))].map((d) => SUPERSCRIPTS[Number(d)]).join("");
}
