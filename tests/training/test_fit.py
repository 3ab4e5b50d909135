import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.errors import CheckpointError, DataError, RunFolderError, TrainingError
from tinygrad_edu.training import RunFolder, evaluate, fit, load_model


@pytest.fixture(scope="module")
def digits():
    train, test = tge.data.load_digits()
    return train.first(100), test.first(50)


def small(seed=0, **settings):
    tge.manual_seed(seed)
    return tge.models.MinimalCNN(filters=2, **settings)


def test_learns_the_packaged_digits():
    train, test = tge.data.load_digits()
    tge.manual_seed(0)
    model = tge.models.MinimalCNN()
    optimizer = tge.optim.Adam(model.parameters(), lr=0.01)
    schedule = tge.optim.OneCycleLR(optimizer, 0.01, total_steps=8 * 79)
    options = {"optimizer": optimizer, "schedule": schedule, "augment": tge.data.Augment(), "show": False}
    history = fit(model, train, test, epochs=8, **options)
    assert history[-1].test_accuracy >= 0.95
    assert evaluate(model, test).accuracy == history[-1].test_accuracy


def test_works_with_arrays_and_without_a_test(digits):
    train, _ = digits
    history = fit(small(), (train.images, train.labels), epochs=2, show=False)
    assert len(history) == 2
    assert history["test_accuracy"] == [None, None]
    assert history[1].train_loss < history[0].train_loss


def test_the_schedule_gives_update_t_the_rate_of_step_t(digits):
    train, _ = digits
    model = small()
    rates = []

    class Listening(tge.optim.SGD):
        def step(self):
            rates.append(self.lr)
            super().step()

    optimizer = Listening(model.parameters(), lr=0.1)
    schedule = tge.optim.CosineAnnealingLR(optimizer, T_max=8)
    history = fit(model, train, epochs=2, batch_size=25, optimizer=optimizer, schedule=schedule, show=False)
    expected = [0.1 * (1 + np.cos(np.pi * t / 8)) / 2 for t in range(8)]
    assert rates == pytest.approx(expected)
    assert history["learning_rate"] == pytest.approx([expected[3], expected[7]])


def test_training_and_evaluation_modes_come_and_go(digits):
    train, test = digits
    tge.manual_seed(0)
    model = tge.models.MNISTExampleNet()
    modes = []
    forward = model.forward
    model.forward = lambda images: (modes.append((model.dropout1.training, tge.is_grad_enabled())), forward(images))[1]
    model.eval()
    fit(model, train.first(8), test.first(8), epochs=1, batch_size=8, show=False)
    assert modes == [(True, True), (False, False)]


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ((np.zeros((3, 28, 28), np.float32), [1, 2, 3]), r"add the channel axis"),
        ((np.zeros((0, 1, 28, 28), np.float32), []), "no images"),
        ((np.zeros((3, 1, 28, 28), np.float32), [1, 2]), "3 images but 2 labels"),
        ((np.zeros((1, 1, 28, 28), np.float32), [10]), r"labels must lie in 0..9"),
    ],
)
def test_refuses_bad_data_and_says_what_is_wrong(train, message):
    with pytest.raises(DataError, match=message):
        fit(small(), train, epochs=1, show=False)


def test_refuses_what_is_no_data_at_all():
    with pytest.raises(TypeError, match="a Dataset or a pair"):
        fit(small(), [1, 2, 3], epochs=1, show=False)


# -- with a run folder --


def test_a_run_folder_gets_weights_history_and_checkpoint(digits, tmp_path):
    model = small()
    history = fit(model, *digits, epochs=2, run=tmp_path / "run", show=False)
    again = load_model(tmp_path / "run")
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(again.state_dict()[name], array)
    lines = (tmp_path / "run" / "history.csv").read_text().splitlines()
    assert len(lines) == 3
    assert lines[2].split(",")[4] == f"{history[1].test_accuracy:.6g}"
    assert not list((tmp_path / "run").glob(".*"))


def test_resuming_ends_with_the_same_weights_bit_for_bit(digits, tmp_path):
    """Two epochs, then two more, with momentum, dropout's random numbers and batch sums in between."""

    def run(epochs, folder, resume):
        tge.manual_seed(1)
        model = tge.nn.Sequential(
            tge.nn.Conv2d(1, 2, 5), tge.nn.BatchNorm2d(2), tge.nn.ReLU(), tge.nn.Flatten(), tge.nn.Dropout(0.5),
            tge.nn.Linear(2 * 24 * 24, 10),
        )  # fmt: skip
        optimizer = tge.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        schedule = tge.optim.StepLR(optimizer, step_size=5)
        history = fit(
            model, *digits, epochs=epochs, batch_size=16, optimizer=optimizer, schedule=schedule, run=folder,
            resume=resume, show=False,
        )  # fmt: skip
        return model.state_dict(), history

    whole, history = run(4, tmp_path / "whole", resume=False)
    run(2, tmp_path / "parts", resume=False)
    parts, continued = run(4, tmp_path / "parts", resume=True)
    for name, array in whole.items():
        np.testing.assert_array_equal(parts[name], array)
    assert (tmp_path / "parts/model.safetensors").read_bytes() == (tmp_path / "whole/model.safetensors").read_bytes()
    assert continued["train_loss"] == history["train_loss"]
    assert continued["test_loss"] == history["test_loss"]


def test_never_takes_over_another_run(digits, tmp_path):
    fit(small(), *digits, epochs=1, run=tmp_path / "run", show=False)
    before = (tmp_path / "run" / "model.safetensors").read_bytes()
    with pytest.raises(RunFolderError, match="is there already"):
        fit(small(5), *digits, epochs=1, run=tmp_path / "run", show=False)
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize("change", ["batch_size", "seed", "data", "model", "optimizer"])
def test_does_not_resume_what_would_be_another_run(digits, tmp_path, change):
    train, test = digits
    fit(small(), train, test, epochs=1, run=tmp_path / "run", show=False)
    model = tge.models.MinimalCNN(filters=3) if change == "model" else small()
    with pytest.raises(CheckpointError, match="belongs to"):
        fit(
            model,
            train.first(99) if change == "data" else train,
            test,
            epochs=2,
            batch_size=63 if change == "batch_size" else 64,
            seed=1 if change == "seed" else 0,
            optimizer=tge.optim.Adam(model.parameters()) if change == "optimizer" else None,
            run=tmp_path / "run",
            resume=True,
            show=False,
        )


# -- when numbers go bad --


def test_an_infinite_loss_names_step_and_tensor_and_keeps_the_last_good_checkpoint(digits, tmp_path):
    model = small()
    optimizer = tge.optim.SGD(model.parameters(), lr=1e25)
    with pytest.raises(TrainingError) as caught:
        fit(model, *digits, epochs=3, batch_size=20, optimizer=optimizer, run=tmp_path / "run", show=False)
    # Step 1 spoils the weights without making them infinite, so step 2 meets it in its forward pass.
    assert "in step 2 (epoch 1, batch 2)" in str(caught.value)
    assert "the result of" in str(caught.value)
    assert "last good checkpoint" in str(caught.value)
    for array in load_model(tmp_path / "run").state_dict().values():
        assert np.isfinite(array).all()


def test_a_parameter_that_overflowed_is_named(digits):
    model = small()
    with pytest.raises(TrainingError, match=r"in step 2 .*the parameter (conv|dense)\.\w+, shape"):
        fit(
            model, *digits, epochs=1, batch_size=20, show=False,
            optimizer=tge.optim.SGD(model.parameters(), lr=1e39, weight_decay=1e3),
        )  # fmt: skip


def test_bad_weights_never_replace_a_good_checkpoint(digits, tmp_path):
    """The very last update spoils the weights; no loss is computed after it."""
    train, _ = digits
    model = small()

    class Spoiling(tge.optim.SGD):
        def update(self, w, g, t, state):
            return w * np.float32(np.nan) if t == 5 else super().update(w, g, t, state)

    optimizer = Spoiling(model.parameters(), lr=0.1)
    with pytest.raises(TrainingError, match=r"parameter conv\.weight became NaN or infinite in step 5"):
        fit(
            model, train, epochs=1, batch_size=20, optimizer=optimizer, run=tmp_path / "run", checkpoint_every=2,
            show=False,
        )  # fmt: skip
    run = RunFolder.open(tmp_path / "run")
    assert not run.weights.exists()
    for array in load_model(run.checkpoint).state_dict().values():
        assert np.isfinite(array).all()
