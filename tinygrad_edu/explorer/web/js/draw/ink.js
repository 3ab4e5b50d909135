/** A drawn picture: 28 x 28 pixels of 16 levels of ink, 0 to 15, so that a link gives back the same picture. */

export const SIDE = 28;
export const MOST = 15;

/** @returns {Uint8Array} an empty picture */
export function blank() {
  return new Uint8Array(SIDE * SIDE);
}

/**
 * As explorer/recipe.py packs it: base64url, two pixels to a byte.
 *
 * @param {Uint8Array} ink
 */
export function packInk(ink) {
  let bytes = "";
  for (let i = 0; i < ink.length; i += 2) bytes += String.fromCharCode((ink[i] << 4) | ink[i + 1]);
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * @param {string} packed
 * @returns {Uint8Array}
 */
export function unpackInk(packed) {
  const bytes = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const ink = blank();
  for (let i = 0; i < Math.min(bytes.length, ink.length / 2); i++) {
    ink[2 * i] = bytes.charCodeAt(i) >> 4;
    ink[2 * i + 1] = bytes.charCodeAt(i) & MOST;
  }
  return ink;
}

/**
 * @param {ArrayLike<number>} pixels from 0 to 1
 * @returns {Uint8Array}
 */
export function inkOf(pixels) {
  return Uint8Array.from(pixels, (p) => Math.round(Math.min(1, Math.max(0, p)) * MOST));
}

/**
 * Put a brush down: what is within its radius gets at least this ink, its rim less; an eraser takes all.
 *
 * @param {Uint8Array} ink changed in place
 * @param {number} row in pixels, with fractions: where the brush's middle is
 * @param {number} column
 * @param {number} brush 1, 2 or 3
 * @param {number} level
 */
export function dab(ink, row, column, brush, level) {
  const radius = [0.6, 1.1, 1.7][brush - 1];
  for (let r = Math.max(0, Math.floor(row - 2)); r <= Math.min(SIDE - 1, row + 2); r++) {
    for (let c = Math.max(0, Math.floor(column - 2)); c <= Math.min(SIDE - 1, column + 2); c++) {
      const distance = Math.hypot(r + 0.5 - row, c + 0.5 - column);
      const share = Math.min(1, Math.max(0, radius + 0.5 - distance));
      if (share === 0) continue;
      const at = r * SIDE + c;
      ink[at] = level === 0 ? (share >= 0.5 ? 0 : ink[at]) : Math.max(ink[at], Math.round(share * level));
    }
  }
}

/**
 * Draw from one point to another, without gaps.
 *
 * @param {Uint8Array} ink changed in place
 * @param {[row: number, column: number]} from
 * @param {[row: number, column: number]} to
 * @param {number} brush
 * @param {number} level
 */
export function stroke(ink, from, to, brush, level) {
  const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) * 2));
  for (let i = 0; i <= steps; i++) {
    const share = i / steps;
    dab(ink, from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, brush, level);
  }
}
