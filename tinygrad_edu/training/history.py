"""What a training run measured, epoch by epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data.

    train_loss and train_accuracy are averages over the epoch, measured on each batch just before its update,
    while the weights still changed; test_loss and test_accuracy are measured afterwards (None: no test).
    """

    epoch: int  # counted from 1
    train_loss: float
    train_accuracy: float  # 0 to 1
    test_loss: float | None
    test_accuracy: float | None
    learning_rate: float  # at the end of the epoch
    seconds: float  # of training, without the test
    images_per_second: float


COLUMNS = tuple(field.name for field in fields(Epoch))


class History:
    """The epochs of a run, in order.

    >>> history = History([Epoch(1, 0.9, 0.7, 0.5, 0.85, 0.1, 2.0, 719.0)])
    >>> history["test_accuracy"], history[-1].train_loss, len(history)
    ([0.85], 0.9, 1)
    >>> print(history.to_csv())
    epoch,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,seconds,images_per_second
    1,0.9,0.7,0.5,0.85,0.1,2,719
    """

    def __init__(self, epochs: list[Epoch] | None = None):
        self.epochs = list(epochs or [])

    def append(self, epoch: Epoch) -> None:
        """Add an epoch at the end."""
        self.epochs.append(epoch)

    def __len__(self) -> int:
        return len(self.epochs)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __getitem__(self, key: int | str) -> Any:
        """Return an epoch by position, or a column by name."""
        if isinstance(key, str):
            if key not in COLUMNS:
                raise KeyError(f"a history has no column {key!r}; it has {', '.join(COLUMNS)}")
            return [getattr(epoch, key) for epoch in self.epochs]
        return self.epochs[key]

    def __repr__(self) -> str:
        if not self.epochs:
            return "History(no epochs)"
        last = self.epochs[-1]
        test = "" if last.test_accuracy is None else f", test accuracy {last.test_accuracy:.4f}"
        return f"History({len(self)} epochs, train loss {last.train_loss:.4f}{test})"

    def to_list(self) -> list[dict[str, Any]]:
        """Return the epochs as dictionaries, for JSON; `History.from_list` reads them. Nothing is rounded."""
        return [asdict(epoch) for epoch in self.epochs]

    @staticmethod
    def from_list(rows: list[dict[str, Any]]) -> History:
        """Make a History from what `to_list` gave.  Raises ValueError or TypeError for anything else."""
        epochs = [Epoch(**row) for row in rows]
        for number, epoch in enumerate(epochs, 1):
            if type(epoch.epoch) is not int or epoch.epoch != number:
                raise ValueError(f"epoch {number} of a history is called {epoch.epoch!r}")
            for column in COLUMNS[1:]:
                value = getattr(epoch, column)
                may_lack = column in ("test_loss", "test_accuracy") and value is None
                if not may_lack and (type(value) not in (int, float) or (type(value) is int and abs(value) > 2**63)):
                    raise ValueError(f"{column} of epoch {number} is {value!r}, not a number")
        return History(epochs)

    def to_csv(self) -> str:
        """Return the epochs as CSV with a heading, six significant digits each, an empty cell for None."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.to_list():
            writer.writerow(f"{v:.6g}" if isinstance(v, float) else v for v in row.values())
        return out.getvalue()
