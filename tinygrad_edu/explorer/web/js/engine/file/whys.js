/** Answering why from stored numbers, in the same form as the engine does (explorer/whys.py). */

import { added } from "../../why/terms.js";
import { flatIndex, unflatIndex } from "../../why/indices.js";
import { Refusal } from "../http.js";
import { elementText, rowsOf, sumText } from "./formula.js";
import { RULES } from "./rules.js";
import { general } from "./sources.js";
import { Undefined, VALUES } from "./values.js";

/**
 * @typedef {import("./sources.js").Listed} Listed
 * @typedef {import("./sources.js").Source} Source
 * @typedef {import("./sources.js").Stored} Stored
 * @typedef {import("../../state.js").Address} Address
 *
 * @typedef {object} Part
 * @property {any} said as the answer has it
 * @property {Listed[]} groups
 */

/**
 * @param {Stored} stored
 * @param {Address} question
 */
export function whyFrom(stored, question) {
  const { of, gradient, index = [], through = [] } = question;
  const array = stored.scene.arrays[of];
  if (!array) throw new Refusal(`there is no value called ${JSON.stringify(of)}`);
  const inside = index.length === array.shape.length && index.every((i, axis) => i >= 0 && i < array.shape[axis]);
  if (!inside)
    throw new Refusal(`${of} has no element [${index.join(",")}]; it has the shape ${array.shape.join(" × ")}`);
  let found = explained(stored, of, gradient, flatIndex(index, array.shape));
  for (const [group, row, column] of through) {
    const chosen = found.parts.flatMap((part) => part.groups)[group]?.columns[column];
    const flat = chosen?.flat.length === 1 ? chosen.flat[0] : chosen?.flat[row];
    if (!chosen || flat === undefined) throw new Refusal("there is no such factor");
    const { source } = chosen;
    found = source.of === null ? inner(source, flat) : explained(stored, source.of, source.kind === "gradient", flat);
  }
  return answer(question, found);
}

/**
 * @typedef {{ kind: "value" | "gradient" | "given", name: string, index: number[], value: number, dtype: string,
 *             parts: Part[] }} Found
 *
 * @param {Stored} stored
 * @param {string} of
 * @param {boolean} gradient
 * @param {number} at
 * @returns {Found}
 */
function explained(stored, of, gradient, at) {
  const array = stored.scene.arrays[of];
  const index = unflatIndex(at, array.shape);
  const base = { index, dtype: array.dtype };
  if (gradient) {
    if (!array.gradient) throw new Refusal(`dL/d ${of} was not computed: ${array.no_gradient}`);
    const value = array.gradient.data[at];
    return { ...base, kind: "gradient", name: `dL/d ${of}`, value, parts: gradientParts(stored, of, at) };
  }
  const value = array.values.data[at];
  const call = stored.call(of);
  if (array.role !== "value" || !call) return { ...base, kind: "given", name: of, value, parts: [] };
  const groups = valueGroups(call, at);
  const said = part(value, null, "", sumText(groups), valueRemark(call, at), call.primitive, call.step.primitive);
  return { ...base, kind: "value", name: of, value, parts: [{ said, groups }] };
}

/**
 * @param {import("./sources.js").Call} call
 * @param {number} at
 */
export function valueGroups(call, at) {
  return defined(call.primitive, VALUES[call.primitive], (define) => define(call, at));
}

/**
 * @param {Stored} stored
 * @param {string} of
 * @param {number} at
 * @returns {Part[]}
 */
function gradientParts(stored, of, at) {
  const { scene } = stored;
  const array = scene.arrays[of];
  const arrived = array.arrived.map((/** @type {string} */ where) => {
    if (where === "start") return { said: part(1, 0, where, "1", "", null, null), groups: [] };
    const { call, fired } = firing(stored, where);
    const groups = ruleGroups(stored, call, fired.argument, at);
    const value = array.arrived.length === 1 ? array.gradient.data[at] : added(productsOf(groups, NaN));
    const remark = gradientRemark(stored, call, at);
    return { said: part(value, call.step.number, where, sumText(groups), remark, call.primitive, fired.rule), groups };
  });
  return arrived;
}

/**
 * The step, and the contribution, that the pictures number so: 6b.
 *
 * @param {Stored} stored
 * @param {string} where
 */
function firing(stored, where) {
  for (const step of stored.scene.steps) {
    const fired = step.contributions.find((/** @type {any} */ c) => c.where === where);
    const call = fired && stored.call(step.output);
    if (call) return { call, fired };
  }
  throw new Refusal(`there is no step ${where}`);
}

/**
 * @param {Stored} stored
 * @param {import("./sources.js").Call} call
 * @param {string} argument
 * @param {number} at
 */
export function ruleGroups(stored, call, argument, at) {
  const g = stored.gradient(/** @type {string} */ (call.output.of));
  return defined(call.primitive, RULES[call.primitive]?.[argument], (rule) => rule(call, g, at));
}

/**
 * @template T
 * @param {string} primitive
 * @param {T | undefined} definition
 * @param {(definition: T) => Listed[]} use
 */
function defined(primitive, definition, use) {
  try {
    if (definition) return use(definition);
  } catch (error) {
    if (!(error instanceof Undefined)) throw error;
  }
  throw new Refusal(
    `This file cannot explain ${primitive}: that needs the engine. Start it with: tinygrad-edu explore`,
  );
}

/**
 * An expression that has no name: what it is made of.
 *
 * @param {Source} source
 * @param {number} at
 * @returns {Found}
 */
function inner(source, at) {
  const index = unflatIndex(at, source.shape);
  const base = { name: source.name, index, value: source.at(at), dtype: "float64" };
  if (!source.terms) return { ...base, kind: "given", parts: [] };
  const groups = source.terms(at);
  const said = part(base.value, null, "", sumText(groups), "", source.primitive, null);
  return { ...base, kind: "value", parts: [{ said, groups }] };
}

/**
 * @param {Address} question
 * @param {Found} found
 */
function answer(question, found) {
  const { parts, value } = found;
  const groups = parts.flatMap(({ said, groups: listed }, number) =>
    listed.filter((group) => rowsOf(group) > 0).map((group) => written(group, number, said.value)),
  );
  const products = groups.flatMap((group) => [...group.products.data]);
  const start = parts.filter(({ said }) => said.step === 0).map(({ said }) => said.value);
  const total = parts.length ? added([...products, ...start]) : value;
  const name = elementText(found.name, found.index);
  return {
    question,
    kind: found.kind,
    name: found.name,
    index: found.index,
    value,
    dtype: found.dtype,
    formula: parts.length ? `${name} = ${parts.map(({ said }) => said.formula).join(" + ")}` : name,
    total,
    rounding: value - total,
    count: products.length,
    above: added(products.filter((p) => p > 0)),
    below: added(products.filter((p) => p < 0)),
    zeros: zerosOf(groups),
    parts: parts.map(({ said }) => said),
    groups,
  };
}

/**
 * @param {number} value
 * @param {number | null} step
 * @param {string} where
 * @param {string} formula
 * @param {string} remark
 * @param {string | null} primitive
 * @param {any} definition the rule or the operation as the scene has it
 */
function part(value, step, where, formula, remark, primitive, definition) {
  const { name, formula: text, derivation, source } = definition ?? {};
  const told = definition ? { name, formula: text, derivation: step === null ? "" : derivation, source } : null;
  return { value, step, where, formula, remark, primitive, written: told };
}

/**
 * @param {Listed[]} groups
 * @param {number} value of a function
 */
function productsOf(groups, value) {
  return groups.flatMap((group) => [...written(group, 0, value).products.data]);
}

/**
 * A group as the answer has it, with all its indices and values.
 *
 * @param {Listed} group
 * @param {number} number of its part
 * @param {number} value of the part, for a function
 */
function written(group, number, value) {
  const count = rowsOf(group);
  const columns = group.columns.map(({ source, flat, divides }) => {
    const scalar = source.shape.length === 0;
    const places = flat.length === 1 ? new Array(count).fill(flat[0]) : flat;
    const index = source.shape.map(() => new Int32Array(count));
    places.forEach((at, row) => unflatIndex(at, source.shape).forEach((i, axis) => (index[axis][row] = i)));
    return {
      name: source.name,
      kind: source.kind,
      of: source.of,
      divides: Boolean(divides),
      shape: source.shape,
      index: index.map((data) => ({ shape: [count], data })),
      values: scalar
        ? { shape: [], data: Float64Array.of(source.at(0)) }
        : { shape: [count], data: Float64Array.from(places, (at) => source.at(at)) },
    };
  });
  const products = new Float64Array(count).fill(group.function ? value : group.sign);
  if (!group.function) {
    for (const { values, divides } of columns) {
      for (let row = 0; row < count; row += 1) {
        const x = values.data.length === 1 ? values.data[0] : values.data[row];
        products[row] = divides ? products[row] / x : products[row] * x;
      }
    }
  }
  const { sign, function: name } = group;
  return { part: number, sign, function: name, products: { shape: [count], data: products }, columns };
}

/** @param {ReturnType<typeof written>[]} groups */
function zerosOf(groups) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const group of groups) {
    if (group.function) continue;
    for (let row = 0; row < group.products.data.length; row += 1) {
      const zero = group.columns.find((c) => !c.divides && c.values.data[c.values.data.length === 1 ? 0 : row] === 0);
      if (zero) found[zero.name] = (found[zero.name] ?? 0) + 1;
    }
  }
  return found;
}

/**
 * @param {import("./sources.js").Call} call
 * @param {number} at
 */
function valueRemark(call, at) {
  if (call.primitive === "relu")
    return `${call.args.x.at(at) > 0 ? "open" : "closed"}, for x is ${general(call.args.x.at(at))}`;
  return call.primitive === "max_pool2d" ? "the largest pixel that the window sees" : "";
}

/**
 * @param {Stored} stored
 * @param {import("./sources.js").Call} call
 * @param {number} at
 */
function gradientRemark(stored, call, at) {
  const { x, log_probs, targets } = call.args;
  if (call.primitive === "relu") {
    const g = stored.gradient(/** @type {string} */ (call.output.of)).at(at);
    if (x.at(at) > 0) return `open, for x is ${general(x.at(at))}: g passes`;
    return `closed, for x is ${general(x.at(at))}: g, which is ${general(g)}, stops here`;
  }
  if (call.primitive === "max_pool2d") return "from the windows that this pixel won";
  if (call.primitive !== "nll_loss") return "";
  const classes = log_probs.shape[1];
  const target = at % classes === targets.at(Math.floor(at / classes));
  return target ? "the target" : "not the target: the loss does not look at it";
}
