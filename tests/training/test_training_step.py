"""`--batch-size 1 --optimizer sgd` is plain gradient descent, one image at a time: held against NumPy by hand."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.training import fit, train_step


def by_hand(w, b, dense, bias, image, label, lr):
    """One step of the minimal network, written out."""
    kh, kw = w.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(image[0], (kh, kw))  # (oh, ow, kh, kw)
    maps = np.einsum("ijuv,ouv->oij", windows, w[:, 0]) + b[:, None, None]
    active = np.maximum(maps, 0)
    logits = dense @ active.ravel() + bias
    e = np.exp(logits - logits.max())
    error = e / e.sum()
    loss = -np.log(error[label])
    error[label] -= 1  # dL/dlogits
    back = (dense.T @ error).reshape(maps.shape) * (maps > 0)
    dw = np.einsum("oij,ijuv->ouv", back, windows)[:, None]
    new = w - lr * dw, b - lr * back.sum((1, 2)), dense - lr * np.outer(error, active.ravel()), bias - lr * error
    return loss, new


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10)])
def test_one_image_at_a_time_is_plain_gradient_descent(dtype, tolerance):
    tge.manual_seed(3)
    model = tge.models.MinimalCNN(filters=3, dtype=dtype)
    train, _ = tge.data.load_digits()
    optimizer = tge.optim.SGD(model.parameters(), lr=0.05)
    weights = tuple(model.state_dict().values())
    for image, label in ((train.images[i].astype(dtype), int(train.labels[i])) for i in range(12)):
        expected, weights = by_hand(*weights, image, label, lr=0.05)
        loss, _ = train_step(model, optimizer, image[None], np.array([label]))
        assert loss == pytest.approx(expected, rel=1e-9)
    for trained, hand in zip(model.state_dict().values(), weights, strict=True):
        np.testing.assert_allclose(trained, hand, atol=tolerance, rtol=0)


def test_fit_with_batches_of_one_takes_every_image_once_in_the_loaders_order():
    train = tge.data.load_digits()[0].first(15)
    tge.manual_seed(0)
    model = tge.models.MinimalCNN(filters=2)
    weights = tuple(a.astype(np.float64) for a in model.state_dict().values())
    fit(model, train, epochs=2, batch_size=1, optimizer=tge.optim.SGD(model.parameters(), lr=0.02), seed=4, show=False)
    loader = tge.data.DataLoader(train, 1, seed=4)
    for epoch in range(2):
        for i in loader.order(epoch):
            _, weights = by_hand(*weights, train.images[i].astype(np.float64), train.labels[i], lr=0.02)
    for trained, hand in zip(model.state_dict().values(), weights, strict=True):
        assert trained.dtype == np.float32
        np.testing.assert_allclose(trained, hand, atol=2e-5, rtol=0)


def test_clip_norm_limits_the_step():
    tge.manual_seed(0)
    model = tge.models.MinimalCNN(filters=2)
    before = model.state_dict()
    train, _ = tge.data.load_digits()
    train_step(model, tge.optim.SGD(model.parameters(), lr=1.0), *train.batch(slice(0, 8)), clip_norm=1e-3)
    moved = np.sqrt(sum(((before[k] - v) ** 2).sum() for k, v in model.state_dict().items()))
    assert moved == pytest.approx(1e-3, rel=1e-2)


def test_step_counts_right_answers():
    tge.manual_seed(0)
    model = tge.models.MinimalCNN(filters=2)
    images, _ = tge.data.load_digits()[0].batch(slice(0, 20))
    answers = model.predict(images)
    labels = answers.copy()
    labels[:7] = (labels[:7] + 1) % 10
    assert train_step(model, tge.optim.SGD(model.parameters(), lr=0.1), images, labels)[1] == 13
