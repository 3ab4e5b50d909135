"""What a run shows while it goes on: a progress bar on a terminal, one line per epoch elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .history import Epoch, History

if TYPE_CHECKING:
    from rich.console import Console

REFRESH = 0.2  # seconds between two drawings of the bar: drawing costs about as much as a training step


class Silent:
    """Shows nothing; the other two have the same methods."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def step(self, done: int, images: int, loss: float, accuracy: float) -> None:
        """Hear of a training step: steps done, images seen, and the epoch's mean loss and accuracy so far."""

    def testing(self) -> None:
        """Hear that the epoch's training is over and its test begins."""

    def epoch(self, epoch: Epoch) -> None:
        """Hear of a finished epoch."""


class Lines(Silent):
    """One line per epoch, for files, pipes and logs."""

    def __init__(self, console: Console, epochs: int):
        self.console, self.epochs = console, epochs

    def epoch(self, epoch: Epoch) -> None:
        """Write the epoch's line."""
        line = (
            f"epoch {epoch.epoch}/{self.epochs}: train loss {epoch.train_loss:.4f}, "
            f"train accuracy {epoch.train_accuracy:.2%}"
        )
        if epoch.test_accuracy is not None:
            line += f", test loss {epoch.test_loss:.4f}, test accuracy {epoch.test_accuracy:.2%}"
        self.console.print(f"{line}, {epoch.images_per_second:,.0f} images/s", soft_wrap=True, highlight=False)


class Bar(Silent):
    """A bar over all steps of the run, with loss, accuracy, images/s and the time left."""

    def __init__(self, console: Console, epochs: int, steps_per_epoch: int, start: int):
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            auto_refresh=False,
            expand=True,
        )
        self.steps_per_epoch, self.start = steps_per_epoch, start
        self.task = self.bar.add_task(
            "starting",
            total=epochs * steps_per_epoch,
            completed=start,
            epochs=epochs,
            epoch=min(start // steps_per_epoch + 1, epochs),
        )
        self.tested = ""
        self.images = 0
        self.then = self.next = time.perf_counter()

    def __enter__(self) -> Bar:
        self.bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.bar.refresh()
        self.bar.stop()

    def step(self, done: int, images: int, loss: float, accuracy: float) -> None:
        """Count the images, and every now and then draw the bar anew."""
        self.images += images
        now = time.perf_counter()
        if now < self.next:
            return
        rate = self.images / max(now - self.then, 1e-9)
        self.images, self.then, self.next = 0, now, now + REFRESH
        self.bar.update(
            self.task,
            completed=done,
            epoch=(done - 1) // self.steps_per_epoch + 1,
            description=f"loss {loss:.3f}  accuracy {accuracy:.1%}{self.tested}  {rate:,.0f} images/s",
            refresh=True,
        )

    def testing(self) -> None:
        """Say that the test is running."""
        self.bar.update(self.task, description=f"testing{self.tested}", refresh=True)

    def epoch(self, epoch: Epoch) -> None:
        """Draw the state at the end of the epoch; keep its test accuracy in sight during the next."""
        if epoch.test_accuracy is not None:
            self.tested = f"  test {epoch.test_accuracy:.1%}"
        self.bar.update(
            self.task,
            completed=epoch.epoch * self.steps_per_epoch,
            epoch=epoch.epoch,
            description=f"loss {epoch.train_loss:.3f}  accuracy {epoch.train_accuracy:.1%}{self.tested}"
            f"  {epoch.images_per_second:,.0f} images/s",
            refresh=True,
        )
        self.images, self.then = 0, time.perf_counter()


def reporter(show: bool, epochs: int, steps_per_epoch: int, start: int) -> Silent:
    """Return what fits the place that stdout leads to."""
    if not show:
        return Silent()
    from rich.console import Console

    console = Console()
    if console.is_terminal or console.is_jupyter:
        return Bar(console, epochs, steps_per_epoch, start)
    return Lines(console, epochs)


def history_table(history: History) -> Any:
    """Return the closing table: a row for each epoch."""
    from rich.table import Table

    table = Table(title="What each epoch brought", title_justify="left")
    for heading in (
        "\nepoch",
        "train\nloss",
        "train\naccuracy",
        "test\nloss",
        "test\naccuracy",
        "\nseconds",
        "\nimages/s",
    ):
        table.add_column(heading, justify="right")
    for e in history:
        table.add_row(
            str(e.epoch),
            f"{e.train_loss:.4f}",
            f"{e.train_accuracy:.2%}",
            "-" if e.test_loss is None else f"{e.test_loss:.4f}",
            "-" if e.test_accuracy is None else f"{e.test_accuracy:.2%}",
            f"{e.seconds:.2f}",
            f"{e.images_per_second:,.0f}",
        )
    return table
