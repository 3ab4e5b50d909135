"""`tinygrad-edu train`: the options.  What is done with them stands in run.py."""

from __future__ import annotations

from typing import Any

import click

from . import data_options
from .shown import MODELS
from .values import SEED, Name, Number

EPILOG = """\b
Examples:
  tinygrad-edu train                                       the digits that come with this program
  tinygrad-edu train --data mnist
  tinygrad-edu train --batch-size 1 --optimizer sgd        one image at a time, plain gradient descent
  tinygrad-edu train --model lenet5 --optimizer sgd --momentum 0.9
  tinygrad-edu train --model resnet --data cifar10 --augment
  tinygrad-edu train --resume runs/minimal-digits-1        go on with a run
"""


POSITIVE = click.IntRange(1, 1_000_000)
ABOVE_ZERO = Number(min=0, min_open=True)


# fmt: off
OPTIONS = [
    click.option("--model", default="minimal", show_default=True,
                 type=click.Choice(MODELS),
                 help="The network: one convolution and one dense layer; LeNet-5; PyTorch's example; a small VGG; "
                     "or a small residual network."),
    click.option("--filters", default=8, show_default=True, type=click.IntRange(1, 4096), metavar="N",
                 help="How many filters the minimal network has."),
    click.option("--kernel-size", default=3, show_default=True, type=click.IntRange(1, 28), metavar="N",
                 help="How many pixels wide and high these filters are."),
    click.option("--epochs", type=POSITIVE, metavar="N",
                 help="How many times to go through the training images.  [default: 12 for digits and "
                     "digits-shifted, 5 for mnist and fashion-mnist, 10 for cifar10, else 20]"),
    click.option("--batch-size", type=POSITIVE, metavar="N",
                 help="How many images to look at before each change of the weights.  [default: 32 for a "
                     "folder, else 64]"),
    click.option("--optimizer", type=click.Choice(["sgd", "adam", "adamw", "rmsprop", "adagrad"]),
                 help="How gradients become changes of the weights; sgd is plain gradient descent.  "
                     "[default: adam for digits, digits-shifted and cifar10, else sgd]"),
    click.option("--lr", type=ABOVE_ZERO, metavar="RATE",
                 help="The learning rate: how far each step goes.  [default: 0.1 for sgd, but 0.02 for batches "
                     "of less than 8; 0.1 for adagrad; for the others 0.01 on digits and digits-shifted, else 0.005]"),
    click.option("--momentum", default=0.0, show_default=True, metavar="PART",
                 type=Number(0, 1, max_open=True),
                 help="How much of the last step's direction sgd keeps."),
    click.option("--nesterov", is_flag=True, help="Let momentum look one step ahead."),
    click.option("--weight-decay", default=0.0, show_default=True, type=Number(0), metavar="FACTOR",
                 help="How strongly the weights are pulled towards zero."),
    click.option("--schedule", type=click.Choice(["none", "step", "cosine", "warmup-cosine", "onecycle", "plateau"]),
                 help="How the learning rate changes: not at all; to a tenth after each third of the run; "
                     "down along a cosine, at once or after a twentieth of the run in which it rises; up and down "
                     "once; or to a tenth when the test loss has not fallen for three epochs.  "
                     "[default: none for sgd, else onecycle]"),
    click.option("--clip-norm", type=ABOVE_ZERO, metavar="NORM",
                 help="The largest norm that the gradient may have; a longer one is shortened."),
    click.option("--augment/--no-augment", default=None,
                 help="Change each training image a little, each time it is seen: move, turn, resize and thicken a "
                     "digit; move and mirror a picture of fashion-mnist or cifar10; or leave it as it is.  "
                     "[default: --augment for digits, else --no-augment]"),
    click.option("--limit", type=POSITIVE, metavar="N", help="Use only the first N training images."),
    click.option("--seed", default=0, show_default=True, type=SEED, metavar="N",
                 help="Decides the random numbers: the same seed gives the same run."),
    click.option("--kernels", default="fast", show_default=True, type=click.Choice(["fast", "loops"]),
                 help="Compute with the fast kernels, or with the plain loops that define them (very slow)."),
    click.option("--out", type=Name(), metavar="FOLDER", help="The run's folder.  [default: runs/MODEL-DATA-NUMBER]"),
    click.option("--resume", type=Name(), metavar="FOLDER",
                 help="Go on with the run in this folder, with its settings."),
    click.option("--checkpoint-every", default="10s", show_default=True, metavar="N|Ns",
                 help="Save every N steps or, written with an s, every N seconds."),
    click.option("--no-pictures", is_flag=True, help="Draw no pictures into the run's folder."),
]
# fmt: on


def train_options(command: Any) -> Any:
    """Give the command its options, in the order above."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command(epilog=EPILOG)
@data_options.data_options("digits")
@train_options
@click.pass_context
def train(ctx: click.Context, **options: Any) -> None:
    """Train a network on handwritten digits, or other images, and keep the run in a folder.

    Without any option this takes some seconds. The folder gets the weights, the settings, the history of the
    run, and pictures of what the network learnt. Ctrl-C saves and stops; --resume goes on as if nothing had
    happened.
    """
    from .run import run_training

    run_training(ctx, options)
