/**
 * A small line chart as SVG: curves over one axis, a dot that can be dragged, ticks, and names at the axes.
 *
 * @typedef {{x: ArrayLike<number>, y: ArrayLike<number>, kind: string, name: string}} Curve `kind` is its class
 */

import { fill, svg } from "./dom.js";
import { text } from "./numbers.js";

const HEIGHT = 280;
const MARGIN = { left: 70, right: 16, top: 14, bottom: 38 };

/**
 * @param {object} options
 * @param {string} options.label what the chart shows, in a sentence
 * @param {string} options.xName
 * @param {string} options.yName
 * @param {(x: number) => void} [options.drag] called while the dot is dragged, with the x under the pointer
 */
export function makeChart({ label, xName, yName, drag }) {
  const element = svg("svg", { class: "chart", height: HEIGHT, role: "img", "aria-label": label });
  const axes = svg("g", { class: "axes" });
  const lines = svg("g", { class: "curves" });
  const guide = svg("line", { class: "guide" });
  const dots = svg("g", { class: "dots" });
  element.append(axes, guide, lines, dots);
  let [x0, x1, y0, y1] = [0, 1, 0, 1];
  let width = 560;
  /** @type {Curve[]} */
  let shown = [];
  /** @type {[number, {y: number, kind: string}[]] | null} */
  let dotted = null;

  const across = (/** @type {number} */ x) =>
    MARGIN.left + ((x - x0) / (x1 - x0 || 1)) * (width - MARGIN.left - MARGIN.right);
  const down = (/** @type {number} */ y) =>
    HEIGHT - MARGIN.bottom - ((y - y0) / (y1 - y0 || 1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);

  /** @param {Curve} curve */
  function path({ x, y }) {
    let commands = "";
    for (let i = 0; i < x.length; i++) {
      if (Number.isFinite(y[i]))
        commands += `${commands ? "L" : "M"}${across(x[i]).toFixed(2)} ${down(y[i]).toFixed(2)}`;
    }
    return commands;
  }

  /** @param {PointerEvent} event */
  function moved(event) {
    const box = element.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * width;
    drag?.(x0 + ((at - MARGIN.left) / (width - MARGIN.left - MARGIN.right)) * (x1 - x0));
  }

  if (drag) {
    element.classList.add("draggable");
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      event.preventDefault();
      moved(event);
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) moved(event);
    });
  }

  /**
   * Draw the curves anew.
   *
   * @param {Curve[]} curves
   */
  function show(curves) {
    shown = curves;
    width = Math.max(280, element.clientWidth || width);
    element.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    [x0, x1] = extent(curves.flatMap(({ x }) => [x[0], x[x.length - 1]]));
    [y0, y1] = padded(extent(curves.flatMap(({ y }) => Array.from(y))));
    fill(axes, ...xAxis(), ...yAxis());
    fill(
      lines,
      ...curves.map((curve) => svg("path", { class: curve.kind, d: path(curve) }, svg("title", {}, curve.name))),
    );
  }

  /**
   * Put dots on the curves, all at one x.
   *
   * @param {number} x
   * @param {{y: number, kind: string}[]} at
   */
  function dot(x, at) {
    dotted = [x, at];
    const places = { x1: across(x), x2: across(x), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom };
    for (const [name, value] of Object.entries(places)) guide.setAttribute(name, String(value));
    fill(
      dots,
      ...at
        .filter(({ y }) => Number.isFinite(y))
        .map(({ y, kind }) => svg("circle", { class: kind, cx: across(x), cy: down(y), r: 6 })),
    );
  }

  // numbers keep their size when the window gets narrow: the chart is laid out anew
  new ResizeObserver(() => {
    if (!shown.length || !element.clientWidth || element.clientWidth === width) return;
    show(shown);
    if (dotted) dot(...dotted);
  }).observe(element);

  return { element, show, dot };

  function xAxis() {
    const y = HEIGHT - MARGIN.bottom;
    return [
      svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y }),
      ...ticks(x0, x1, 5).flatMap((x) => [
        svg("line", { x1: across(x), x2: across(x), y1: y, y2: y + 4 }),
        svg("text", { x: across(x), y: y + 17, "text-anchor": "middle" }, text(x)),
      ]),
      svg("text", { class: "name", x: width - MARGIN.right, y: y + 33, "text-anchor": "end" }, xName),
    ];
  }

  function yAxis() {
    return [
      svg("line", { x1: MARGIN.left, x2: MARGIN.left, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
      ...ticks(y0, y1, 4).flatMap((y) => [
        svg("line", { x1: MARGIN.left - 4, x2: MARGIN.left, y1: down(y), y2: down(y) }),
        svg("text", { x: MARGIN.left - 8, y: down(y) + 4, "text-anchor": "end" }, text(y)),
      ]),
      svg("text", { class: "name", x: 4, y: MARGIN.top + 4 }, yName),
    ];
  }
}

/**
 * Round numbers between two others, about so many.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} wanted
 * @returns {number[]}
 */
export function ticks(low, high, wanted) {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 5].find((f) => f * size >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // whole multiples, written back without the rounding of step * k
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** @param {number[]} values */
function extent(values) {
  const finite = values.filter(Number.isFinite);
  return finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
}

/** @param {number[]} range */
function padded([low, high]) {
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}
