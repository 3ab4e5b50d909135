/** One plane of a sum as pictures side by side: its factors and their products, with one cursor for all. */

import { el, fill } from "../../dom.js";
import { count, text } from "../../numbers.js";
import { factorAddress } from "../addresses.js";
import { spokenTerm } from "../line.js";
import { mapGrid } from "../map.js";
import { whyZero } from "../zeros.js";
import { caption } from "../words.js";
import { endOf, faceShown, factorShown, productsShown } from "./face.js";

/**
 * @typedef {import("../cursor.js").Context} Context
 * @typedef {import("../planes.js").Plane} Plane
 * @typedef {{ tab: string, title: import("../../dom.js").Child[], note: string, grid: HTMLElement, width: number }} Picture
 */

const SMALL = 49; // up to so many terms have their numbers written into the cells
const READ = 36; // in smaller cells a number cannot be read
const GAP = 40;
const NARROW = 560; // then one picture at a time
const WIDE = 1150; // from here on the sum stands beside the pictures: css/why.css

/**
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} offset of the group's first term among all
 * @param {(number | null)[][]} table the plane's terms in the order to show them in
 * @returns {HTMLElement}
 */
export function planeMaps(context, group, plane, offset, table) {
  const small = table.length * (table[0]?.length ?? 0) <= SMALL;
  const phone = context.width < NARROW;
  const wide = plane.faces.map((face) =>
    small ? (table[0]?.length ?? 1) : isMap(face) ? face.width : face.frame.width,
  );
  const across = [...wide, table[0]?.length ?? 1];
  const longest = Math.max(...across);
  const flat = longest > 60 || (table.length === 1 && longest > 12); // rows of a matrix lie one below the other
  const room = context.width - (context.width >= WIDE ? 424 : 0);
  const around = small ? contextPicture(context, group, plane, offset) : null;
  const beside = around && room - around.width - 80 >= 3 * 44 * (table[0]?.length ?? 1) ? around.width + 40 : 0;
  const side = flat || phone ? longest : across.reduce((a, b) => a + b, 0);
  const free = room - beside - (flat || phone ? 8 : GAP * (across.length - 1) + 8);
  const size = Math.max(
    2,
    Math.min(small && longest <= 12 ? 64 : flat ? 20 : phone ? 13 : 14, Math.floor(free / side)),
  );
  const pictures = [
    ...plane.faces.map((face, k) => facePicture(context, group, plane, k, offset, table, small, size)),
    ...(plane.faces.length > 1 || hasScalars(context, group)
      ? [productPicture(context, group, plane, offset, table, small, size)]
      : []),
  ];
  if (phone && pictures.length > 1 && !flat) return tabs(pictures, around);
  const joints = (/** @type {number} */ k) =>
    k === 0 ? null : k === pictures.length - 1 && pictures.length > plane.faces.length ? "=" : "×";
  return el(
    "div",
    { class: flat ? "maps stacked" : "maps" },
    around && (beside ? figure(around) : el("div", { class: "around" }, figure(around))),
    ...pictures.flatMap((picture, k) => [
      joints(k) && !flat && el("span", { class: "joint", "aria-hidden": "true" }, joints(k)),
      figure(picture),
    ]),
  );
}

/** @param {import("../planes.js").Face} face */
function isMap(face) {
  return face.lead.length > 0;
}

/**
 * @param {Context} context
 * @param {number} group
 */
function hasScalars({ why }, group) {
  return why.groups[group].columns.some((column) => column.shape.length === 0);
}

/** @param {Picture} picture */
function figure({ title, note, grid }) {
  return el(
    "figure",
    { class: "picture" },
    el("figcaption", {}, el("span", {}, ...title), el("span", { class: "note" }, note)),
    grid,
  );
}

/**
 * Where in its map the small table lies.
 *
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} offset
 * @returns {Picture | null}
 */
function contextPicture(context, group, plane, offset) {
  const k = plane.faces.findIndex((face) => isMap(face) && face.height * face.width > SMALL);
  if (k < 0) return null;
  const { width } = plane.faces[k];
  const room = context.width < NARROW ? context.width - 48 : 9 * width;
  return facePicture(context, group, plane, k, offset, [], false, Math.max(2, Math.min(9, Math.floor(room / width))));
}

/**
 * On a narrow window one picture at a time, chosen by tabs.
 *
 * @param {Picture[]} pictures
 * @param {Picture | null} around
 */
function tabs(pictures, around) {
  const place = el("div", { role: "tabpanel", class: "tab-panel" });
  const buttons = pictures.map((picture, k) =>
    el("button", { type: "button", role: "tab", onclick: () => choose(k) }, picture.tab),
  );
  const choose = (/** @type {number} */ chosen) => {
    buttons.forEach((button, k) => {
      button.setAttribute("aria-selected", String(k === chosen));
      button.setAttribute("tabindex", k === chosen ? "0" : "-1");
    });
    place.setAttribute("aria-label", buttons[chosen].textContent ?? "");
    fill(place, figure(pictures[chosen]));
  };
  const list = el("div", { role: "tablist", "aria-label": "Pictures" }, ...buttons);
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next =
      (buttons.findIndex((b) => b.getAttribute("aria-selected") === "true") + by + buttons.length) % buttons.length;
    choose(next);
    buttons[next].focus();
  });
  choose(pictures.length - 1);
  return el("div", { class: "tabs" }, list, place, around && figure(around));
}

/**
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} k which face
 * @param {number} offset
 * @param {(number | null)[][]} table
 * @param {boolean} small
 * @param {number} size
 * @returns {Picture}
 */
function facePicture(context, group, plane, k, offset, table, small, size) {
  const face = plane.faces[k];
  const { why, ask } = context;
  const whole = !small && isMap(face);
  const shown = small ? factorShown(context, face, plane, table) : faceShown(context, face, plane.terms, whole);
  const { frame } = face;
  const places = small ? placesIn(table) : plane.terms.length ? facePlaces(face, shown) : new Map();
  const [name, rest] = caption(context.scene, face.column, face.lead);
  const end = endOf(shown.values);
  const partial = whole && (frame.height < face.height || frame.width < face.width);
  const from = (/** @type {number} */ position) => factorAddress(why, group, position - offset, face.at);
  return {
    tab: name,
    title: [el("b", {}, name), `${rest}${partial ? "; framed: what counts" : ""}`],
    note: `${shown.rows} × ${shown.columns}, scale ±${text(end)}`,
    width: shown.columns * size,
    grid: located(context, group, plane, offset, {
      name: `${name}${rest}, ${shown.rows} by ${shown.columns}`,
      kind: face.column.kind === "gradient" ? "gradient" : "value",
      shown,
      end,
      size,
      places,
      write: small && size >= READ ? (at) => written(table, at, shown.values[at], false) : undefined,
      frame: partial
        ? { row: frame.top, column: frame.left, rows: frame.height, columns: frame.width, kind: "read" }
        : null,
      enter: (position) => {
        const address = from(position);
        if (address) ask(address);
      },
    }),
  };
}

/**
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} offset
 * @param {(number | null)[][]} table
 * @param {boolean} small
 * @param {number} size
 * @returns {Picture}
 */
function productPicture(context, group, plane, offset, table, small, size) {
  const { why } = context;
  const shown = productsShown(context, group, plane, table, offset);
  const end = endOf(shown.values);
  const names = why.groups[group].columns.map(
    (column, k) => `${k ? (column.divides ? " / " : " · ") : ""}${column.name}`,
  );
  return {
    tab: "product",
    title: [el("b", {}, names.join("").length > 24 ? "products" : names.join(""))],
    note: `${count(plane.terms.length)} products, scale ±${text(end)}`,
    width: shown.columns * size,
    grid: located(context, group, plane, offset, {
      name: `Products, ${shown.rows} by ${shown.columns}`,
      kind: why.kind === "gradient" ? "gradient" : "value",
      shown,
      end,
      size,
      places: placesIn(table),
      write: small && size >= READ ? (at) => written(table, at, shown.values[at], true) : undefined,
      frame: null,
      enter: null,
    }),
  };
}

/**
 * @param {Context} context
 * @param {number} group
 * @param {Plane} plane
 * @param {number} offset
 * @param {{ name: string, kind: "value" | "gradient", shown: import("./face.js").Shown, end: number, size: number,
 *           places: Map<number, number>, write: ((at: number) => string) | undefined,
 *           frame: import("../../cells.js").Frame | null, enter: ((position: number) => void) | null }} picture
 */
function located(context, group, plane, offset, { name, kind, shown, end, size, places, write, frame, enter }) {
  const { scene, why, terms, state, cursor } = context;
  const { values, rows, columns, closed } = shown;
  const termOf = new Map([...places].map(([k, at]) => [at, k]));
  const numberIn = new Map(Array.from(plane.terms, (term, k) => [term, k]));
  return mapGrid(cursor, {
    name,
    kind,
    cells: { values, rows, columns, end, scheme: state.scheme, closed, write },
    size,
    frame,
    enter,
    termAt(row, column) {
      const k = termOf.get(row * columns + column);
      return k === undefined ? null : offset + plane.terms[k];
    },
    placeOf(position) {
      const k = numberIn.get(position - offset);
      const at = k === undefined ? undefined : places.get(k);
      return at === undefined ? null : [Math.floor(at / columns), at % columns];
    },
    describe: (position) =>
      spokenTerm(context, position, whyZero(scene, why, group, position - offset, terms.products[position])),
  });
}

/**
 * A number in its cell; where no term stands, nothing.
 *
 * @param {(number | null)[][]} table
 * @param {number} at
 * @param {number} value
 * @param {boolean} plus
 */
function written(table, at, value, plus) {
  return table.flat()[at] === null ? "" : text(value, { digits: 3, plus });
}

/**
 * @param {(number | null)[][]} table
 * @returns {Map<number, number>} of each of the plane's terms, where it stands
 */
function placesIn(table) {
  const found = new Map();
  table.flat().forEach((k, at) => k !== null && found.set(k, at));
  return found;
}

/**
 * @param {import("../planes.js").Face} face
 * @param {import("./face.js").Shown} shown
 * @returns {Map<number, number>}
 */
function facePlaces(face, { top, left, columns }) {
  return new Map(Array.from(face.rows, (row, k) => [k, (row - top) * columns + face.columns[k] - left]));
}
