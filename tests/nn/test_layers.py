"""Every layer's output and gradients, against PyTorch's layer with the same weights, in float64."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn


def Tower(nn, kw):
    """A module, of either library, with its parts in a ModuleList and a ModuleDict."""

    class Tower(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(3, 3, **kw)]).append(nn.ReLU())
            self.layers.extend([nn.Linear(3, 4, **kw)])
            self.layers.insert(1, nn.Linear(3, 3, **kw))
            self.heads = nn.ModuleDict({"up": nn.Linear(4, 2, **kw), "down": nn.Linear(4, 2, **kw)})

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return self.heads["up"](x) - self.heads["down"](x)

    return Tower()


LAYERS = {
    "linear": (lambda nn, kw: nn.Linear(5, 3, **kw), (4, 5)),
    "linear of a vector": (lambda nn, kw: nn.Linear(5, 3, **kw), (5,)),
    "linear of a stack": (lambda nn, kw: nn.Linear(5, 3, **kw), (2, 4, 5)),
    "linear without bias": (lambda nn, kw: nn.Linear(5, 1, bias=False, **kw), (1, 5)),
    "conv": (lambda nn, kw: nn.Conv2d(2, 3, 3, **kw), (2, 2, 7, 6)),
    "conv with all settings": (
        lambda nn, kw: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), 2, False, **kw),
        (3, 4, 8, 7),
    ),
    "conv of the same size": (lambda nn, kw: nn.Conv2d(2, 3, (2, 3), padding="same", **kw), (2, 2, 5, 4)),
    "conv of the image's own border": (
        lambda nn, kw: nn.Conv2d(2, 3, 3, 2, (1, 2), padding_mode="reflect", **kw),
        (2, 2, 5, 4),
    ),
    "conv of the same size, going around": (
        lambda nn, kw: nn.Conv2d(2, 3, (2, 3), padding="same", padding_mode="circular", **kw),
        (2, 2, 5, 4),
    ),
    "conv 1d of the signal's own border": (
        lambda nn, kw: nn.Conv1d(2, 3, 3, padding=2, padding_mode="replicate", **kw),
        (2, 2, 5),
    ),
    "conv of one image": (lambda nn, kw: nn.Conv2d(2, 3, 3, **kw), (2, 4, 4)),
    "conv of one image with a border of its own": (
        lambda nn, kw: nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect", **kw),
        (2, 4, 4),
    ),
    "conv 1d of one signal": (lambda nn, kw: nn.Conv1d(2, 3, 3, padding="same", **kw), (2, 4)),
    "transposed conv of one image": (
        lambda nn, kw: nn.ConvTranspose2d(2, 3, 2, output_padding=1, dilation=2, **kw),
        (2, 4, 4),
    ),
    "conv 1d": (lambda nn, kw: nn.Conv1d(4, 6, 3, 2, 1, 2, 2, **kw), (2, 4, 9)),
    "conv 1d of the same length": (lambda nn, kw: nn.Conv1d(2, 3, 4, padding="same", bias=False, **kw), (2, 2, 5)),
    "transposed conv": (lambda nn, kw: nn.ConvTranspose2d(2, 3, 3, **kw), (2, 2, 3, 4)),
    "transposed conv with all settings": (
        lambda nn, kw: nn.ConvTranspose2d(4, 6, (3, 2), (2, 1), (1, 0), (1, 0), 2, False, (1, 2), **kw),
        (3, 4, 4, 5),
    ),
    "transposed conv with much output padding": (
        lambda nn, kw: nn.ConvTranspose2d(2, 3, 2, 1, 1, 2, dilation=3, **kw),
        (1, 2, 3, 4),
    ),
    "unfold": (lambda nn, kw: nn.Unfold((3, 2), 1, (1, 0), 2), (2, 3, 5, 6)),
    "fold": (lambda nn, kw: nn.Fold((5, 6), (3, 2), 1, (1, 0), 2), (2, 18, 9)),
    "relu": (lambda nn, kw: nn.ReLU(), (3, 4)),
    "leaky relu": (lambda nn, kw: nn.LeakyReLU(0.2), (3, 4)),
    "tanh": (lambda nn, kw: nn.Tanh(), (3, 4)),
    "sigmoid": (lambda nn, kw: nn.Sigmoid(), (3, 4)),
    "softmax": (lambda nn, kw: nn.Softmax(1), (3, 4, 2)),
    "log softmax": (lambda nn, kw: nn.LogSoftmax(-1), (3, 4)),
    "hardtanh": (lambda nn, kw: nn.Hardtanh(-0.5, 0.7), (3, 4)),
    "relu6": (lambda nn, kw: nn.ReLU6(), (3, 4)),
    "elu": (lambda nn, kw: nn.ELU(0.5), (3, 4)),
    "selu": (lambda nn, kw: nn.SELU(), (3, 4)),
    "softplus": (lambda nn, kw: nn.Softplus(2.0, 1.0), (3, 4)),
    "log sigmoid": (lambda nn, kw: nn.LogSigmoid(), (3, 4)),
    "silu": (lambda nn, kw: nn.SiLU(), (3, 4)),
    "mish": (lambda nn, kw: nn.Mish(), (3, 4)),
    "gelu": (lambda nn, kw: nn.GELU(), (3, 4)),
    "gelu by tanh": (lambda nn, kw: nn.GELU("tanh"), (3, 4)),
    "identity": (lambda nn, kw: nn.Identity(3, a=4), (3, 4)),
    "zero pad": (lambda nn, kw: nn.ZeroPad2d((1, 0, 2, 3)), (2, 3, 4)),
    "zero pad that cuts off": (lambda nn, kw: nn.ZeroPad2d((-1, 2, -1, -2)), (2, 3, 5, 4)),
    "module list": (lambda nn, kw: Tower(nn, kw), (2, 3)),
    "flatten": (lambda nn, kw: nn.Flatten(), (2, 3, 4, 5)),
    "flatten all": (lambda nn, kw: nn.Flatten(0), (2, 3)),
    "max pool": (lambda nn, kw: nn.MaxPool2d(2), (2, 3, 7, 6)),
    "max pool with all settings": (lambda nn, kw: nn.MaxPool2d((3, 2), (2, 1), (1, 0)), (1, 2, 7, 6)),
    "average pool": (lambda nn, kw: nn.AvgPool2d(2), (2, 3, 7, 6)),
    "average pool with all settings": (lambda nn, kw: nn.AvgPool2d(3, 2, 1), (1, 2, 7, 6)),
    "max pool with dilation, of one image": (lambda nn, kw: nn.MaxPool2d(2, 3, 1, 2, ceil_mode=True), (2, 7, 6)),
    "average pool of pixels alone": (lambda nn, kw: nn.AvgPool2d(3, 2, 1, True, False), (2, 3, 6, 5)),
    "sum pool": (lambda nn, kw: nn.AvgPool2d(2, divisor_override=1), (3, 4, 4)),
    "adaptive average pool": (lambda nn, kw: nn.AdaptiveAvgPool2d((3, None)), (2, 3, 7, 5)),
    "adaptive average pool of windows alike": (lambda nn, kw: nn.AdaptiveAvgPool2d((2, 1)), (3, 4, 5)),
    "adaptive average pool of one image": (lambda nn, kw: nn.AdaptiveAvgPool2d(4), (3, 6, 5)),
    "adaptive max pool": (lambda nn, kw: nn.AdaptiveMaxPool2d((3, 2)), (2, 3, 7, 5)),
    "adaptive max pool to more": (lambda nn, kw: nn.AdaptiveMaxPool2d((4, 6)), (3, 3, 4)),
    "adaptive max pool of windows alike": (lambda nn, kw: nn.AdaptiveMaxPool2d(2), (2, 3, 4, 6)),
    "upsample": (lambda nn, kw: nn.Upsample(scale_factor=2), (2, 3, 4, 5)),
    "upsample by lines": (lambda nn, kw: nn.Upsample((5, 7), mode="bilinear", align_corners=True), (2, 3, 4, 5)),
    "upsample signals": (lambda nn, kw: nn.Upsample(scale_factor=1.7, mode="linear"), (2, 3, 4)),
    "upsample cubically": (
        lambda nn, kw: nn.Upsample(scale_factor=(1.5, 2.2), mode="bicubic", recompute_scale_factor=True),
        (2, 3, 4, 5),
    ),
    "dropout in evaluation": (lambda nn, kw: nn.Dropout(0.7).eval(), (3, 4)),
    "batch norm": (lambda nn, kw: nn.BatchNorm2d(3, **kw), (4, 3, 2, 5)),
    "batch norm in evaluation": (lambda nn, kw: nn.BatchNorm2d(3, **kw).eval(), (1, 3, 2, 5)),
    "batch norm 1d": (lambda nn, kw: nn.BatchNorm1d(3, **kw), (4, 3)),
    "batch norm 1d of signals": (lambda nn, kw: nn.BatchNorm1d(3, 1e-3, None, **kw), (2, 3, 5)),
    "batch norm 1d in evaluation": (lambda nn, kw: nn.BatchNorm1d(3, **kw).eval(), (1, 3)),
    "layer norm": (lambda nn, kw: nn.LayerNorm(4, **kw), (2, 3, 4)),
    "layer norm over several axes": (lambda nn, kw: nn.LayerNorm((3, 4), 1e-3, bias=False, **kw), (2, 3, 4)),
    "layer norm without parameters": (lambda nn, kw: nn.LayerNorm([4], 1e-2, False, **kw), (2, 4)),
    "group norm": (lambda nn, kw: nn.GroupNorm(2, 6, **kw), (2, 6, 3, 4)),
    "group norm of rows": (lambda nn, kw: nn.GroupNorm(3, 6, 1e-3, **kw), (2, 6)),
    "instance norm": (lambda nn, kw: nn.InstanceNorm2d(3, affine=True, **kw), (2, 3, 4, 2)),
    "dropout 2d in evaluation": (lambda nn, kw: nn.Dropout2d(0.7).eval(), (3, 4, 2, 2)),
    "several": (
        lambda nn, kw: nn.Sequential(
            nn.Conv2d(1, 4, 3, **kw),
            nn.BatchNorm2d(4, **kw),
            nn.LeakyReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(16, 3, **kw),
            nn.Tanh(),
        ),
        (5, 1, 6, 6),
    ),
}


def as_torch(torch, array):
    return torch.tensor(np.array(array))


@pytest.mark.parametrize("name", LAYERS)
def test_outputs_and_gradients_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    make, shape = LAYERS[name]
    rng = np.random.default_rng(0)
    layer = make(nn, {"dtype": np.float64})
    theirs = make(torch.nn, {"dtype": torch.float64})
    for p in layer.parameters():  # the defaults of BatchNorm2d, 0 and 1, would hide mistakes
        p.data = rng.standard_normal(p.shape)
    theirs.load_state_dict({name: as_torch(torch, array) for name, array in layer.state_dict().items()})

    x = tge.Tensor(rng.standard_normal(shape), requires_grad=True)
    x_theirs = as_torch(torch, x.data).requires_grad_()
    y, y_theirs = layer(x), theirs(x_theirs)
    g = rng.standard_normal(y.shape)
    y.backward(g)
    y_theirs.backward(as_torch(torch, g))

    assert y.dtype == np.float64
    np.testing.assert_allclose(y.data, y_theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(x.grad.data, x_theirs.grad.numpy(), rtol=1e-9, atol=1e-11)
    expected = dict(theirs.named_parameters())
    for path, p in layer.named_parameters():
        np.testing.assert_allclose(p.grad.data, expected[path].grad.numpy(), rtol=1e-9, atol=1e-11, err_msg=path)


WEIGHTS = np.array([0.5, 2.0, 1.0, 0.25])
CLASSES, NUMBERS, SHARES = "class numbers", "numbers", "probabilities"
LOSSES = {
    "NLLLoss": [(CLASSES, {}), (CLASSES, {"weight": WEIGHTS, "ignore_index": 1})],
    "CrossEntropyLoss": [
        (CLASSES, {}),
        (CLASSES, {"weight": WEIGHTS, "ignore_index": 2, "label_smoothing": 0.25}),
        (SHARES, {"weight": WEIGHTS}),
    ],
    "MSELoss": [(NUMBERS, {})],
    "L1Loss": [(NUMBERS, {})],
    "HuberLoss": [(NUMBERS, {}), (NUMBERS, {"delta": 0.3})],
    "SmoothL1Loss": [(NUMBERS, {}), (NUMBERS, {"beta": 0.3})],
    "BCEWithLogitsLoss": [(SHARES, {}), (SHARES, {"weight": WEIGHTS, "pos_weight": WEIGHTS[::-1].copy()})],
    "BCELoss": [(SHARES, {}), (SHARES, {"weight": WEIGHTS})],
    "KLDivLoss": [(SHARES, {}), (NUMBERS, {"log_target": True})],
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none", "batchmean"])
@pytest.mark.parametrize(("loss", "kind", "settings"), [(n, k, s) for n, given in LOSSES.items() for k, s in given])
def test_losses_are_pytorchs(loss, kind, settings, reduction):
    torch = pytest.importorskip("torch")
    if reduction == "batchmean" and loss != "KLDivLoss":
        with pytest.raises(ValueError, match=f"{loss}: reduction must be one of mean, sum, none, not 'batchmean'"):
            getattr(nn, loss)(reduction=reduction)
        return
    rng = np.random.default_rng(1)
    scores, others = rng.standard_normal((6, 4)), rng.standard_normal((6, 4))
    shares = np.exp(others) / np.exp(others).sum(axis=1, keepdims=True)
    targets = {CLASSES: rng.integers(0, 4, 6), NUMBERS: others, SHARES: shares}[kind]
    scores = 1 / (1 + np.exp(-scores)) if loss == "BCELoss" else scores
    x, x_theirs = tge.Tensor(scores, requires_grad=True), torch.tensor(scores, requires_grad=True)
    ours = getattr(nn, loss)(reduction=reduction, **settings)
    theirs = getattr(torch.nn, loss)(
        reduction=reduction, **{k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in settings.items()}
    )
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    y, y_theirs = ours(x, targets), theirs(x_theirs, torch.tensor(targets))
    np.testing.assert_allclose(y.data, y_theirs.detach().numpy(), rtol=1e-12)
    g = rng.standard_normal(y.shape)
    y.backward(g)
    y_theirs.backward(torch.tensor(g))
    np.testing.assert_allclose(x.grad.data, x_theirs.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_a_reduction_in_the_weights_place_is_an_error_that_says_how_it_is_given():
    with pytest.raises(
        TypeError, match=r"CrossEntropyLoss: weight is an array of numbers, not 'sum'; .* reduction='sum'"
    ):
        nn.CrossEntropyLoss("sum")


def test_linear_is_its_formula():
    layer = nn.Linear(3, 2)
    x = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    w, b = layer.weight.data, layer.bias.data
    expected = [[b[o] + sum(x[n, i] * w[o, i] for i in range(3)) for o in range(2)] for n in range(2)]
    np.testing.assert_allclose(layer(x).data, expected, rtol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_float32_stays_float32(name):
    make, shape = LAYERS[name]
    layer = make(nn, {})
    x = tge.randn(*shape, requires_grad=True)
    y = layer(x)
    y.backward(np.ones(y.shape))
    assert y.dtype == x.grad.dtype == np.float32
    assert all(p.dtype == p.grad.dtype == np.float32 for p in layer.parameters())
    assert all(b.dtype == np.float32 or b.size == 1 for b in layer.buffers())


@pytest.mark.parametrize(
    "make",
    [
        lambda rng, dtype: nn.Linear(5, 3, rng=rng, dtype=dtype),
        lambda rng, dtype: nn.Conv2d(2, 3, 3, rng=rng, dtype=dtype),
    ],
)
def test_the_same_generator_gives_the_same_weights_in_every_dtype(make):
    a = make(np.random.default_rng(7), np.float32).state_dict()
    b = make(np.random.default_rng(7), np.float64).state_dict()
    other = make(np.random.default_rng(8), np.float32).state_dict()
    for name in a:
        assert a[name].dtype == np.float32
        assert np.array_equal(a[name], b[name].astype(np.float32))
        assert not np.array_equal(a[name], other[name])
    tge.manual_seed(7)
    c = make(None, np.float32).state_dict()
    tge.manual_seed(7)
    d = make(None, np.float32).state_dict()
    assert all(np.array_equal(c[name], d[name]) for name in c)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Conv2d(0, 8, 3), "in_channels must be an integer of at least 1, not 0"),
        (lambda: nn.Conv2d(1, 2.5, 3), "out_channels must be an integer"),
        (lambda: nn.Conv2d(1, 8, 0), "kernel_size must be"),
        (lambda: nn.Conv2d(1, 8, (3, 3, 3)), "kernel_size must be"),
        (lambda: nn.Conv2d(1, 8, 3, stride=0), "stride must be"),
        (lambda: nn.Conv2d(1, 8, 3, padding=-1), "padding must be"),
        (lambda: nn.Conv2d(1, 8, 3, dilation="2"), "dilation must be"),
        (lambda: nn.Conv2d(3, 8, 3, groups=2), "groups=2 must divide the channels, 3 and 8"),
        (lambda: nn.Linear(0, 3), "in_features must be"),
        (lambda: nn.Linear(3, True), "out_features must be"),
        (lambda: nn.BatchNorm2d(0), "num_features must be"),
        (lambda: nn.BatchNorm1d(0), "BatchNorm1d: num_features must be"),
        (lambda: nn.LayerNorm(0), "LayerNorm: normalized_shape must be an integer of at least 1"),
        (lambda: nn.LayerNorm(2, -1), "LayerNorm: eps must be a number of at least 0"),
        (lambda: nn.GroupNorm(2, 3), "GroupNorm: num_groups=2 must divide num_channels=3"),
        (lambda: nn.InstanceNorm2d(2, affine=1), "InstanceNorm2d: affine must be True or False"),
        (lambda: nn.Embedding(0, 3), "Embedding: num_embeddings must be"),
        (lambda: nn.Embedding(3, 3, 3), "Embedding: padding_idx is the number of one of 3 rows, not 3"),
        (lambda: nn.Embedding(3, 3, max_norm=0), "Embedding: max_norm must be a number above 0"),
        (lambda: nn.BatchNorm2d(3, momentum=2), "momentum must be a number from 0 to 1, not 2"),
        (lambda: nn.BatchNorm2d(3, momentum=float("nan")), "momentum must be"),
        (lambda: nn.BatchNorm2d(3, eps=-1), "eps must be a number of at least 0, not -1"),
        (lambda: nn.BatchNorm2d(3, eps=float("nan")), "eps must be"),
        (lambda: nn.BatchNorm2d(3, eps="1"), "eps must be"),
        (lambda: nn.BatchNorm2d(3, affine="no"), "affine must be True or False"),
        (lambda: nn.BatchNorm2d(3, track_running_stats=0), "track_running_stats must be True or False"),
        (lambda: nn.BatchNorm2d(3, dtype=int), "BatchNorm2d: dtype must be"),
        (lambda: nn.ReLU().train("no"), "mode must be True or False, not 'no'"),
        (lambda: nn.Dropout(2), "p must be a number from 0 to 1, not 2"),
        (lambda: nn.Dropout(float("nan")), "from 0 to 1"),
        (lambda: nn.Dropout("0.5"), "p must be a number"),
        (lambda: nn.LeakyReLU(float("nan")), "negative_slope must be a number"),
        (lambda: nn.LeakyReLU("0.1"), "negative_slope must be a number"),
        (lambda: nn.Linear(3, -2), "out_features must be an integer of at least 1, not -2"),
        (lambda: nn.Linear(3, 2.0), "out_features must be"),
        (lambda: nn.Linear(3, 2, bias="no"), "Linear: bias must be True or False"),
        (lambda: nn.Linear(3, 2, bias=tge.ones(2)), "Linear: bias must be True or False"),
        (lambda: nn.Conv2d(1, 8, 3, bias=None), "Conv2d: bias must be True or False"),
        (lambda: nn.Flatten(1.5), "Flatten: start_axis must be an integer"),
        (lambda: nn.Softmax("rows"), "Softmax: axis must be an integer"),
        (lambda: nn.LogSoftmax(None), "LogSoftmax: axis must be an integer"),
        (lambda: nn.Linear(3, 2, dtype=np.int64), "Linear: dtype must be float16, float32 or float64, not .*int64"),
        (lambda: nn.Conv2d(1, 2, 3, dtype="speed"), "Conv2d: dtype must be"),
        (lambda: nn.Conv2d(1, 2, 3, dtype=complex), "Conv2d: dtype must be"),
        (lambda: nn.MaxPool2d(0), "MaxPool2d: kernel_size must be"),
        (lambda: nn.AvgPool2d(2, padding=2), "AvgPool2d: padding .2, 2. is more than half"),
        (lambda: nn.AdaptiveAvgPool2d(0), "AdaptiveAvgPool2d: output_size must be an integer of at least 1"),
        (lambda: nn.AdaptiveMaxPool2d((1, 2, 3)), "AdaptiveMaxPool2d: output_size is an integer, or a pair"),
        (lambda: nn.Upsample(2, 2), "Upsample takes a size or a scale_factor, one of them"),
        (lambda: nn.Upsample(2, mode="cubic"), "Upsample: mode is one of nearest"),
        (lambda: nn.AvgPool2d(2, divisor_override=0), "AvgPool2d: divisor_override must be a number other than 0"),
        (lambda: nn.MaxPool2d(2, ceil_mode=1), "MaxPool2d: ceil_mode must be True or False"),
        (lambda: nn.Conv2d(1, 1, 3, padding_mode="same"), "Conv2d: padding_mode is one of zeros, reflect, replicate"),
        (lambda: nn.Conv2d(1, 1, 3, padding="full"), 'Conv2d: padding is a number, a pair, "same" or "valid"'),
        (lambda: nn.Conv2d(1, 1, 3, 2, padding="same"), "stride of 1"),
        (lambda: nn.Conv1d(1, 1, 3, 2, padding="same"), "stride of 1"),
        (lambda: nn.Conv1d(1, 1, 0), "Conv1d: kernel_size must be"),
        (lambda: nn.ConvTranspose2d(3, 4, 2, groups=2), "ConvTranspose2d: groups=2 must divide"),
        (lambda: nn.Fold(0, 1), "Fold: output_size must be"),
        (
            lambda: nn.CrossEntropyLoss(reduction="average"),
            "CrossEntropyLoss: reduction must be one of mean, sum, none",
        ),
        (lambda: nn.CrossEntropyLoss(label_smoothing=2), "label_smoothing must be a number from 0 to 1"),
        (lambda: nn.HuberLoss(delta=0), "HuberLoss: delta must be a number above 0"),
        (lambda: nn.SmoothL1Loss(beta=-1), "SmoothL1Loss: beta must be a number of at least 0"),
        (lambda: nn.KLDivLoss("batch"), "one of mean, sum, none, batchmean"),
        (lambda: nn.GELU("sigmoid"), 'GELU: approximate is "none" or "tanh"'),
        (lambda: nn.Hardtanh(1, 0), "Hardtanh: min_val must be below max_val"),
        (lambda: nn.Softplus(0), "Softplus: beta must be a number above 0"),
        (
            lambda: nn.ZeroPad2d((1, 2)),
            r"ZeroPad2d: padding is a number, or \(left, right, top, bottom\), not \(1, 2\)",
        ),
    ],
)
def test_settings_that_make_no_sense_are_errors_at_once(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (nn.Linear(5, 3), (2, 4), r"\(2, 4\).*\(3, 5\)"),
        (nn.Linear(5, 3), (), r"\(\)"),
        (nn.Conv2d(2, 3, 3), (1, 1, 5, 5), r"1 channels"),
        (nn.Conv2d(2, 3, 3), (5, 5), r"conv2d needs images \(n, c, h, w\), or one of them, .*\(5, 5\)"),
        (nn.Conv2d(2, 3, 3), (3, 5, 5), r"3 channels"),
        (nn.ConvTranspose2d(2, 3, 3), (5, 5), r"conv_transpose2d needs images .* not \(5, 5\)"),
        (nn.Conv2d(2, 3, 3), (1, 2, 2, 5), r"3x3"),
        (nn.BatchNorm2d(3), (2, 4, 5, 5), r"\(n, 3, h, w\), not shape \(2, 4, 5, 5\)"),
        (nn.BatchNorm2d(3), (2, 3), r"\(n, 3, h, w\)"),
        (nn.BatchNorm1d(3), (2, 3, 4, 4), r"BatchNorm1d needs rows \(n, 3\) or signals \(n, 3, l\), not shape"),
        (nn.LayerNorm(3), (3, 2), r"layer_norm: x of shape \(3, 2\) does not end in the axes \(3,\)"),
        (nn.GroupNorm(1, 3), (2, 4), r"GroupNorm needs x of shape \(n, 3, ...\), not \(2, 4\)"),
        (nn.InstanceNorm2d(3), (2, 3, 1, 1), "InstanceNorm2d needs images .* of several pixels"),
        (nn.Dropout2d(), (2, 3), "dropout2d needs images"),
        (nn.MaxPool2d(3), (1, 1, 2, 5), "does not fit"),
    ],
)
def test_inputs_that_do_not_fit_are_errors_that_name_both_shapes(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer(tge.ones(shape))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Linear(5, 3), (2, 5)),
        (nn.Conv2d(1, 1, 1), (1, 1, 2, 2)),
        (nn.BatchNorm2d(1), (2, 1, 2, 2)),
        (nn.LayerNorm(2), (2, 2)),
        (nn.GroupNorm(1, 2), (2, 2)),
    ],
)
def test_an_input_of_another_dtype_is_an_error(layer, shape):
    for dtype in (np.float64, np.uint8):
        with pytest.raises(TypeError, match=rf"computes in float32.*{np.dtype(dtype)}.*astype\('float32'\)"):
            layer(np.ones(shape, dtype))


@pytest.mark.parametrize(
    "layer",
    [
        nn.Linear(2, 3), nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1), nn.ReLU(), nn.LeakyReLU(), nn.Tanh(), nn.Sigmoid(),
        nn.Softmax(), nn.LogSoftmax(), nn.Flatten(), nn.Dropout(), nn.MaxPool2d(1), nn.AvgPool2d(1),
        nn.Conv1d(1, 1, 1), nn.ConvTranspose2d(1, 1, 1), nn.Unfold(1), nn.Fold(1, 1), nn.Hardtanh(), nn.ReLU6(),
        nn.ELU(), nn.SELU(), nn.Softplus(), nn.LogSigmoid(), nn.SiLU(), nn.Mish(), nn.GELU(), nn.ZeroPad2d(1),
        nn.BatchNorm1d(1), nn.LayerNorm(1), nn.GroupNorm(1, 1), nn.InstanceNorm2d(1), nn.Dropout2d(),
        nn.Upsample(2), nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(1),
        tge.models.MinimalCNN(filters=1),
    ],
    ids=lambda layer: type(layer).__name__,
)  # fmt: skip
@pytest.mark.parametrize("wrong", [[[1.0, 2.0]], 3.0, None, "text"], ids=repr)
def test_an_input_that_is_no_array_is_an_error_that_says_what_to_write(layer, wrong):
    kind = type(layer).__name__
    with pytest.raises(TypeError, match=rf"{kind} takes a Tensor or an array, not a \w+; use tge\.tensor"):
        layer(wrong)


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (nn.BatchNorm2d(3), "eps"), (nn.BatchNorm2d(3), "momentum"), (nn.Dropout(), "p"),
        (nn.LeakyReLU(), "negative_slope"), (nn.ELU(), "alpha"), (nn.Softplus(), "beta"), (nn.HuberLoss(), "delta"),
        (nn.Softmax(), "axis"), (nn.LogSoftmax(), "axis"),
    ],
)  # fmt: skip
def test_a_setting_assigned_later_is_checked_like_one_that_was_given(layer, name):
    before = getattr(layer, name)
    for wrong in (float("nan"), float("inf"), "0.1", True, [0.1], np.ones(2)):
        with pytest.raises(ValueError, match=f"{type(layer).__name__}: {name} must be"):
            setattr(layer, name, wrong)
    assert getattr(layer, name) == before
    setattr(layer, name, before)
