"""The networks: their sizes, shapes, errors, and that they are what PyTorch would compute with the same weights."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import models, nn, optim

SIZES = {"minimal": 54_170, "lenet5": 61_706, "mnist-example": 1_199_882, "vgg": 147_162, "resnet": 77_754}


@pytest.mark.parametrize("name", models.MODELS)
def test_each_has_its_number_of_parameters(name):
    model = models.build(name)
    assert model.num_parameters() == SIZES[name]
    assert f"total {SIZES[name]:,}" in " ".join(model.summary((1, 28, 28)).split())


@pytest.mark.parametrize("name", models.MODELS)
def test_each_gives_logits_and_trains_in_float32(name):
    model = models.build(name, classes=7, rng=np.random.default_rng(0))
    x, t = tge.rand(3, 1, 28, 28), np.array([0, 6, 3])
    logits = model(x)
    assert (logits.shape, logits.dtype) == ((3, 7), np.float32)
    assert (logits.data < 0).any()
    tge.cross_entropy(logits, t).backward()
    optim.SGD(model.parameters(), 0.1).step()
    assert all(p.dtype == p.grad.dtype == np.float32 for p in model.parameters())
    assert all(p.grad.data.any() for p in model.parameters())


@pytest.mark.parametrize("name", models.MODELS)
def test_settings_build_the_same_network_again(name):
    model = models.build(name, classes=5, dtype=np.float64)
    settings = json.loads(json.dumps(model.settings))
    again = models.build(**settings)
    assert repr(again) == repr(model)
    assert again.settings == model.settings
    again.load_state_dict(model.state_dict())
    x = np.random.default_rng(0).random((2, 1, 28, 28))
    assert np.array_equal(again.predict_proba(x), model.predict_proba(x))


@pytest.mark.parametrize("name", models.MODELS)
def test_the_same_generator_gives_the_same_network(name):
    a, b, c = (models.build(name, rng=np.random.default_rng(s)).state_dict() for s in (1, 1, 2))
    assert all(np.array_equal(a[k], b[k]) for k in a)
    drawn = {k for k in a if (a[k] != a[k].flat[0]).any()}  # batch normalisation starts at ones and zeros
    assert len(drawn) >= 4
    assert not any(np.array_equal(a[k], c[k]) for k in drawn)


@pytest.mark.parametrize(("filters", "kernel", "classes"), [(1, 1, 2), (4, 5, 10), (3, (2, 28), 3)])
def test_the_minimal_network_adjusts(filters, kernel, classes):
    model = models.MinimalCNN(filters, kernel, classes)
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    dense = filters * (29 - kh) * (29 - kw)
    assert model.num_parameters() == filters * (kh * kw + 1) + classes * (dense + 1)
    assert model(tge.zeros(2, 1, 28, 28)).shape == (2, classes)
    assert repr(models.build(**json.loads(json.dumps(model.settings)))) == repr(model)


def test_the_minimal_network_is_its_formula():
    model = models.MinimalCNN(dtype=np.float64)
    x = np.random.default_rng(0).random((2, 1, 28, 28))
    w, b = model.conv.weight.data, model.conv.bias.data
    windows = np.lib.stride_tricks.sliding_window_view(x[:, 0], (3, 3), (1, 2))
    features = np.einsum("nijuv,ouv->noij", windows, w[:, 0]) + b[:, None, None]
    logits = np.maximum(features, 0).reshape(2, -1) @ model.dense.weight.data.T + model.dense.bias.data
    np.testing.assert_allclose(model(x).data, logits, rtol=1e-10, atol=1e-12)
    e = np.exp(logits)
    np.testing.assert_allclose(model.predict_proba(x), e / e.sum(1, keepdims=True), rtol=1e-10)
    assert np.array_equal(model.predict(x), logits.argmax(1))


def torch_minimal(torch):
    n = torch.nn
    return n.Sequential(n.Conv2d(1, 8, 3), n.ReLU(), n.Flatten(), n.Linear(5408, 10))


def torch_lenet5(torch):
    n = torch.nn
    return n.Sequential(
        *(n.Conv2d(1, 6, 5, padding=2), n.Tanh(), n.AvgPool2d(2), n.Conv2d(6, 16, 5), n.Tanh(), n.AvgPool2d(2)),
        *(n.Flatten(), n.Linear(400, 120), n.Tanh(), n.Linear(120, 84), n.Tanh(), n.Linear(84, 10)),
    )


def torch_mnist_example(torch):
    n = torch.nn
    return n.Sequential(
        *(n.Conv2d(1, 32, 3), n.ReLU(), n.Conv2d(32, 64, 3), n.ReLU(), n.MaxPool2d(2), n.Dropout(0.25)),
        *(n.Flatten(), n.Linear(9216, 128), n.ReLU(), n.Dropout(0.5), n.Linear(128, 10)),
    )


def torch_vgg(torch):
    n, layers, before = torch.nn, [], 1
    for filters in (16, 32, 64):
        for _ in range(2):
            layers += [n.Conv2d(before, filters, 3, padding=1, bias=False), n.BatchNorm2d(filters), n.ReLU()]
            before = filters
        layers.append(n.MaxPool2d(2))
    return n.Sequential(
        *layers, n.Flatten(), n.Linear(576, 128), n.ReLU(), n.Dropout(0.5), n.Linear(128, 10)
    )


def torch_resnet(torch):
    n = torch.nn

    class Block(n.Module):
        def __init__(self, a, b, stride):
            super().__init__()
            self.conv1, self.bn1 = n.Conv2d(a, b, 3, stride, padding=1, bias=False), n.BatchNorm2d(b)
            self.conv2, self.bn2 = n.Conv2d(b, b, 3, padding=1, bias=False), n.BatchNorm2d(b)
            self.short = n.Identity()
            if a != b:
                self.short = n.Sequential(n.Conv2d(a, b, 1, stride, bias=False), n.BatchNorm2d(b))

        def forward(self, x):
            y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
            return torch.relu(y + self.short(x))

    return n.Sequential(
        *(n.Conv2d(1, 16, 3, padding=1, bias=False), n.BatchNorm2d(16), n.ReLU()),
        *(Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2)),
        *(n.AdaptiveAvgPool2d(1), n.Flatten(), n.Linear(64, 10)),
    )


@pytest.mark.parametrize("shape", [(3, 32, 32), (2, 17, 20)])
@pytest.mark.parametrize("name", models.MODELS)
def test_each_takes_images_of_other_shapes(name, shape):
    model = models.build(name, classes=4, input_shape=shape)
    assert model(tge.rand(2, *shape)).shape == (2, 4)
    settings = json.loads(json.dumps(model.settings))
    assert models.build(**settings).settings == model.settings
    assert model.predict(np.zeros((1, *shape), np.float32)).shape == (1,)
    with pytest.raises(ValueError, match=rf"expects images \(n, {shape[0]}, .*got \(1, 1, 28, 28\)"):
        model(tge.zeros(1, 1, 28, 28))
    assert "input_shape" not in models.build(name).settings  # as in files from before there were others


@pytest.mark.parametrize("depth", [8, 14, 20])
def test_a_residual_network_is_as_deep_as_it_says(depth):
    model = models.ResNet(depth, width=4, input_shape=(3, 8, 8))
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
    assert len(convolutions) + 1 == depth
    assert models.ResNet(20, input_shape=(3, 32, 32)).num_parameters() == 272_474


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("minimal", torch_minimal),
        ("lenet5", torch_lenet5),
        ("mnist-example", torch_mnist_example),
        ("vgg", torch_vgg),
        ("resnet", torch_resnet),
    ],
)
def test_logits_and_all_gradients_are_pytorchs(name, make):
    torch = pytest.importorskip("torch")
    model, theirs = models.build(name, dtype=np.float64).eval(), make(torch).double().eval()
    with torch.no_grad():
        for p, q in zip(model.parameters(), theirs.parameters(), strict=True):
            q.copy_(torch.tensor(p.numpy()))
    rng = np.random.default_rng(0)
    x, t = rng.random((3, 1, 28, 28)), rng.integers(0, 10, 3)
    ours_x, theirs_x = tge.Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    ours, theirs_logits = model(ours_x), theirs(theirs_x)
    np.testing.assert_allclose(ours.data, theirs_logits.detach().numpy(), rtol=1e-9, atol=1e-11)
    tge.cross_entropy(ours, t).backward()
    torch.nn.functional.cross_entropy(theirs_logits, torch.tensor(t)).backward()
    np.testing.assert_allclose(ours_x.grad.data, theirs_x.grad.numpy(), rtol=1e-8, atol=1e-11)
    for (path, p), q in zip(model.named_parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.data, q.grad.numpy(), rtol=1e-8, atol=1e-11, err_msg=path)


def test_the_mnist_example_bears_the_examples_names():
    assert [name for name, _ in models.MNISTExampleNet().named_parameters()] == [
        f"{layer}.{kind}" for layer in ("conv1", "conv2", "fc1", "fc2") for kind in ("weight", "bias")
    ]


def test_the_mnist_example_drops_a_quarter_and_then_a_half():
    model = models.MNISTExampleNet(rng=np.random.default_rng(0))
    with nn.record_calls(model) as calls:
        model(tge.rand(8, 1, 28, 28))
    kept = {}
    for call in calls:
        if isinstance(call.module, nn.Dropout):
            alive = call.inputs[0].data != 0
            kept[call.name] = (call.output.data[alive] != 0).mean()
            assert call.output.ndim == {"dropout1": 4, "dropout2": 2}[call.name]
    assert abs(kept["dropout1"] - 0.75) < 0.02
    assert abs(kept["dropout2"] - 0.5) < 0.1


def test_predicting_is_evaluating_and_leaves_the_model_as_it_was():
    model = models.MNISTExampleNet(rng=np.random.default_rng(0))
    model.dropout1.eval()
    x = tge.rand(4, 1, 28, 28, requires_grad=True)
    drawn = tge.random.get_state()
    probabilities, classes = model.predict_proba(x), model.predict(x)
    assert tge.random.get_state() == drawn  # nothing was dropped
    assert model.training
    assert model.dropout2.training
    assert not model.dropout1.training
    assert type(probabilities) is type(classes) is np.ndarray
    assert (probabilities.shape, classes.shape) == ((4, 10), (4,))
    assert probabilities.dtype == np.float32
    assert classes.dtype.kind == "i"
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-6)
    assert np.array_equal(probabilities.argmax(1), classes)


@pytest.mark.parametrize("name", models.MODELS)
@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 28), (5, 28, 28, 1), (5, 3, 28, 28), (5, 1, 32, 32), (5, 784)])
def test_images_of_another_shape_are_an_error_that_names_both(name, shape):
    model = models.build(name)
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the whole message is compared)
        model(np.zeros(shape, np.float32))
    assert str(caught.value) == f"{type(model).__name__} expects images (n, 1, 28, 28), got {shape}"


def test_images_of_another_dtype_are_an_error_that_says_what_to_do():
    model = models.MinimalCNN()
    with pytest.raises(TypeError, match=r"got uint8; use images.astype\('float32'\) / 255"):
        model(np.zeros((1, 1, 28, 28), np.uint8))
    with pytest.raises(TypeError, match=r"got float64; use images.astype\('float32'\)$"):
        model.predict(np.zeros((1, 1, 28, 28)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: models.build("big"), "no model 'big'; there are: minimal, lenet5, mnist-example, vgg, resnet"),
        (lambda: models.ResNet(9), r"ResNet: depth must be 8, 14, 20 \.\.\. \(6 k \+ 2\) and at most 1202, not 9"),
        (lambda: models.ResNet(1208), "at most 1202, not 1208"),
        (lambda: models.VGG(0), "VGG: width must be an integer of at least 1, not 0"),
        (lambda: models.VGG(input_shape=(3, 32)), r"input_shape must be \(channels, height, width\).* not \(3, 32\)"),
        (lambda: models.VGG(input_shape=(3, 7, 32)), "VGG needs images of at least 8x8, not 7x32"),
        (lambda: models.LeNet5(input_shape=(1, 15, 32)), "LeNet5 needs images of at least 16x16, not 15x32"),
        (lambda: models.MinimalCNN(input_shape=(1, 2, 9)), "a kernel of 3x3 does not fit into images of 2x9"),
        (lambda: models.MinimalCNN(filters=0), "out_channels"),
        (lambda: models.MinimalCNN(kernel_size=29), "29x29 does not fit"),
        (lambda: models.MinimalCNN(classes=0), "out_features"),
    ],
)
def test_settings_that_make_no_sense_are_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_no_images_give_no_predictions():
    model = models.MinimalCNN()
    assert model.predict(np.zeros((0, 1, 28, 28), np.float32)).shape == (0,)


def test_every_layer_of_the_minimal_network_can_be_watched():
    model = models.MinimalCNN()
    with nn.record_calls(model) as calls:
        model(tge.zeros(2, 1, 28, 28))
    assert [(call.name, call.output.shape) for call in calls] == [
        ("", (2, 10)),
        ("conv", (2, 8, 26, 26)),
        ("relu", (2, 8, 26, 26)),
        ("flatten", (2, 5408)),
        ("dense", (2, 10)),
    ]


def test_it_learns_a_handful_of_images():
    rng = np.random.default_rng(0)
    model = models.MinimalCNN(rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    x, t = rng.random((20, 1, 28, 28)).astype(np.float32), np.arange(20) % 10
    for _ in range(60):
        loss = tge.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1
    assert (model.predict(x) == t).all()
