/**
 * All terms as a table: sorted by size or by place, with the sum so far, each factor a button that leads on.
 *
 * However many there are, only those in sight exist: a window of 12 rows over all of them.
 */

import { el, fill, restyle } from "../dom.js";
import { count, number } from "../numbers.js";
import { factorButton, fitting } from "./line.js";
import { indexAt, running } from "./terms.js";

const FEW = 6;
const WINDOW = 12;

/** @typedef {import("./cursor.js").Context} Context */

/**
 * @param {Context} context
 * @returns {HTMLElement | null}
 */
export function termTable(context) {
  const { terms, why } = context;
  if (terms.count < 2) return null;
  let byPlace = false;
  let all = terms.count <= WINDOW;
  const place = el("div");
  const show = () => fill(place, rowsOf(context, byPlace, all));
  const order = el(
    "select",
    {
      "aria-label": "Order of the terms",
      onchange: () => {
        byPlace = order.value === "place";
        show();
      },
    },
    el("option", { value: "size" }, "largest first"),
    el("option", { value: "place" }, "by place"),
  );
  const every = el("button", { type: "button", "aria-pressed": "false" }, `All ${count(terms.count)}`);
  every.addEventListener("click", () => {
    all = !all;
    every.setAttribute("aria-pressed", String(all));
    show();
  });
  show();
  const name = `Terms of ${why.name}`;
  return el(
    "section",
    { class: "terms", "aria-label": name },
    el("div", { class: "table-tools" }, order, terms.count > WINDOW && every),
    place,
  );
}

/**
 * @param {Context} context
 * @param {boolean} byPlace
 * @param {boolean} all
 */
function rowsOf(context, byPlace, all) {
  const { terms, why, cursor, state } = context;
  const order = byPlace ? Int32Array.from(terms.products.keys()) : terms.largest;
  const sums = running(terms, order);
  const shown = all ? order.length : Math.min(FEW, order.length);
  const factors = Math.max(...why.groups.map((group) => group.columns.length));
  const heads = ["place", ...headings(why, factors), factors > 1 ? "product" : "", "so far"].filter(Boolean);
  const height = matchMedia("(pointer: coarse)").matches ? 44 : 32;
  const body = el("div", { role: "rowgroup", class: "table-body" });
  const grid = el(
    "div",
    {
      role: "grid",
      class: "term-table",
      "aria-label": "Terms",
      "aria-rowcount": shown + 1,
      "aria-colcount": heads.length,
    },
    el(
      "div",
      { role: "rowgroup" },
      el(
        "div",
        { role: "row", class: "table-head", "aria-rowindex": 1 },
        ...heads.map((h) => el("div", { role: "columnheader" }, h)),
      ),
    ),
    body,
  );
  restyle(grid, {
    "--columns": `minmax(3.5rem, auto) repeat(${heads.length - 1}, minmax(0, 1fr))`,
    "--row": `${height}px`,
  });
  const viewport = el("div", { class: "table-window" }, grid);
  if (shown > WINDOW) restyle(viewport, { "max-block-size": `${(WINDOW + 1) * height}px` });
  restyle(body, { "block-size": `${shown * height}px` });
  const active = { row: 0, column: 1 };
  const draw = () => {
    const first = Math.max(0, Math.floor(viewport.scrollTop / height) - 2);
    const last = Math.min(shown, first + WINDOW + 5);
    const rows = [];
    for (let k = first; k < last; k += 1) rows.push(tableRow(context, order[k], k, sums[k], factors));
    rows.forEach((row, k) => restyle(row, { transform: `translateY(${(first + k) * height}px)` }));
    fill(body, ...rows);
    if (active.row < first || active.row >= last) active.row = first;
    mark();
  };
  const cellAt = (/** @type {number} */ row, /** @type {number} */ column) =>
    body.querySelector(`[aria-rowindex="${row + 2}"]`)?.children[column] ?? null;
  const mark = () => {
    for (const target of body.querySelectorAll("[tabindex], button")) target.setAttribute("tabindex", "-1");
    const cell = cellAt(active.row, active.column);
    targetIn(cell)?.setAttribute("tabindex", "0");
  };
  const go = (/** @type {number} */ row, /** @type {number} */ column) => {
    active.row = Math.min(shown - 1, Math.max(0, row));
    active.column = Math.min(heads.length - 1, Math.max(0, column));
    const top = active.row * height;
    if (top < viewport.scrollTop) viewport.scrollTop = top;
    const room = viewport.clientHeight - 2 * height;
    if (top > viewport.scrollTop + room) viewport.scrollTop = top - room;
    draw();
    targetIn(cellAt(active.row, active.column))?.focus({ preventScroll: true });
  };
  viewport.addEventListener("scroll", () => {
    if (!body.contains(document.activeElement)) draw();
    else if (!cellAt(active.row, active.column)) draw();
  });
  grid.addEventListener("keydown", (event) => {
    const moves = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [WINDOW, 0],
      PageUp: [-WINDOW, 0],
      Home: [-Infinity, 0],
      End: [Infinity, 0],
    };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (!move || event.altKey) return;
    event.preventDefault();
    go(active.row + move[0], active.column + move[1]);
  });
  body.addEventListener("focusin", (event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest("[role=gridcell]");
    const row = cell?.parentElement;
    if (!cell || !row) return;
    active.row = Number(row.getAttribute("aria-rowindex")) - 2;
    active.column = [...row.children].indexOf(cell);
    mark();
    cursor.set(order[active.row]);
  });
  draw();
  cursor.listen(grid, (position) => {
    for (const row of body.children)
      row.classList.toggle("current", row.getAttribute("data-term") === String(position));
  });
  viewport.dataset.digits = String(state.digits);
  return viewport;
}

/** @param {Element | null} cell */
function targetIn(cell) {
  return /** @type {HTMLElement | null} */ (cell?.querySelector("button") ?? cell);
}

/**
 * @param {Context} context
 * @param {number} position
 * @param {number} k
 * @param {number} soFar
 * @param {number} factors
 */
function tableRow(context, position, k, soFar, factors) {
  const { why, terms, cursor, state } = context;
  const [group, row] = terms.at(position);
  const { columns } = why.groups[group];
  const manner = { digits: state.digits, plus: true };
  const most = roomFor(context.width, factors);
  const cell = (/** @type {import("../dom.js").Children[]} */ ...children) =>
    el("div", { role: "gridcell", tabindex: "-1" }, ...children);
  return el(
    "div",
    {
      role: "row",
      "aria-rowindex": k + 2,
      "data-term": position,
      class: position === cursor.at() ? "current" : "",
      onclick: () => cursor.set(position),
    },
    cell(placeOf(why, group, row)),
    ...Array.from({ length: factors }, (_, c) =>
      columns[c] ? cell(factorButton(context, group, row, c, most)) : cell(),
    ),
    factors > 1 && cell(number(terms.products[position], fitting(terms.products[position], manner, most))),
    cell(number(soFar, fitting(soFar, manner, most))),
  );
}

/**
 * How many characters of a number a column has room for.
 *
 * @param {number} width of the panel
 * @param {number} factors
 */
function roomFor(width, factors) {
  const table = width >= 1150 ? 400 : width; // css/why.css
  const columns = factors + (factors > 1 ? 2 : 1);
  return Math.max(5, Math.floor(((table - 56) / columns - 18) / 7.3));
}

/**
 * The head of each factor's column: what it is in most terms.
 *
 * @param {import("./terms.js").Why} why
 * @param {number} factors
 */
function headings(why, factors) {
  return Array.from({ length: factors }, (_, k) => {
    const column = mostTerms(why, k)?.columns[k];
    return `${column?.divides ? "/ " : ""}${column?.name ?? ""}`;
  });
}

/**
 * The group that has the most terms, of those with a k-th factor.
 *
 * @param {import("./terms.js").Why} why
 * @param {number} k
 */
function mostTerms(why, k) {
  const groups = why.groups.filter((group) => group.columns[k]);
  return groups.reduce((a, b) => (a && a.products.data.length >= b.products.data.length ? a : b), groups[0]);
}

/**
 * Where a term stands: those indices of its first factor that are not the same for all.
 *
 * @param {import("./terms.js").Why} why
 * @param {number} group
 * @param {number} row
 */
export function placeOf(why, group, row) {
  const { columns, products } = why.groups[group];
  const column = columns.find((c) => c.index.length > 0 && (products.data.length < 2 || varies(c)));
  if (!column) return columns[0]?.name ?? "";
  if (products.data.length < 2) return column.name;
  return indexAt(column, row)
    .filter((_, axis) => variesAlong(column, axis))
    .join(", ");
}

/** @param {import("./terms.js").Column} column */
function varies(column) {
  return column.index.some((_, axis) => variesAlong(column, axis));
}

/**
 * @param {import("./terms.js").Column} column
 * @param {number} axis
 */
function variesAlong(column, axis) {
  const { data } = column.index[axis];
  return data.length > 1 && data.some((/** @type {number} */ i) => i !== data[0]);
}
