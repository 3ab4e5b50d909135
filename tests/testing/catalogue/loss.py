"""Wrong rules of losses."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import scatter_add, softmax


def _scattered(g, log_probs, targets):
    n = log_probs.shape[0]
    index = (np.arange(n), np.asarray(targets))
    each = g if len(g.shape) else g.reshape((1,)) * np.ones(n, g.dtype)
    return scatter_add(each, index, log_probs.shape)


@wrong(tge.nll_loss, "log_probs", "sign")
def nll_forgets_minus(g, y, log_probs, targets, *, weight, ignore_index, reduction):
    return _scattered(g / log_probs.shape[0] if reduction == "mean" else g, log_probs, targets)


@wrong(tge.nll_loss, "log_probs", "factor", "parameter ignored")
def nll_forgets_mean(g, y, log_probs, targets, *, weight, ignore_index, reduction):
    return _scattered(-g, log_probs, targets)


@wrong(tge.nll_loss, "log_probs", "parameter ignored", "factor")
def nll_always_mean(g, y, log_probs, targets, *, weight, ignore_index, reduction):
    return _scattered(-g / log_probs.shape[0], log_probs, targets)


def cross_entropy(logits, targets):
    """y = -mean over n of log softmax(logits)[n, targets[n]]"""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_probs[np.arange(len(targets)), targets].mean()


def _onehot(logits, targets):
    return np.eye(logits.shape[1], dtype=logits.dtype)[np.asarray(targets)]


@wrong(cross_entropy, "logits", "factor")
def cross_entropy_forgets_n(g, y, logits, targets):
    return g * (softmax(logits) - _onehot(logits, targets))


@wrong(cross_entropy, "logits", "sign")
def cross_entropy_sign(g, y, logits, targets):
    return g * (_onehot(logits, targets) - softmax(logits)) / logits.shape[0]


@wrong(cross_entropy, "logits", "no upstream")
def cross_entropy_forgets_g(g, y, logits, targets):
    return (softmax(logits) - _onehot(logits, targets)) / logits.shape[0]


@wrong(cross_entropy, "logits", "overflow")
def cross_entropy_overflows(g, y, logits, targets):
    e = tge.exp(logits)
    return g * (e / e.sum(axis=1, keepdims=True) - _onehot(logits, targets)) / logits.shape[0]


@wrong(cross_entropy, "logits", "transposed", "shape")
def cross_entropy_transposed(g, y, logits, targets):
    return tge.swapaxes(g * (softmax(logits) - _onehot(logits, targets)) / logits.shape[0], 0, 1)


@wrong(cross_entropy, "logits", "factor")
def cross_entropy_divides_by_classes(g, y, logits, targets):
    return g * (softmax(logits) - _onehot(logits, targets)) / logits.shape[1]


@wrong(cross_entropy, "logits", "first order only")
def cross_entropy_in_numpy(g, y, logits, targets):
    return g * (softmax(np.asarray(logits)) - _onehot(logits, targets)) / logits.shape[0]


def squared_error(prediction, wanted):
    """y = mean of (prediction - wanted)^2"""
    return ((prediction - wanted) ** 2).mean()


right = tge.Primitive(squared_error)


@right.backward("prediction")
def _dprediction(g, y, prediction, wanted):
    return g * 2 * (prediction - wanted) / prediction.size


@right.backward("wanted")
def _dwanted(g, y, prediction, wanted):
    return g * 2 * (wanted - prediction) / prediction.size


squared_error.case = lambda pick: (lambda n, k: ((pick.array((n, k)), pick.array((n, k))), {}))(
    pick.integer(1, 4), pick.integer(1, 4)
)


@wrong(right, "prediction", "factor")
def squared_error_forgets_two(g, y, prediction, wanted):
    return g * (prediction - wanted) / prediction.size


@wrong(right, "prediction", "factor")
def squared_error_forgets_mean(g, y, prediction, wanted):
    return g * 2 * (prediction - wanted)


@wrong(right, "wanted", "sign", "swapped")
def squared_error_sign(g, y, prediction, wanted):
    return g * 2 * (prediction - wanted) / prediction.size


@wrong(right, "prediction", "factor")
def squared_error_divides_by_batch(g, y, prediction, wanted):
    return g * 2 * (prediction - wanted) / prediction.shape[0]


def cross_entropy(logits, labels):
    """L = -mean of log p[label]"""
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


@wrong(cross_entropy, "logits", "one-hot")
def cross_entropy_forgets_the_one_hot(g, y, logits, labels):
    return g * softmax(logits, axis=1) / len(labels)


@wrong(cross_entropy, "logits", "one-hot")
def cross_entropy_does_not_average_the_one_hot(g, y, logits, labels):
    n, classes = logits.shape
    return g * (softmax(logits, axis=1) / n - np.eye(classes, dtype=logits.dtype)[labels])


@wrong(cross_entropy, "logits", "factor")
def cross_entropy_does_not_average(g, y, logits, labels):
    return g * (softmax(logits, axis=1) - np.eye(logits.shape[1], dtype=logits.dtype)[labels])


bce = tge.primitives()["binary_cross_entropy"]


def _probabilities(pick):
    shape = (pick.integer(1, 4), pick.integer(1, 3))
    return (pick.array(shape, "unit"), pick.array(shape, "unit")), {}


bce.forward.case = _probabilities


@wrong(bce, "probs", "sign")
def bce_sign(g, y, probs, targets):
    return g * (targets - probs) / (probs * (1 - probs))


@wrong(bce, "probs", "factor missing")
def bce_as_if_of_logits(g, y, probs, targets):
    return g * (probs - targets)


@wrong(bce, "probs", "no upstream")
def bce_forgets_g(g, y, probs, targets):
    return (probs - targets) / (probs * (1 - probs))


@wrong(bce, "targets", "swapped", "other function", "sign")
def bce_targets_as_probs(g, y, probs, targets):
    return g * (tge.log(1 - targets) - tge.log(targets))


@wrong(tge.nll_loss, "log_probs", "no upstream", "dtype")
def nll_forgets_g(g, y, log_probs, targets, *, weight, ignore_index, reduction):
    n = log_probs.shape[0] if reduction == "mean" else 1
    return _scattered(np.full(np.shape(y), -1.0 / n, log_probs.dtype), log_probs, targets)
