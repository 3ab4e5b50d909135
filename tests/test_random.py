"""Seeds and generators: what `rng=` takes is said once and holds everywhere."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import models, nn

TAKING = {
    "rand": lambda rng: tge.rand(3, rng=rng),
    "randn": lambda rng: tge.randn(3, rng=rng),
    "dropout": lambda rng: tge.dropout(tge.ones(9), 0.5, rng=rng),
    "Dropout": lambda rng: nn.Dropout(0.5, rng=rng)(tge.ones(9)),
    "Linear": lambda rng: nn.Linear(2, 3, rng=rng).weight,
    "Conv2d": lambda rng: nn.Conv2d(1, 2, 3, rng=rng).weight,
    "init.uniform": lambda rng: nn.init.uniform((3,), 0, 1, rng=rng),
    "init.normal": lambda rng: nn.init.normal((3,), 1, rng=rng),
    "init.default": lambda rng: nn.init.default((3, 2), rng=rng)[0],
    "init.kaiming_uniform": lambda rng: nn.init.kaiming_uniform((3, 2), rng=rng),
    "init.kaiming_normal": lambda rng: nn.init.kaiming_normal((3, 2), rng=rng),
    "init.xavier_uniform": lambda rng: nn.init.xavier_uniform((3, 2), rng=rng),
    "init.xavier_normal": lambda rng: nn.init.xavier_normal((3, 2), rng=rng),
    **{name: lambda rng, kind=kind: next(kind(rng=rng).parameters()) for name, kind in models.MODELS.items()},
}


@pytest.mark.parametrize("name", TAKING)
def test_a_generator_decides_and_a_seed_is_refused_with_what_to_write(name):
    def drawn(rng):
        value = TAKING[name](rng)
        return np.array(value.data if isinstance(value, tge.Tensor) else value)

    assert np.array_equal(drawn(np.random.default_rng(3)), drawn(np.random.default_rng(3)))
    tge.manual_seed(4)
    first = drawn(None)
    tge.manual_seed(4)
    assert np.array_equal(drawn(None), first)
    for wrong, instead in ((0, 0), (7, 7), (True, 0), ("a", 0), (np.random, 0), (np.random.RandomState(0), 0)):
        with pytest.raises(TypeError, match=rf"takes a NumPy Generator.*rng=np\.random\.default_rng\({instead}\)"):
            TAKING[name](wrong)


@pytest.mark.parametrize("wrong", [None, -1, 1.5, "3", True, [1]], ids=repr)
def test_a_seed_is_a_number_that_can_be_written_down(wrong):
    """PCG64(None) would start from the clock: the program would not draw the same numbers again."""
    before = tge.random.get_state()
    with pytest.raises(ValueError, match="the seed must be an integer of at least 0"):
        tge.manual_seed(wrong)
    assert tge.random.get_state() == before
    tge.manual_seed(np.int64(3))
