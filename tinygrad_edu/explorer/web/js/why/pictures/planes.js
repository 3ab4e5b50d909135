/** A sum over several maps: a subtotal for each, as bars, and the one that is chosen as pictures. */

import { el, fill } from "../../dom.js";
import { count } from "../../numbers.js";
import { kernelTable, planesOf, tableBy } from "../planes.js";
import { MOST_BARS } from "./bars.js";
import { planeMaps } from "./maps.js";
import { subtotals } from "./subtotals.js";

/**
 * @typedef {import("../cursor.js").Context} Context
 * @typedef {import("../planes.js").Plane} Plane
 */

/**
 * The terms of one group as pictures, or nothing where they are too few for one.
 *
 * @param {Context} context
 * @param {number} group
 * @param {{ kernel: string | null, turns: boolean }} convolution the kernel's name, and whether the two orders of the
 *     same products are both worth seeing, as in dL/dx
 * @returns {HTMLElement | null}
 */
export function groupPicture(context, group, { kernel, turns }) {
  const planes = planesOf(context.scene, context.why.groups[group], has(context.why.groups[group], kernel) ? 1 : 2);
  if (!planes.length || isShortList(planes)) return null;
  const offset = context.why.groups.slice(0, group).reduce((n, g) => n + g.products.data.length, 0);
  const place = el("div", { class: "plane" });
  const state = { chosen: 0, turned: false };
  const show = () => {
    const plane = planes[state.chosen];
    const face = plane.faces.findIndex((f) => f.column.of === kernel && f.column.kind === "value");
    const table = face < 0 ? tableBy(plane, 0) : kernelTable(plane, face, state.turned);
    fill(place, planeMaps(context, group, plane, offset, table), face >= 0 && edge(planes, plane, table));
  };
  const what = context.scene.arrays[context.why.question.of]?.role === "input" ? "pixel" : "number";
  const pieces = [
    turns && ways(state, show, what),
    planes.length > 1 && subtotals(context, group, planes, offset, state, show),
    place,
  ];
  context.cursor.listen(place, (position) => {
    const found = planes.findIndex((plane) => plane.terms.includes(position - offset));
    if (found < 0 || found === state.chosen) return;
    state.chosen = found;
    show();
  });
  show();
  return el("div", { class: "group-picture" }, ...pieces);
}

/**
 * Whether all there is are a few numbers in a row: bars show them better than a picture.
 *
 * @param {import("../planes.js").Plane[]} planes
 */
function isShortList(planes) {
  const faces = planes.flatMap((plane) => plane.faces);
  return (
    planes.length === 1 &&
    planes[0].terms.length <= MOST_BARS &&
    faces.every((face) => !face.lead.length && (face.frame.height === 1 || face.frame.width === 1))
  );
}

/**
 * @param {import("../terms.js").Group} group
 * @param {string | null} name
 */
function has(group, name) {
  return name !== null && group.columns.some((column) => column.of === name);
}

/**
 * At the edge: places of the kernel that have no part in it.
 *
 * @param {Plane[]} planes
 * @param {Plane} plane
 * @param {(number | null)[][]} table
 */
function edge(planes, plane, table) {
  const places = table.length * (table[0]?.length ?? 0);
  if (plane.terms.length === places) return null;
  const all = places * planes.length;
  const here = planes.reduce((n, p) => n + p.terms.length, 0);
  return el(
    "p",
    { class: "note" },
    `${count(here)} of ${count(all)}: the other ${count(all - here)} places have no part in it. They are hatched, not 0.`,
  );
}

/**
 * One switch, the same products arranged in two ways.
 *
 * @param {{ turned: boolean }} state
 * @param {() => void} show
 * @param {string} what
 */
function ways(state, show, what) {
  const note = el("p", { class: "note" });
  const options = [
    {
      turned: false,
      title: `Who used this ${what}?`,
      note: "The weights as they are. Beside each: the gradient of the result it went into.",
    },
    {
      turned: true,
      title: "As a convolution",
      note:
        "Counting from here, the offsets run backwards. Turn the kernel by 180 degrees and it is a convolution again. " +
        "No weight changes: each turned cell keeps its own index.",
    },
  ];
  const radios = options.map((option) => {
    const input = el("input", { type: "radio", name: "ways", checked: option.turned === state.turned });
    input.addEventListener("change", () => {
      state.turned = option.turned;
      fill(note, option.note);
      show();
    });
    return el("label", { class: "choice" }, input, ` ${option.title}`);
  });
  fill(note, options[0].note);
  return el(
    "fieldset",
    { class: "ways" },
    el("legend", { class: "unseen" }, "The same products, arranged in two ways"),
    ...radios,
    note,
  );
}
