import assert from "node:assert/strict";
import test from "node:test";

import { unpack } from "../../tinygrad_edu/explorer/web/js/engine/unpack.js";

/** Write an answer as explorer/packing.py does. */
function packed(answer, arrays) {
  const places = [];
  let at = 0;
  for (const { dtype, shape, data } of arrays) {
    places.push({ dtype, shape, at });
    at += Math.ceil(data.byteLength / 8) * 8;
  }
  const header = new TextEncoder().encode(JSON.stringify({ $arrays: places, answer }));
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + at);
  bytes.set(new TextEncoder().encode("TGE1"));
  new DataView(bytes.buffer).setUint32(4, header.length, true);
  bytes.set(header, 8);
  arrays.forEach(({ data }, k) => bytes.set(new Uint8Array(data.buffer), start + places[k].at));
  return bytes.buffer;
}

test("arrays come back where they stood, in their kinds and shapes", () => {
  const values = new Float32Array([0.5, -1, 2]);
  const index = new Int32Array([7]);
  const found = unpack(
    packed({ loss: 0.25, name: "Ω", deep: [{ values: { $array: 0 } }, { index: { $array: 1 } }], none: null }, [
      { dtype: "float32", shape: [3, 1], data: values },
      { dtype: "int32", shape: [], data: index },
    ]),
  );
  assert.equal(found.loss, 0.25);
  assert.equal(found.name, "Ω");
  assert.equal(found.none, null);
  assert.deepEqual(found.deep[0].values, { shape: [3, 1], data: values });
  assert.deepEqual(found.deep[1].index, { shape: [], data: index });
});
