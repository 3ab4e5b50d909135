"""What one call shows to be wrong with a primitive besides its numbers: float32, large inputs, a missing rule."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.testing.calls.call import Call
from tinygrad_edu.testing.checks import first_order_faults, overflow_fault
from tinygrad_edu.testing.checks.second_order import second_order_fault


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def call_of(forward, rule, x=(0.5, -1.5)):
    p = tge.Primitive(forward)
    if rule is not None:
        p.backward("x")(rule)
    return Call.of(p, x)


def double_dx(g, y, x):
    return 2 * g


def first_order(call, rng):
    return [(f.kind, f.text) for f in first_order_faults(call, call.random_gradient(rng))]


def refuses(x, condition, message):
    if condition:
        raise ValueError(f"{message}\nand a second line")
    return 2 * x


# -- float32 ---------------------------------------------------------------------------------------------------


def test_a_forward_computation_that_refuses_float32(rng):
    call = call_of(lambda x: refuses(x, x.dtype == np.float32, "float64 only"), double_dx)
    assert first_order(call, rng) == [("raises", "with float32 inputs it raised ValueError: float64 only")]


def test_a_forward_computation_that_makes_float64_of_float32(rng):
    call = call_of(lambda x: 2 * np.asarray(x, np.float64), double_dx)
    assert first_order(call, rng) == [("dtype", "the forward computation makes float64 of float32 inputs")]


def test_a_rule_that_makes_float64_of_float32(rng):
    call = call_of(lambda x: 2 * x, lambda g, y, x: 2 * np.asarray(g, np.float64))
    assert first_order(call, rng) == [("dtype", "float32 inputs get a float64 gradient; it must be float32")]


def test_a_missing_rule(rng):
    def double(x):
        return 2 * x

    assert first_order(call_of(double, None), rng) == [
        ("no rule", 'it has no rule for x; write one below @double.backward("x")')
    ]


# -- large inputs ----------------------------------------------------------------------------------------------


def large(x):
    return bool((np.abs(x) > 10).any())


def test_what_raises_on_large_inputs_is_not_called_an_overflow(rng):
    forward_raises = call_of(lambda x: refuses(x, large(x), "too large"), double_dx)
    rule_raises = call_of(lambda x: 2 * x, lambda g, y, x: refuses(g, large(x), "too large"))
    for call in (forward_raises, rule_raises):
        assert not first_order(call, rng)
        assert overflow_fault(call, rng) is None


def double_dx_by_way_of_exp(factor):
    return lambda g, y, x: 2 * g * np.exp(factor * np.abs(x)) * np.exp(-factor * np.abs(x))


def test_a_forward_computation_that_overflows(rng):
    fault = overflow_fault(call_of(lambda x: np.log(np.exp(x)), lambda g, y, x: g * 1.0, np.ones(9)), rng)
    assert fault.kind == "overflow"
    assert "forward computation overflows" in fault.text
    assert np.isinf(fault.given).any()
    assert np.isfinite(fault.expected).all()


def test_a_rule_that_overflows_in_float32_only(rng):
    call = call_of(lambda x: 2 * x, double_dx_by_way_of_exp(1), np.ones(9))
    assert not first_order(call, rng)
    fault = overflow_fault(call, rng)
    assert (fault.kind, fault.text) == ("overflow", "the rule is right on small inputs, but overflows on large ones")
    assert not np.isfinite(fault.given).all()
    np.testing.assert_allclose(fault.expected, 2 * fault.g)


def test_a_rule_that_overflows_in_float64_too(rng):
    call = call_of(lambda x: 2 * x, double_dx_by_way_of_exp(5), np.ones(9))
    assert not first_order(call, rng)
    fault = overflow_fault(call, rng)
    assert fault.kind == "overflow"
    assert "gives inf or nan on large ones, where y is finite" in fault.text
    np.testing.assert_allclose(fault.expected, 2 * fault.g, rtol=1e-6)


# -- second order ----------------------------------------------------------------------------------------------


def test_a_rule_made_of_a_primitive_without_a_rule_cannot_be_differentiated_again(rng):
    square = tge.Primitive(lambda x: x * x, "square")
    call = call_of(lambda x: x**3, lambda g, y, x: 3 * g * square(x))
    assert not first_order(call, rng)
    fault = second_order_fault(call, rng)
    assert (fault.kind, fault.order) == ("second order", 2)
    assert fault.text.startswith("differentiated again, it raised NotImplementedError: square has no rule")
