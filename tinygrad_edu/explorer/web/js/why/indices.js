/** Where an element stands: an index with one number for each axis, and its place when all are written in rows. */

/**
 * @param {number[]} index
 * @param {number[]} shape
 */
export function flatIndex(index, shape) {
  return index.reduce((number, i, axis) => number * shape[axis] + i, 0);
}

/**
 * @param {number} number
 * @param {number[]} shape
 */
export function unflatIndex(number, shape) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    index[axis] = number % shape[axis];
    number = Math.floor(number / shape[axis]);
  }
  return index;
}
