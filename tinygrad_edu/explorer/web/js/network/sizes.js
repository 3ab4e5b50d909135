/**
 * How large numbers are drawn, by the window's width: in CSS pixels.
 *
 * @typedef {object} Sizes
 * @property {"phone" | "tablet" | "desk"} kind
 * @property {number} image a pixel's side
 * @property {number} map a map's cell, at most
 * @property {number} kernel a weight of a filter, at most
 * @property {number} dense a weight of a dense layer
 * @property {number} wide what there is for the columns
 * @property {number} gap between columns, at least
 */

const DESK = 1280;

/**
 * @param {{width: number, height: number, room: number}} window its width, and what a scroll bar leaves of that
 * @param {boolean} beside whether a panel stands beside the network
 * @returns {Sizes}
 */
export function sizesFor({ width, height, room }, beside) {
  const w = beside ? DESK : width;
  const wide = (beside ? DESK : room) - (w < 400 ? 24 : w < DESK ? 32 : 48);
  /**
   * @param {Sizes["kind"]} kind
   * @param {number} image
   * @param {number} map
   * @param {number} kernel
   * @param {number} dense
   */
  const of = (kind, image, map, kernel, dense) => ({
    kind,
    image,
    map,
    kernel,
    dense,
    wide,
    gap: kind === "phone" ? 8 : 34,
  });
  if (w < 360) return of("phone", 4, 2, 12, 1);
  if (w < 700) return of("phone", w < 390 ? 5 : 6, 3, 12, 3);
  if (w < DESK) return of("tablet", 6, 3, 12, 1);
  if (w < 1600) return of("desk", 4, 2, 9, 1);
  if (w < 2560) return of("desk", 5, 3, 12, 1);
  return of("desk", 8, 4, 15, height >= 1300 ? 2 : 1);
}
