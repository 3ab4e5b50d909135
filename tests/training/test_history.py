import csv
import io
import json

import pytest

from tinygrad_edu.training import Epoch, History


@pytest.fixture
def history():
    return History([
        Epoch(1, 1 / 3, 0.5, None, None, 0.1, 1.25, 80.0),
        Epoch(2, 0.1, 0.9, 0.2, 0.8, 0.05, 1.5, 66.7),
    ])  # fmt: skip


def test_json_keeps_every_bit(history):
    again = History.from_list(json.loads(json.dumps(history.to_list())))
    assert again.epochs == history.epochs


def test_csv(history):
    rows = list(csv.DictReader(io.StringIO(history.to_csv())))
    assert [row["train_loss"] for row in rows] == ["0.333333", "0.1"]
    assert [row["test_accuracy"] for row in rows] == ["", "0.8"]


def test_an_unknown_column_is_named(history):
    with pytest.raises(KeyError, match=r"no column 'loss'; it has epoch, train_loss"):
        history["loss"]
