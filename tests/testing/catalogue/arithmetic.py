"""Wrong rules of + - * / ** and negation."""

from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import sum_to


@wrong(tge.add, "a", "missing sum")
def add_without_sum_to(g, y, a, b):
    return g


@wrong(tge.add, "b", "sign")
def add_with_minus(g, y, a, b):
    return sum_to(-g, b.shape)


@wrong(tge.add, "a", "zero")
def add_zero(g, y, a, b):
    return sum_to(g * 0.0, a.shape)


@wrong(tge.add, "a", "no upstream", "dtype")
def add_gives_ones(g, y, a, b):
    return a * 0.0 + 1.0


@wrong(tge.add, "a", "factor")
def add_doubles(g, y, a, b):
    return sum_to(2 * g, a.shape)


@wrong(tge.add, "b", "factor")
def add_averages_over_the_repetitions(g, y, a, b):
    return sum_to(g, b.shape) * (b.size / g.size)


@wrong(tge.subtract, "b", "sign")
def subtract_forgets_minus(g, y, a, b):
    return sum_to(g, b.shape)


@wrong(tge.subtract, "a", "sign")
def subtract_minus_on_the_wrong_side(g, y, a, b):
    return sum_to(-g, a.shape)


def _subtract_db_as_da(g, y, a, b):
    return sum_to(g, b.shape)


@wrong(tge.subtract, "a", "swapped", "sign", also={"b": _subtract_db_as_da})
def subtract_swapped(g, y, a, b):
    return sum_to(-g, a.shape)


@wrong(tge.multiply, "a", "swapped")
def multiply_by_itself(g, y, a, b):
    return sum_to(g * a, a.shape)


def _multiply_db_by_b(g, y, a, b):
    return sum_to(g * b, b.shape)


@wrong(tge.multiply, "a", "swapped", also={"b": _multiply_db_by_b})
def multiply_rules_exchanged(g, y, a, b):
    return sum_to(g * a, a.shape)


@wrong(tge.multiply, "a", "missing sum")
def multiply_without_sum_to(g, y, a, b):
    return g * b


@wrong(tge.multiply, "b", "factor missing")
def multiply_forgets_a(g, y, a, b):
    return sum_to(g, b.shape)


@wrong(tge.multiply, "a", "no upstream")
def multiply_forgets_g(g, y, a, b):
    return sum_to(g * 0.0 + b, a.shape)


@wrong(tge.multiply, "b", "factor missing")
def multiply_by_y(g, y, a, b):
    return sum_to(g * y, b.shape)


@wrong(tge.divide, "b", "sign")
def divide_forgets_minus(g, y, a, b):
    return sum_to(g * y / b, b.shape)


@wrong(tge.divide, "b", "factor missing")
def divide_forgets_square(g, y, a, b):
    return sum_to(-g * a / b, b.shape)


@wrong(tge.divide, "a", "factor missing")
def divide_multiplies(g, y, a, b):
    return sum_to(g * b, a.shape)


@wrong(tge.divide, "b", "swapped")
def divide_db_is_da(g, y, a, b):
    return sum_to(g / b, b.shape)


@wrong(tge.negative, "x", "sign")
def negative_forgets_minus(g, y, x):
    return g


@wrong(tge.power, "a", "factor missing")
def power_forgets_exponent(g, y, a, b):
    return sum_to(g * a ** (b - 1), a.shape)


@wrong(tge.power, "a", "factor missing")
def power_keeps_exponent(g, y, a, b):
    return sum_to(g * b * a**b, a.shape)


@wrong(tge.power, "b", "factor missing")
def power_forgets_log(g, y, a, b):
    return sum_to(g * y, b.shape)


@wrong(tge.power, "b", "swapped")
def power_db_is_da(g, y, a, b):
    return sum_to(g * b * a ** (b - 1), b.shape)
