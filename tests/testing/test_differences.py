"""The finite differences that everything is held against: right to their own error estimate, and aware of kinks."""

import numpy as np
import pytest

from tinygrad_edu.testing.differences import jacobian

SMOOTH = [
    (np.exp, np.exp),
    (np.sin, np.cos),
    (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    (lambda x: x**5, lambda x: 5 * x**4),
    (lambda x: 1 / x, lambda x: -1 / x**2),
]
MAGNITUDES = [1e-3, 0.1, 1.0, 20.0]


@pytest.mark.parametrize("magnitude", MAGNITUDES)
@pytest.mark.parametrize(("f", "df"), SMOOTH)
def test_the_error_stays_within_its_own_estimate(f, df, magnitude):
    x = magnitude * np.array([1.0, -0.7, 0.31])
    found = jacobian(f, x)
    assert found.smooth.all()
    off = np.abs(np.diag(found.values) - df(x))
    assert np.all(off <= np.diag(found.error))
    assert np.all(off <= 1e-6 * np.maximum(np.abs(df(x)), 1e-3))


def test_every_step_is_relative_to_its_own_element():
    x = np.array([1e-3, 1.0, 1e3, 1e6])
    found = jacobian(np.log, x)
    assert found.smooth.all()
    np.testing.assert_allclose(np.diag(found.values), 1 / x, rtol=1e-7)


def test_rows_are_inputs_and_columns_results():
    a = np.arange(6.0).reshape(2, 3)
    found = jacobian(lambda x: a @ x, np.ones(3))
    np.testing.assert_allclose(found.values, a.T, atol=1e-9)
    expected, _ = found.pull_back(np.array([1.0, -2.0]))
    np.testing.assert_allclose(expected, a.T @ [1.0, -2.0], atol=1e-9)


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (np.abs, 0.0),
        (lambda x: np.maximum(x, 0), 0.0),
        (lambda x: np.maximum(x, 2), 2.0),
        (np.sign, 0.0),
        (np.floor, 3.0),
        (lambda x: np.sqrt(np.abs(x)), 0.0),
        (np.log, 0.0),
    ],
)
def test_a_kink_or_a_jump_is_seen(f, at):
    assert jacobian(f, np.array([at, at + 0.4])).smooth.tolist() == [False, True]


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4, 1e-6, -1e-6, -1e-3])
def test_a_kink_within_the_first_step_is_not_stepped_across(distance):
    found = jacobian(lambda x: np.maximum(x, 0), np.array([distance]))
    assert found.smooth.all()
    assert found.values[0, 0] == pytest.approx(float(distance > 0), abs=1e-6)


def test_only_the_elements_asked_for_are_differenced():
    found = jacobian(lambda x: x**2, np.arange(10.0), elements=[7, 2])
    assert found.elements.tolist() == [7, 2]
    np.testing.assert_allclose(found.values[[0, 1], [7, 2]], [14.0, 4.0])


def test_the_input_is_not_changed():
    x = np.array([1.0, 2.0])
    jacobian(np.exp, x)
    assert x.tolist() == [1.0, 2.0]
