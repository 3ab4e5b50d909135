import assert from "node:assert/strict";
import test from "node:test";

import { block, facesOf, fitted } from "../../tinygrad_edu/explorer/web/js/network/faces.js";
import { columnsOf } from "../../tinygrad_edu/explorer/web/js/network/columns.js";
import { part } from "../../tinygrad_edu/explorer/web/js/network/gauge.js";
import { parsed } from "../../tinygrad_edu/explorer/web/js/network/goto.js";
import { moved } from "../../tinygrad_edu/explorer/web/js/network/grid.js";
import { linksOf } from "../../tinygrad_edu/explorer/web/js/network/links.js";
import { sizesFor } from "../../tinygrad_edu/explorer/web/js/network/sizes.js";
import { hit, layOut } from "../../tinygrad_edu/explorer/web/js/network/tiles.js";
import { closedBy, flatOf, indexOf, sizeOf } from "../../tinygrad_edu/explorer/web/js/scene.js";

/** A whole number below n. */
const below = (n) => Math.floor(Math.random() * n);

function array(role, shape, laid_out = shape) {
  const numbers = () => ({ shape, data: Float32Array.from({ length: sizeOf(shape) }, () => Math.random() - 0.5) });
  return { role, shape, laid_out, values: numbers(), gradient: numbers(), arrived: [], no_gradient: null };
}

/** A scene of one convolution, a ReLU, pooling and a dense layer, its geometry drawn at random. */
function made({ filters, channels, size, kernel, stride, padding, dilation, groups }) {
  const reach = (kernel - 1) * dilation + 1;
  const out = Math.floor((size + 2 * padding - reach) / stride) + 1;
  const maps = [1, filters, out, out];
  const flat = filters * out * out;
  const twice = (n) => [n, n];
  const stage = (primitive, output, inputs, parameters = [], params = {}) => {
    return { primitive, title: primitive ?? "Image", output, inputs, parameters, params, step: null };
  };
  return {
    answer: 1,
    classes: ["a", "b", "c"],
    arrays: {
      image: array("input", [1, channels, size, size]),
      "conv.weight": array("parameter", [filters, channels / groups, kernel, kernel]),
      "conv.bias": array("parameter", [filters]),
      conv2d: array("value", maps),
      relu: array("value", maps),
      reshape: array("value", [1, flat], maps),
      "dense.weight": array("parameter", [3, flat], [3, filters, out, out]),
      "dense.bias": array("parameter", [3]),
      logits: array("value", [1, 3]),
      loss: array("value", []),
    },
    stages: [
      stage(null, "image", []),
      stage("conv2d", "conv2d", ["image"], ["conv.weight", "conv.bias"], {
        stride: twice(stride),
        padding: twice(padding),
        dilation: twice(dilation),
        groups,
      }),
      stage("relu", "relu", ["conv2d"]),
      stage("reshape", "reshape", ["relu"], [], { shape: [1, flat] }),
      stage("linear", "logits", ["reshape"], ["dense.weight", "dense.bias"]),
      stage("cross_entropy", "loss", ["logits"]),
    ],
    steps: [],
    dead: [],
  };
}

function geometry() {
  const groups = 1 + below(2);
  const [kernel, dilation] = [1 + below(3), 1 + below(2)];
  return {
    groups,
    kernel,
    dilation,
    filters: groups * (1 + below(3)),
    channels: groups * (1 + below(2)),
    size: (kernel - 1) * dilation + 1 + below(6),
    stride: 1 + below(3),
    padding: below(3),
  };
}

const holds = ({ from, size }, index) => index.every((i, axis) => i >= from[axis] && i < from[axis] + size[axis]);

test("a window holds what the definition reads, and a pixel's gradients are those of the windows that hold it", () => {
  for (let k = 0; k < 300; k++) {
    const g = geometry();
    const scene = made(g);
    const { shape } = scene.arrays.conv2d;
    const y = indexOf(below(sizeOf(shape)), shape);
    const blocks = linksOf(scene, { of: "conv2d", gradient: false, index: y });
    const window = blocks.find(({ of }) => of === "image");
    const perGroup = g.filters / g.groups;
    const each = g.channels / g.groups;
    for (let c = 0; c < each; c++) {
      for (let u = 0; u < g.kernel; u++) {
        for (let v = 0; v < g.kernel; v++) {
          const x = [0, Math.floor(y[1] / perGroup) * each + c];
          x.push(y[2] * g.stride - g.padding + u * g.dilation, y[3] * g.stride - g.padding + v * g.dilation);
          if (x[2] < 0 || x[3] < 0 || x[2] >= g.size || x[3] >= g.size) continue;
          assert.ok(holds(window, x), `${JSON.stringify(g)} ${y} reads ${x}`);
          const [reached] = linksOf(scene, { of: "image", gradient: true, index: x });
          assert.ok(holds(reached, y), `${JSON.stringify(g)} ${x} is reached from ${y}`);
          const used = linksOf(scene, { of: "conv.weight", gradient: true, index: [y[1], c, u, v] });
          assert.ok(
            holds(
              used.find(({ of }) => of === "conv2d"),
              y,
            ),
          );
          assert.ok(
            holds(
              used.find(({ of }) => of === "image"),
              x,
            ),
          );
        }
      }
    }
    assert.deepEqual(blocks.find(({ of }) => of === "conv.weight").from, [y[1], 0, 0, 0]);
    assert.deepEqual(blocks.find(({ of }) => of === "conv.bias").from, [y[1]]);
  }
});

test("a dense layer's number is linked with its row, and back with its column", () => {
  const scene = made({ ...geometry(), filters: 2, groups: 1 });
  const flat = scene.arrays.reshape.shape[1];
  const forwards = linksOf(scene, { of: "logits", gradient: false, index: [0, 2] });
  assert.deepEqual(forwards[1], { of: "dense.weight", gradient: false, from: [2, 0], size: [1, flat] });
  const back = linksOf(scene, { of: "reshape", gradient: true, index: [0, flat - 1] });
  assert.deepEqual(back, [
    { of: "logits", gradient: true, from: [0, 0], size: [1, 3] },
    { of: "dense.weight", gradient: false, from: [0, flat - 1], size: [3, 1] },
  ]);
});

test("grey is where a ReLU closed, and only before one", () => {
  const scene = made(geometry());
  const closed = closedBy(scene, "conv2d");
  scene.arrays.conv2d.values.data.forEach((value, k) => assert.equal(closed(k), !(value > 0)));
  assert.equal(closedBy(scene, "relu"), null);
  scene.arrays.conv2d.values.data[0] = NaN;
  assert.equal(closed(0), true);
});

test("at every width each number of every array has one place, and what is there is that number", () => {
  for (const width of [320, 390, 700, 1280, 1600, 2560]) {
    for (let k = 0; k < 20; k++) {
      const scene = made(geometry());
      const sizes = sizesFor({ width, height: 900, room: width }, false);
      for (const column of columnsOf(scene, sizes.kind === "phone")) {
        if (column.kind !== "board") continue;
        const layout = layOut(scene, column, sizes, 0);
        const found = new Map();
        for (const tile of layout.tiles) {
          assert.ok(tile.x >= 0 && tile.y >= 0);
          assert.ok(
            tile.x + tile.columns * tile.width <= layout.width && tile.y + tile.rows * tile.height <= layout.height,
          );
          for (let i = 0; i < tile.size; i++) {
            const key = `${tile.name} ${tile.first + i}`;
            assert.ok(!found.has(key), `${key} twice`);
            found.set(key, true);
            const x = tile.x + (i % tile.columns) * tile.width;
            const y = tile.y + Math.floor(i / tile.columns) * tile.height;
            assert.deepEqual(hit(layout, x, y), { name: tile.name, flat: tile.first + i });
          }
        }
        const names = [...column.parameters, ...(column.output ? [column.output] : [])];
        const all = names.reduce((sum, name) => sum + sizeOf(scene.arrays[name].shape), 0);
        if (layout.one === null) assert.equal(found.size, all, `${column.key} at ${width}`);
      }
    }
  }
});

test("what a reshape made has no column of its own; its step stands at the arrow", () => {
  const scene = made(geometry());
  scene.stages.forEach((stage, k) => (stage.step = k === 0 ? null : scene.stages.length - k));
  const columns = columnsOf(scene, false);
  assert.deepEqual(
    columns.map(({ output, parameters, steps }) => [output, parameters.length, steps]),
    [
      ["image", 0, []],
      ["conv2d", 2, [5]],
      ["relu", 0, [4]],
      [null, 2, [3]],
      ["logits", 0, [2]],
      ["loss", 0, [1]],
    ],
  );
});

test("any number of numbers makes a block that holds them, not much more", () => {
  for (let size = 1; size < 2000; size++) {
    const { rows, columns } = block(size);
    assert.ok(rows * columns >= size && (rows - 1) * columns < size, `${size}`);
  }
});

test("faces are as large as they find room, never larger", () => {
  for (let k = 0; k < 500; k++) {
    const faces = { count: 1 + below(64), rows: 1 + below(28), columns: 1 + below(28), size: 1 };
    const [gap, wide, high] = [6, 60 + below(300), 60 + below(300)];
    for (const isNarrow of [false, true]) {
      const fit = fitted(faces, gap, wide, high, 9, isNarrow);
      if (!fit) continue;
      const { cell, across } = fit;
      assert.ok(across * (faces.columns * cell + gap) - gap <= wide);
      assert.ok(Math.ceil(faces.count / across) * (faces.rows * cell + gap) - gap <= high);
    }
  }
});

test("keys stay inside a face, and pages go from face to face", () => {
  const spread = { rows: 3, columns: 4, size: 11, count: 2 }; // the last row is one short
  const press = (key, at, more = {}) =>
    moved({ key, ctrlKey: false, metaKey: false, altKey: false, ...more }, at, spread);
  assert.equal(press("ArrowRight", 3), 3);
  assert.equal(press("ArrowDown", 7), 7);
  assert.equal(press("ArrowDown", 6), 10);
  assert.equal(press("ArrowLeft", 4), 4);
  assert.equal(press("End", 8), 10);
  assert.equal(press("End", 0, { ctrlKey: true }), 10);
  assert.equal(press("Home", 20), 19);
  assert.equal(press("PageDown", 5), 16);
  assert.equal(press("PageUp", 5), 5);
  assert.equal(press("PageDown", 16), 16);
  assert.equal(press("ArrowLeft", 5, { altKey: true }), null);
  assert.equal(press("x", 5), null);
  for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]) {
    for (let at = 0; at < 22; at++) assert.ok(press(key, at) >= 0 && press(key, at) < 22);
  }
});

test("an index is read as the page writes it; a wrong one is answered with what there is", () => {
  const scene = made({ ...geometry(), filters: 4, groups: 1, channels: 1, kernel: 3, size: 9 });
  assert.deepEqual(parsed(" dL/d conv.weight[3, 0,1,2] ", scene).address, {
    of: "conv.weight",
    gradient: true,
    index: [3, 0, 1, 2],
  });
  assert.deepEqual(parsed("loss", scene).address, { of: "loss", gradient: false, index: [] });
  assert.match(parsed("conv.weight[4,0,0,0]", scene).problem, /0 to 3/);
  assert.match(parsed("conv.weight[0,0]", scene).problem, /0 to 3/);
  assert.match(parsed("weight[0]", scene).problem, /conv.weight/);
});

test("an index and its position in rows are two names of one place", () => {
  for (let k = 0; k < 200; k++) {
    const shape = Array.from({ length: below(5) }, () => 1 + below(5));
    const flat = below(sizeOf(shape));
    assert.equal(flatOf(indexOf(flat, shape), shape), flat);
  }
});

test("the gauge goes from 1e-6 to 10 and never beyond", () => {
  assert.equal(part(0), 0);
  assert.equal(part(1e-7), 0);
  assert.ok(Math.abs(part(1e-6)) < 1e-12 && Math.abs(part(10) - 1) < 1e-12);
  assert.equal(part(1e9), 1);
  assert.equal(part(NaN), 1);
});

test("faces of an array are its last two axes; of weights that meet a vector, blocks", () => {
  assert.deepEqual(facesOf(array("parameter", [10, 5408], [10, 8, 26, 26])), {
    count: 80,
    rows: 26,
    columns: 26,
    size: 676,
  });
  assert.equal(facesOf(array("parameter", [84, 120])).count, 84);
  assert.equal(facesOf(array("value", [1, 120])).count, 1);
});
