"""The loss along one number: the true one, the tangent, and the central difference."""

import json

import numpy as np
import pytest

import tinygrad_edu as tge


class Network(tge.nn.Module):
    """A parameter of its own, one used twice, and some inside a list and a dict."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.shared = tge.nn.Parameter(rng.normal(size=(2, 2)))
        self.again = self.shared
        self.many = [tge.nn.Parameter(rng.normal(size=2)), tge.nn.Linear(2, 2, rng=rng, dtype=np.float64)]
        self.by_name = {"scale": (tge.nn.Parameter(rng.normal(size=2)),)}

    def forward(self, x):
        h = (x @ self.shared).tanh() @ self.again
        return self.many[1](h * self.many[0]) * self.by_name["scale"][0]


X = np.random.default_rng(1).normal(size=(3, 2))


def loss_of(model):
    return (model(tge.Tensor(X)) ** 2.0).sum()


@pytest.fixture
def model():
    return Network()


@pytest.mark.parametrize("path", ["shared", "many.0", "many.1.weight", "by_name.scale.0"])
def test_true_losses_tangent_and_difference(model, path):
    parameters = dict(model.named_parameters())
    p = parameters[path]
    index = (0,) * p.ndim
    found = tge.what_if(model, loss_of, path, index, 0.3, points=7)
    assert (found.name, found.index, found.value) == (path, index, p.data[index])
    loss = loss_of(model)
    (gradient,) = tge.grad(loss, p)
    assert found.loss == loss.item()
    assert found.gradient == gradient.data[index]
    np.testing.assert_allclose(found.deltas, np.linspace(-0.3, 0.3, 7), atol=1e-15)
    np.testing.assert_allclose(found.tangent, found.loss + found.gradient * found.deltas, rtol=1e-15)
    np.testing.assert_allclose(found.central_difference, found.gradient, rtol=1e-7)
    for delta, true in zip(found.deltas, found.losses, strict=True):
        other = Network()
        array = p.numpy()
        array[index] += delta
        dict(other.named_parameters())[path].data = array
        np.testing.assert_allclose(loss_of(other).item(), true, rtol=1e-14)


def test_nothing_is_changed_and_pending_passes_go_on(model):
    pending = loss_of(model)
    attributes = [dict(vars(m)) for m in model.modules()]
    state = model.state_dict()
    calls = iter(range(100))

    def breaks(model):
        if next(calls) == 3:
            raise ValueError("boom")
        return loss_of(model)

    with pytest.raises(ValueError, match="boom"):
        tge.what_if(model, breaks, model.many[0], 0)
    tge.what_if(model, loss_of, model.shared, (0, 1))
    for module, before in zip(model.modules(), attributes, strict=True):
        assert vars(module).keys() == before.keys()
        assert all(vars(module)[k] is v for k, v in before.items())
    assert all(model.state_dict()[k] is v for k, v in state.items())
    pending.backward()
    assert model.shared.grad is not None
    assert tge.is_grad_enabled()


def test_buffers_come_out_as_they_went_in():
    model = tge.nn.BatchNorm2d(2, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(3, 2, 2, 2))
    before = {name: b.data.copy() for name, b in model.named_buffers()}
    tge.what_if(model, lambda m: (m(tge.Tensor(x)) ** 3.0).sum(), "weight", 1)
    assert before
    for name, buffer in model.named_buffers():
        np.testing.assert_array_equal(buffer.data, before[name])


def test_a_pixel_can_be_changed_too(model):
    image = tge.named("image", tge.Tensor(X))
    found = tge.what_if(image, lambda image: (model(image) ** 2.0).sum(), index=(1, 0), delta=0.1)
    assert (found.name, found.value, len(found.deltas)) == ("image", X[1, 0], 21)
    np.testing.assert_allclose(found.central_difference, found.gradient, rtol=1e-7)


def test_in_float32_the_deltas_are_those_it_can_hold():
    w = tge.Tensor(np.array([1000.0], np.float32))
    found = tge.what_if(w, lambda w: (w * 2.0).sum(), index=0, delta=1e-4, points=5)
    assert set(found.deltas) <= {np.float32(1000) + k * np.spacing(np.float32(1000)) - 1000.0 for k in range(-3, 4)}
    np.testing.assert_allclose(found.losses, found.tangent, rtol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((loss_of, "nothing", 0), ValueError, r"no parameter 'nothing'; it has: shared \(2, 2\), many.0 \(2,\)"),
        ((loss_of, tge.ones(2), 0), ValueError, "no parameter such a Tensor"),
        ((loss_of, "shared", 5), IndexError, r"shared has no element \[5\]"),
        ((loss_of, "shared", (0, 0), 0.0), ValueError, "delta must be above 0"),
        ((lambda m: m(tge.Tensor(X)), "shared", (0, 0)), ValueError, r"one number, not a Tensor of shape \(3, 2\)"),
        ((lambda m: 3.0, "shared", (0, 0)), ValueError, "one number, not float"),
        ((lambda m: (m.many[0] * 2.0).sum(), "shared", (0, 0)), ValueError, "does not depend on shared"),
        (
            (lambda m: loss_of(m) * float(tge.rand(1).data[0]), "shared", (0, 0)),
            ValueError,
            r"another loss each time; call model.eval\(\)",
        ),
    ],
)
def test_what_cannot_be_asked(model, arguments, error, message):
    with pytest.raises(error, match=message):
        tge.what_if(model, *arguments)
    with pytest.raises(ValueError, match="leave out `parameter`"):
        tge.what_if(tge.ones(2), loss_of, "shared")


def test_it_prints_and_is_data(model):
    found = tge.what_if(model, loss_of, "many.0", 1, 0.5, points=3)
    lines = str(found).splitlines()
    assert lines[0].startswith("What if many.0[1], which is ")
    assert f"{found.gradient:+.6g}" in lines[1]
    assert f"{found.central_difference:+.6g}" in lines[1]
    assert len(lines) == 4 + 3
    assert lines[4].split() == [
        "-0.5", f"{found.losses[0]:.6g}", f"{found.tangent[0]:.6g}", f"{found.losses[0] - found.tangent[0]:+.3g}",
    ]  # fmt: skip
    document = json.loads(found.to_json())
    assert document["losses"] == found.losses.tolist()
    w = tge.Tensor([1.0])
    with np.errstate(all="ignore"):
        far = tge.what_if(w, lambda w: w.sqrt().sum(), index=0, delta=2.0, points=3)
    assert json.loads(far.to_json(), parse_constant=pytest.fail)["losses"][0] == "nan"
    assert {"name", "index", "gradient", "step", "format", "version"} <= document.keys()
