"""How sure a network may be is measured, kept, and used; what looks like nothing it has learnt is named."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.data import Augment
from tinygrad_edu.errors import CheckpointError
from tinygrad_edu.training import Calibration, calibrate, evaluate, fit
from tinygrad_edu.training.calibration import expected_calibration_error, softmax, temperature


@pytest.fixture(scope="module")
def learnt():
    """A network, its calibration on the first half of the test digits, and what it says of the other half."""
    train, test = tge.data.load_digits()
    tge.manual_seed(0)
    model = tge.models.MinimalCNN()
    optimizer = tge.optim.Adam(model.parameters(), lr=0.005)
    fit(model, train, epochs=3, optimizer=optimizer, augment=Augment(), show=False)
    return model, calibrate(model, train, test[:500]), test[500:]


def test_the_temperature_that_made_the_answers_is_found():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (20_000, 10))
    labels = (softmax(logits).cumsum(axis=1) < rng.random((20_000, 1))).sum(1)  # drawn by softmax
    for t in (0.7, 1.0, 3.0):
        assert temperature(softmax(t * logits), labels) == pytest.approx(t, rel=0.05)
        sure, cooled = softmax(t * logits), softmax(np.log(softmax(t * logits)) / t)
        assert expected_calibration_error(cooled, labels) < 0.01
        if t != 1:
            assert expected_calibration_error(sure, labels) > 0.03


def test_held_out_digits_get_honest_probabilities_and_the_same_answers(learnt):
    model, calibration, others = learnt
    result = evaluate(model, others)
    probabilities = calibration.probabilities(result.probabilities)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), result.predictions)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert expected_calibration_error(probabilities, others.labels) < 0.06
    assert calibration.error < 0.06


def test_a_network_that_is_too_sure_is_held_back(learnt):
    model, honest, others = learnt
    train, test = tge.data.load_digits()
    sharp = tge.models.MinimalCNN()
    weights = {
        n: (3 if n.startswith("dense") else 1) * a for n, a in model.state_dict().items()
    }  # three times the logits
    sharp.load_state_dict(weights)
    calibration = calibrate(sharp, train, test[:500])
    assert calibration.temperature == pytest.approx(3 * honest.temperature, rel=0.03)
    raw = evaluate(sharp, others).probabilities
    before, after = (expected_calibration_error(p, others.labels) for p in (raw, calibration.probabilities(raw)))
    assert after < before or before < 0.02


def test_few_digits_and_all_noise_look_like_nothing_known(learnt):
    model, calibration, others = learnt
    answers = evaluate(model, others).predictions
    assert calibration.unlike(others.images, answers).mean() <= 0.05
    noise = np.random.default_rng(0).random((50, 1, 28, 28), dtype=np.float32)
    empty, full = np.zeros((1, 1, 28, 28), np.float32), np.ones((1, 1, 28, 28), np.float32)
    for strange in (noise, noise * (noise > 0.7), full):
        assert calibration.unlike(strange, model.predict(strange)).all()
    sevens, ones = others.images[others.labels == 7], others.images[others.labels == 1]
    assert calibration.unlike(sevens, np.zeros(len(sevens), int)).mean() > 0.9  # a 7 read as a 0
    assert calibration.distances(empty, np.array([8])) > calibration.distances(ones, np.full(len(ones), 1)).mean()


def test_a_digit_never_seen_is_unlike(learnt):
    _, calibration, others = learnt
    ones = calibration.labels == 1
    only_ones = Calibration(1.0, 0.0, 1e9, calibration.images[ones], calibration.labels[ones])
    assert only_ones.unlike(others.images[:1], np.array([5])).all()


def test_one_held_out_image_and_one_answer_are_enough():
    train, test = tge.data.load_digits()
    calibration = calibrate(tge.models.MinimalCNN(filters=1), train[:3], test[:1])
    assert np.isnan(calibration.error)
    assert 0.5 <= calibration.temperature <= 10


def test_what_is_kept_comes_back_and_damage_is_named(learnt, tmp_path):
    _, calibration, others = learnt
    path = tmp_path / "calibration.safetensors"
    calibration.save(path)
    back = Calibration.load(path)
    assert (back.temperature, back.error, back.limit) == (calibration.temperature, calibration.error, calibration.limit)
    answers = others.labels[:20]
    np.testing.assert_array_equal(
        back.distances(others.images[:20], answers), calibration.distances(others.images[:20], answers)
    )
    for wrong in (
        Calibration(float("inf"), 0.0, 1.0, calibration.images, calibration.labels),
        Calibration(1.0, 0.0, float("nan"), calibration.images, calibration.labels),
        Calibration(1.0, 0.0, 1.0, calibration.images.astype(np.int8), calibration.labels),
        Calibration(1.0, 0.0, 1.0, calibration.images, calibration.labels[:5]),
        Calibration(1.0, 0.0, 1.0, calibration.images[:0], calibration.labels[:0]),
    ):
        wrong.save(path)
        with pytest.raises(CheckpointError, match=r"calibration\.safetensors: not what a calibration holds"):
            Calibration.load(path)
    tge.training.save_weights(path, tge.models.MinimalCNN(filters=1))
    with pytest.raises(CheckpointError, match="not what a calibration holds"):
        Calibration.load(path)
