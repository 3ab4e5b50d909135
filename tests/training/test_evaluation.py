import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.training import Evaluation, confusion_matrix, evaluate


@pytest.fixture
def result():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.05, 0.9, 0.05], [0.2, 0.2, 0.6]], np.float32)
    return Evaluation(0.5, probabilities, np.array([0, 1, 0, 2]))


def test_measures(result):
    assert result.predictions.tolist() == [0, 2, 1, 2]
    assert result.accuracy == 0.5
    assert result.confusion.tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 1]]
    assert result.mistakes.tolist() == [2, 1]  # 0.9 sure, then 0.6


def test_confusion_counts_repeated_pairs():
    assert confusion_matrix([1, 1, 1], [0, 0, 1], 2).tolist() == [[0, 0], [2, 1]]


@pytest.mark.parametrize("batch_size", [1, 7, 64, 1000])
def test_loss_and_probabilities_do_not_depend_on_the_batches(batch_size):
    tge.manual_seed(0)
    model = tge.models.MinimalCNN(filters=2)
    test = tge.data.load_digits()[1].first(64)
    logits = model(test.images).data.astype(np.float64)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    result = evaluate(model, test, batch_size=batch_size)
    np.testing.assert_allclose(result.probabilities, p, atol=1e-5)
    assert result.loss == pytest.approx(-np.log(p[np.arange(64), test.labels]).mean(), rel=1e-5)


def test_modes_are_restored_even_when_it_fails():
    model = tge.models.MNISTExampleNet()
    model.dropout2.training = False  # a mode of its own

    def stop():
        assert not model.dropout1.training
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        evaluate(model, tge.data.load_digits()[1].first(2), after_batch=stop)
    assert model.training
    assert model.dropout1.training
    assert not model.dropout2.training
