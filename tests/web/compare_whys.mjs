/** Hold the saved file's whys against the engine's: node compare_whys.mjs FILE, where FILE is {scene, whys} as packed. */

import { readFileSync } from "node:fs";

import { fileEngine } from "../../tinygrad_edu/explorer/web/js/engine/file.js";
import { unpack } from "../../tinygrad_edu/explorer/web/js/engine/unpack.js";

const bytes = readFileSync(process.argv[2]);
const { scene, whys } = unpack(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const engine = fileEngine({ scene });
const wrong = [];

/** Whether two numbers are the same but for float32 rounding. */
function close(a, b, size) {
  return (
    Object.is(a, b) ||
    Math.abs(Number(a) - Number(b)) <= 2e-6 * Math.max(Math.abs(a), Math.abs(b)) + 1e-6 * size + 1e-12
  );
}

/** Compare everything that an answer says; `path` leads to what differs. */
function compare(here, engine, path, size) {
  if (typeof engine === "number" && typeof here === "number") {
    if (!close(here, engine, size)) wrong.push(`${path}: ${here} here, ${engine} in the engine`);
  } else if (engine && typeof engine === "object" && engine.data) {
    if (String(here?.shape) !== String(engine.shape)) wrong.push(`${path}: shape ${here?.shape}, not ${engine.shape}`);
    else engine.data.forEach((x, k) => compare(here.data[k], x, `${path}[${k}]`, size));
  } else if (engine && typeof engine === "object") {
    for (const key of new Set([...Object.keys(engine), ...Object.keys(here ?? {})])) {
      compare(here?.[key], engine[key], `${path}.${key}`, size);
    }
  } else if (here !== engine)
    wrong.push(`${path}: ${JSON.stringify(here)} here, ${JSON.stringify(engine)} in the engine`);
}

for (const why of whys) {
  try {
    const found = await engine.ask("why", scene.recipe, { question: why.question });
    const through = why.question.through?.length > 0;
    const size = Math.max(Math.abs(why.value), why.above, -why.below) || 1;
    // what is computed on the way has no documentation in the scene, and is not rounded to float32
    const strip = (answer) => ({
      ...answer,
      rounding: 0,
      ...(through && { dtype: "", parts: answer.parts.map((p) => ({ ...p, written: null, remark: "" })) }),
    });
    compare(strip(found), strip(why), `${why.name}[${why.index}]`, through ? size : 1e-6 * size);
  } catch (error) {
    wrong.push(`${JSON.stringify(why.question)}: ${error.message}`);
  }
}
console.log(JSON.stringify({ wrong: wrong.slice(0, 20), proof: engine.proof() }));
