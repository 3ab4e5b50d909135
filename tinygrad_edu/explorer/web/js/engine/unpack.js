/**
 * Reading an answer: JSON, and behind it the arrays as they stand in the engine's memory (explorer/packing.py).
 *
 * @typedef {object} NumberArray
 * @property {number[]} shape
 * @property {Float32Array | Float64Array | Int32Array | Uint8Array} data in rows
 */

const KINDS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array };

/**
 * @param {ArrayBuffer} bytes
 * @returns {any} the answer, with a NumberArray wherever the engine had an array
 */
export function unpack(bytes) {
  const length = new DataView(bytes).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  const start = 8 + padded(length);
  const arrays = header.$arrays.map((/** @type {{dtype: keyof typeof KINDS, shape: number[], at: number}} */ place) => {
    const size = place.shape.reduce((a, b) => a * b, 1);
    return { shape: place.shape, data: new KINDS[place.dtype](bytes, start + place.at, size) };
  });
  return filled(header.answer, arrays);
}

/**
 * @param {any} value
 * @param {NumberArray[]} arrays
 * @returns {any}
 */
function filled(value, arrays) {
  if (Array.isArray(value)) return value.map((member) => filled(member, arrays));
  if (value === null || typeof value !== "object") return value;
  if ("$array" in value) return arrays[value.$array];
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, arrays)]));
}

/** @param {number} length */
function padded(length) {
  return Math.ceil(length / 8) * 8;
}
