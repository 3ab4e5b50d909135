import assert from "node:assert/strict";
import test from "node:test";

import { parseFormula } from "../../tinygrad_edu/explorer/web/js/why/formula.js";
import { formulaTree } from "../../tinygrad_edu/explorer/web/js/why/mathml.js";
import { spokenFormula } from "../../tinygrad_edu/explorer/web/js/why/spoken.js";

const DW = "dL/d conv.weight[3,0,1,2] = sum over i,j = 0..25 of g[0,3,i,j] * image[0,0,i+1,j+2]";

/** Everything that stands in a tree, in order. */
function text(tree) {
  return (tree.text ?? "") + (tree.children ?? []).map(text).join("");
}

/** Every element of a tree. */
function all(tree) {
  return [tree, ...(tree.children ?? []).flatMap(all)];
}

test("a sum of products is read as ranges and elements", () => {
  const found = parseFormula(DW);
  assert.deepEqual(found.left, { name: "dL/d conv.weight", index: ["3", "0", "1", "2"] });
  assert.deepEqual(found.groups, [
    {
      sign: 1,
      ranges: [{ names: ["i", "j"], values: "0..25" }],
      places: "",
      above: [
        { name: "g", index: ["0", "3", "i", "j"] },
        { name: "image", index: ["0", "0", "i+1", "j+2"] },
      ],
      below: [],
    },
  ]);
});

test("several ranges, signs, quotients, functions and expressions as names", () => {
  const softmax = parseFormula(
    "dL/d logits[0,8] = g[0,8] - sum over k = 0..9 of exp(log_softmax)[0,8] * g[0,k]",
  ).groups;
  assert.deepEqual(
    softmax.map((g) => [g.sign, g.ranges.length, g.above.map((f) => f.name)]),
    [
      [1, 0, ["g"]],
      [-1, 1, ["exp(log_softmax)", "g"]],
    ],
  );
  const loss = parseFormula("loss = -log_softmax[0,3] / 1").groups[0];
  assert.deepEqual([loss.sign, loss.above[0].name, loss.below], [-1, "log_softmax", [{ name: "1", index: [] }]]);
  const tanh = parseFormula("dL/d conv2d #2[0,1] = g[0,1] * (1 - tanh #2 * tanh #2)[0,1]").groups;
  assert.equal(tanh.length, 1);
  assert.equal(tanh[0].above[1].name, "1 - tanh #2 * tanh #2");
  assert.deepEqual(parseFormula("y[2] = power(x[2], maximum(a[2], b[0]))").groups[0].above, [
    {
      call: "power",
      of: [
        { name: "x", index: ["2"] },
        {
          call: "maximum",
          of: [
            { name: "a", index: ["2"] },
            { name: "b", index: ["0"] },
          ],
        },
      ],
    },
  ]);
  const three = parseFormula("a[0] = sum over o = 0..7; i = 0,2..8 of g[o,i] * w[o,4-i] + b[0] + c[1]").groups;
  assert.equal(three.length, 3);
  assert.deepEqual(three[0].ranges[1], { names: ["i"], values: "0,2..8" });
  assert.equal(parseFormula("a = sum over 1,234 places (i,j) of g[i,j]").groups[0].places, "1,234 places (i,j)");
  assert.deepEqual(parseFormula("image[0,0,3,4]"), {
    left: { name: "image", index: ["0", "0", "3", "4"] },
    groups: [],
  });
});

test("nothing of a formula is lost on the way to MathML, and its brackets do not stretch", () => {
  const tree = formulaTree(parseFormula(DW));
  assert.equal(text(tree), "dLdconv.weight[3,0,1,2]=∑i,j=025g[0,3,i,j]·image[0,0,i+1,j+2]");
  const brackets = all(tree).filter((t) => "[]()".includes(t.text ?? " "));
  assert.equal(brackets.length, 6);
  assert.ok(brackets.every((t) => t.attributes.stretchy === "false"));
  assert.equal(all(tree).filter((t) => t.tag === "munderover").length, 1);
  const quotient = formulaTree(parseFormula("y[0] = (1 - t * t)[0,14-i] / 4"));
  assert.equal(text(quotient), "y[0]=(1 − t · t)[0,14−i]4");
});

test("a formula is spoken in words", () => {
  assert.equal(
    spokenFormula(parseFormula(DW)),
    "dL d conv weight 3 0 1 2 equals the sum over i and j from 0 to 25 of g at 0, 3, i, j times image at 0, 0, i plus 1, j plus 2",
  );
  assert.equal(
    spokenFormula(parseFormula("loss = -log_softmax[0,3] / 1")),
    "loss equals minus log softmax 0 3 divided by 1",
  );
  assert.equal(spokenFormula(parseFormula("relu #2[4] = relu(conv2d[4])")), "relu number 2 4 equals relu of conv2d 4");
});
