"""retain_grad: results keep their gradient as leaves do."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.autograd import retained


def leaf(*values):
    return tge.Tensor(np.array(values), requires_grad=True)


def test_results_keep_what_grad_gives_and_add_to_it():
    x = leaf(1.0, -2.0, 3.0)
    a = x * x
    b = a.relu() + a
    loss = (b * tge.Tensor(np.array([2.0, 3.0, 5.0]))).sum()
    for t in (a, b, loss):
        t.retain_grad()
    expected = [g.data for g in tge.grad(loss, [a, b, loss, x])]
    for times in (1, 2):
        loss.backward()
        for t, g in zip((a, b, loss, x), expected, strict=True):
            np.testing.assert_array_equal(t.grad.data, times * g)
            assert not t.grad.data.flags.writeable
    arrays = [t.grad.data for t in (a, b, loss, x)]
    assert not any(np.shares_memory(g, h) for i, g in enumerate(arrays) for h in arrays[:i])


def test_it_can_be_recorded_too():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    (y * y).backward(np.ones(1), create_graph=True)
    np.testing.assert_array_equal(y.grad.data, [8])
    (again,) = tge.grad(y.grad, x, np.ones(1))  # d(2 x^2)/dx
    np.testing.assert_array_equal(again.data, [8])


def test_only_who_asked_keeps_one_and_only_in_backward():
    x = leaf(1.0)
    y, z = x * 2, x * 3
    y.retain_grad()
    loss = (y * z).sum()
    tge.grad(loss, x)
    assert set(tge.trace_backward(loss).gradients) == {x}
    assert y.grad is None
    (z * 1.0).sum().backward()
    assert y.grad is None, "the pass did not go through it"
    loss.backward()
    assert (y.grad is None, z.grad) == (False, None)


def test_a_leaf_keeps_one_anyway_and_without_a_gradient_there_is_none():
    x = leaf(1.0)
    x.retain_grad()
    (x * 2).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [2])
    with pytest.raises(ValueError, match="does not require a gradient"):
        tge.zeros(1).retain_grad()


def test_who_asked_is_forgotten_with_the_graph_at_once():
    gc.disable()
    try:
        y = leaf(1.0) * 2
        y.retain_grad()
        assert y in retained.retained()
        y.sum().backward()
        gone = weakref.ref(y)
        del y
        assert gone() is None
        assert gone not in retained._asked.values()
    finally:
        gc.enable()
