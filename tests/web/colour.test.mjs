import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import {
  MARKS,
  STOPS,
  colour,
  colourAll,
  inkOn,
  luminance,
  position,
  rgb,
} from "../../tinygrad_edu/explorer/web/js/colour.js";

const css = readFileSync(new URL("../../tinygrad_edu/explorer/web/css/tokens.css", import.meta.url), "utf8");
const [light, darkBySystem, darkByMenu] = [
  ":root {",
  ':root:not([data-theme="light"]) {',
  ':root[data-theme="dark"] {',
].map((head) => {
  const body = css.slice(css.indexOf(head) + head.length);
  return Object.fromEntries(
    [...body.slice(0, body.indexOf("}")).matchAll(/--([\w-]+): (#\w{6});/g)].map(([, name, value]) => [name, value]),
  );
});

/** Contrast as WCAG 2 counts it. */
function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

test("zero is the middle, the end is the end, and a thousandth is a tenth of the way", () => {
  assert.equal(position(0, 4), 0);
  assert.equal(position(4, 4), 1);
  assert.equal(position(-9, 4), -1);
  assert.ok(Math.abs(position(0.004, 4) - 0.1) < 1e-12);
  for (const scheme of ["light", "dark"]) {
    STOPS[scheme].forEach((stop, k) => {
      const t = (k - 3) / 3;
      const found = rgb(colour(t ** 3 * 2, 2, scheme));
      rgb(stop).forEach((c, i) => assert.ok(Math.abs(c - found[i]) <= 2, `${scheme} ${stop} is not ${found}`));
    });
  }
});

test("all colours at once are the colours one by one, and what is no number has its own", () => {
  const values = Float32Array.from([0.3, -2, 0, NaN, Infinity, 7, -1e-9]);
  const pixels = new Uint32Array(values.length);
  for (const scheme of ["light", "dark"]) {
    colourAll(values, 0, values.length, 4, scheme, pixels);
    const bytes = new Uint8Array(pixels.buffer);
    values.forEach((value, k) => {
      assert.deepEqual([...bytes.slice(4 * k, 4 * k + 4)], [...rgb(colour(value, 4, scheme)), 255]);
    });
    assert.equal(colour(NaN, 4, scheme), MARKS[scheme].missing);
  }
});

test("pictures are painted with the style sheet's colours, which are the same whoever chose the theme", () => {
  assert.deepEqual(darkBySystem, darkByMenu);
  for (const [marks, tokens] of [
    [MARKS.light, light],
    [MARKS.dark, darkByMenu],
  ]) {
    assert.equal(marks.closed, tokens.closed);
    assert.equal(marks.ground, tokens["closed-ground"]);
    assert.equal(marks.hatch, tokens["closed-hatch"]);
    assert.equal(marks.missing, tokens.missing);
    assert.equal(marks.outline, tokens.outline);
    assert.equal(marks.page, tokens.page);
  }
});

test("text reaches 4.5 to 1, graphics 3 to 1, on the page and on panels, in both themes", () => {
  for (const tokens of [light, darkByMenu]) {
    for (const ground of [tokens.page, tokens.panel]) {
      for (const name of ["text", "muted", "focus", "positive", "negative", "missing", "step"]) {
        assert.ok(contrast(tokens[name], ground) >= 4.5, `${name} ${tokens[name]} on ${ground}`);
      }
      for (const name of ["outline", "bar"]) assert.ok(contrast(tokens[name], ground) >= 3, `${name} on ${ground}`);
    }
    assert.ok(contrast(tokens["on-step"], tokens.step) >= 4.5);
    assert.ok(contrast(tokens["closed-hatch"], tokens["closed-ground"]) >= 3);
  }
});

test("numbers in cells are read on every colour of the scale", () => {
  for (const scheme of ["light", "dark"]) {
    for (let k = -100; k <= 100; k++) {
      const ground = colour((k / 100) ** 3, 1, scheme);
      assert.ok(contrast(inkOn(ground), ground) >= 4.5, `${k} ${scheme} ${ground}`);
    }
  }
});

/** What someone sees without one kind of cone (Viénot, Brettel and Mollon 1999; tritan: Machado, Oliveira and Fernandes 2009). */
const BLIND = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function lab(css, blindness) {
  const linear = rgb(css).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const seen = blindness
    ? blindness.map((row) =>
        Math.min(
          1,
          Math.max(
            0,
            row.reduce((s, m, i) => s + m * linear[i], 0),
          ),
        ),
      )
    : linear;
  const xyz = [
    [0.4124, 0.3576, 0.1805],
    [0.2126, 0.7152, 0.0722],
    [0.0193, 0.1192, 0.9505],
  ].map((row, k) => row.reduce((s, m, i) => s + m * seen[i], 0) / [0.9505, 1, 1.089][k]);
  const f = xyz.map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])];
}

test("blue and red of equal size differ by 30 and more for every colour vision", () => {
  for (const scheme of ["light", "dark"]) {
    for (const t of [1 / 3, 2 / 3, 1]) {
      const [plus, minus] = [t ** 3, -(t ** 3)].map((v) => colour(v, 1, scheme));
      for (const [name, blindness] of [["all", null], ...Object.entries(BLIND)]) {
        const [a, b] = [lab(plus, blindness), lab(minus, blindness)];
        const apart = Math.hypot(...a.map((c, i) => c - b[i]));
        assert.ok(apart >= 30, `${scheme} ${t} ${name}: ${apart}`);
      }
    }
  }
});
