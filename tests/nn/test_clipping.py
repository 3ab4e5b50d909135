"""Gradient clipping against PyTorch's, and its edges."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn
from tinygrad_edu.nn.utils import clip_grad_norm_, clip_grad_value_


def with_gradients(dtype=np.float64):
    rng = np.random.default_rng(0)
    parameters = [nn.Parameter(np.zeros(shape, dtype)) for shape in [(3, 4), (), (5,), (2,)]]
    for p in parameters[:-1]:  # the last one stays without
        p.grad = tge.Tensor(np.asarray(3 * rng.standard_normal(p.shape), dtype))
    return parameters


def in_torch(torch, parameters):
    theirs = [torch.zeros(p.shape, dtype=torch.float64, requires_grad=True) for p in parameters]
    for p, t in zip(parameters, theirs, strict=True):
        t.grad = None if p.grad is None else torch.tensor(p.grad.numpy())
    return theirs


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.5, float("inf")])
@pytest.mark.parametrize("max_norm", [0.0, 0.5, 3.0, 1e6])
def test_clipping_by_norm_is_pytorchs(norm_type, max_norm):
    torch = pytest.importorskip("torch")
    parameters = with_gradients()
    theirs = in_torch(torch, parameters)
    norm = clip_grad_norm_(iter(parameters), max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert type(norm) is float
    assert np.isclose(norm, float(expected), rtol=1e-12)
    for p, t in zip(parameters[:-1], theirs, strict=False):
        np.testing.assert_allclose(p.grad.data, t.grad.numpy(), rtol=1e-12)
    assert parameters[-1].grad is None


def test_clipping_by_value_is_pytorchs():
    torch = pytest.importorskip("torch")
    parameters = with_gradients()
    theirs = in_torch(torch, parameters)
    clip_grad_value_(parameters, 0.7)
    torch.nn.utils.clip_grad_value_(theirs, 0.7)
    for p, t in zip(parameters[:-1], theirs, strict=False):
        assert np.array_equal(p.grad.data, t.grad.numpy())


def test_one_tensor_will_do_and_float32_stays():
    p = with_gradients(np.float32)[0]
    clip_grad_norm_(p, 1.0)
    assert p.grad.dtype == np.float32
    assert np.isclose(np.linalg.norm(p.grad.data), 1.0, atol=1e-5)
    clip_grad_value_(p, 0.1)
    assert p.grad.dtype == np.float32


def test_small_gradients_are_left_alone():
    p = with_gradients()[0]
    before = p.grad
    clip_grad_norm_([p], 100.0)
    assert p.grad is before


def test_nothing_to_clip_has_norm_zero():
    assert clip_grad_norm_([nn.Parameter(np.zeros(2))], 1.0) == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_norm_that_is_no_number_raises_if_asked_to(bad):
    p = nn.Parameter(np.zeros(2))
    p.grad = tge.Tensor(np.array([1.0, bad]))
    with pytest.raises(ArithmeticError, match="norm of the gradients"):
        clip_grad_norm_([p], 1.0, error_if_nonfinite=True)
    assert p.grad.data[0] == 1.0


def test_limits_that_make_no_sense_are_errors():
    for wrong in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="max_norm"):
            clip_grad_norm_([], wrong)
        with pytest.raises(ValueError, match="clip_value"):
            clip_grad_value_([], wrong)
    with pytest.raises(ValueError, match="norm_type"):
        clip_grad_norm_([], 1.0, 0.0)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1, "1", None, True, 1j, np.ones(1)], ids=repr)
def test_every_limit_is_checked_at_the_call(wrong):
    p = nn.Parameter(np.zeros(2))
    p.grad = tge.Tensor(np.ones(2))
    with pytest.raises(ValueError, match="clip_grad_norm_: max_norm must be a number of at least 0"):
        clip_grad_norm_([p], wrong)
    if wrong != float("inf"):
        with pytest.raises(ValueError, match="clip_grad_norm_: norm_type must be a number above 0"):
            clip_grad_norm_([p], 1.0, wrong)
    with pytest.raises(ValueError, match="clip_grad_value_: clip_value must be a number of at least 0"):
        clip_grad_value_([p], wrong)
    assert p.grad.data.tolist() == [1, 1]


@pytest.mark.parametrize("size", [1e25, 1e-25])
def test_a_norm_whose_squares_leave_float32_still_clips(size):
    """Their squares are infinite, or 0, in float32: clipped by that, every gradient would be 0, or none."""
    p = nn.Parameter(np.zeros(2, np.float32))
    p.grad = tge.Tensor(np.array([3, 4], np.float32) * np.float32(size))
    assert np.isclose(clip_grad_norm_([p], 1e-3), 5 * size, rtol=1e-6, atol=0)
    if size > 1:
        np.testing.assert_allclose(p.grad.data, [6e-4, 8e-4], rtol=1e-5)


def test_what_are_no_parameters_is_told_what_are():
    layer = nn.Linear(2, 2)
    for wrong in (layer, list(layer.named_parameters()), [np.ones(2)], 3):
        for clip in (clip_grad_norm_, clip_grad_value_):
            with pytest.raises(TypeError, match=r"Tensors such as model\.parameters\(\) yields, not"):
                clip(wrong, 1.0)
