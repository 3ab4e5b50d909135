import assert from "node:assert/strict";
import test from "node:test";

import { parts, probability, spoken, text } from "../../tinygrad_edu/explorer/web/js/numbers.js";

test("four significant digits, a true minus, powers outside 1e-4 to 1e5, 0 only for zero", () => {
  const written = {
    0.4811: "0.4811",
    "-0.4811": "−0.4811",
    0.187: "0.187",
    8.347: "8.347",
    "-14.7433": "−14.74",
    676: "676",
    54080.4: "54080",
    99999.7: "1.00×10⁵",
    0.0001: "0.0001",
    "-0.0000643": "−6.43×10⁻⁵",
    "3.96e-7": "3.96×10⁻⁷",
    0.00009999999: "1.00×10⁻⁴",
    "1e-300": "1.00×10⁻³⁰⁰",
    "1.5e20": "1.50×10²⁰",
    0.99996: "1",
    9.9999: "10",
    0: "0",
    "-0": "0",
    NaN: "NaN",
    Infinity: "∞",
    "-Infinity": "−∞",
  };
  for (const [value, wanted] of Object.entries(written)) assert.equal(text(Number(value)), wanted, value);
});

test("gradients and products bear their sign, zero does not", () => {
  assert.equal(text(0.2897, { plus: true }), "+0.2897");
  assert.equal(text(-0.2897, { plus: true }), "−0.2897");
  assert.equal(text(0, { plus: true }), "0");
});

test("nine digits give float32 back", () => {
  for (let k = 0; k < 2000; k++) {
    const value = Math.fround((Math.random() - 0.5) * 10 ** (Math.random() * 12 - 6));
    const { sign, digits, power } = parts(value, { digits: 9 });
    assert.equal(Math.fround(Number(`${sign ? "-" : ""}${digits}e${power ?? 0}`)), value);
  }
});

test("a probability near 1 says what is missing, one near 0 is not 0", () => {
  assert.equal(probability(0.519), "0.519");
  assert.equal(probability(0.99951), "1 − 0.00049");
  assert.equal(probability(1, Math.log1p(-3e-9)), "1 − 3.00×10⁻⁹");
  assert.equal(probability(1, 0), "1");
  assert.equal(probability(2.5e-9), "2.50×10⁻⁹");
});

test("a screen reader is told words", () => {
  assert.equal(spoken(-6.43e-5), "minus 6.43 times 10 to the minus 5");
  assert.equal(spoken(0.2897, { plus: true }), "plus 0.2897");
  assert.equal(spoken(-Infinity), "minus infinity");
});
