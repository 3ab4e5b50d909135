/**
 * Where the factors of a term come from: a stored array, its gradient, a bare number, or an expression of those.
 *
 * @typedef {object} Source
 * @property {string} name what formulas call it
 * @property {"value" | "gradient" | "number"} kind
 * @property {string | null} of the name to ask by; null where only the way through leads on
 * @property {number[]} shape
 * @property {(flat: number) => number} at its element of this number, counted in rows
 * @property {((flat: number) => Listed[]) | null} terms of an expression: what its element is made of
 * @property {string | null} primitive of an expression
 *
 * @typedef {object} Listed terms of one form: sign * product of the columns, row by row
 * @property {1 | -1} sign
 * @property {string | null} function
 * @property {{ source: Source, flat: number[], divides?: boolean }[]} columns
 */

/**
 * The arrays of a stored scene as sources, and what each operation was called with.
 *
 * @param {any} scene
 */
export function stored(scene) {
  const outputs = new Map(scene.stages.map((/** @type {any} */ stage) => [stage.output, stage]));
  const steps = new Map(scene.steps.map((/** @type {any} */ step) => [step.output, step]));
  /** @type {Map<string, Source>} */
  const known = new Map();
  const source = (/** @type {string} */ of, /** @type {"value" | "gradient"} */ kind) => {
    const key = `${kind} ${of}`;
    const array = scene.arrays[of];
    const numbers = kind === "value" ? array.values : array.gradient;
    const made = known.get(key) ?? {
      name: kind === "value" ? of : "g",
      kind,
      of,
      shape: array.shape,
      at: (/** @type {number} */ flat) => numbers.data[flat],
      terms: null,
      primitive: null,
    };
    known.set(key, made);
    return made;
  };
  return {
    scene,
    value: (/** @type {string} */ of) => source(of, "value"),
    gradient: (/** @type {string} */ of) => source(of, "gradient"),
    /** @param {string} of what an operation gave */
    call(of) {
      const stage = outputs.get(of);
      const step = steps.get(of);
      if (!stage || !step) return null;
      /** @type {Record<string, Source>} */
      const args = {};
      for (const { argument, to } of step.contributions) if (to !== null) args[argument] = source(to, "value");
      return { primitive: stage.primitive, params: stage.params, args, output: source(of, "value"), step };
    },
  };
}

/** @typedef {ReturnType<typeof stored>} Stored */
/** @typedef {NonNullable<ReturnType<Stored["call"]>>} Call */

/**
 * @param {number} value
 * @returns {Source}
 */
export function bare(value) {
  return { name: general(value), kind: "number", of: null, shape: [], at: () => value, terms: null, primitive: null };
}

/**
 * @param {string} name
 * @param {string} primitive
 * @param {number[]} shape
 * @param {(flat: number) => number} at
 * @param {(flat: number) => Listed[]} terms
 * @returns {Source}
 */
export function expression(name, primitive, shape, at, terms) {
  return { name: name.length > 40 ? `${primitive}(...)` : name, kind: "value", of: null, shape, at, terms, primitive };
}

/**
 * @param {Source} source
 * @param {number | number[]} flat
 * @param {boolean} [divides]
 */
export function column(source, flat, divides = false) {
  return { source, flat: typeof flat === "number" ? [flat] : flat, divides };
}

/**
 * @param {Listed["columns"]} columns
 * @param {1 | -1} [sign]
 * @returns {Listed}
 */
export function product(columns, sign = 1) {
  return { sign, function: null, columns };
}

/**
 * @param {string} name
 * @param {Listed["columns"]} columns
 * @returns {Listed}
 */
export function applied(name, columns) {
  return { sign: 1, function: name, columns };
}

/**
 * How many terms there are.
 *
 * @param {Listed} group
 */
export function countOf(group) {
  return Math.max(
    0,
    ...group.columns.map((c) => (c.source.kind === "number" && c.flat.length === 1 ? 1 : c.flat.length)),
  );
}

/**
 * The sum of all terms, without listing them one by one.
 *
 * @param {Listed[]} groups
 * @returns {{ sum: number, size: number } | null} null where a term is a function
 */
export function summed(groups) {
  let [sum, size] = [0, 0];
  for (const group of groups) {
    if (group.function) return null;
    const count = group.columns.some((c) => c.flat.length === 0) ? 0 : countOf(group);
    for (let row = 0; row < count; row += 1) {
      /** @type {number} */
      let term = group.sign;
      for (const { source, flat, divides } of group.columns) {
        const value = source.at(flat.length === 1 ? flat[0] : flat[row]);
        term = divides ? term / value : term * value;
      }
      sum += term;
      size += Math.abs(term);
    }
  }
  return { sum, size };
}

/**
 * A number as Python writes it with the format ".6g".
 *
 * @param {number} value
 */
export function general(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, power] = value.toExponential(5).split("e");
  const exponent = Number(power);
  const trimmed = (/** @type {string} */ text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= 6) {
    return `${trimmed(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return trimmed(value.toFixed(Math.max(0, 5 - exponent)));
}
