"""The strategies keep what they promise: numbers off the kinks, memory laid out otherwise, windows that fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.testing import strategies as tgst


@given(data=st.data(), layout=st.sampled_from(tgst.LAYOUTS))
def test_a_layout_changes_where_the_values_lie_and_not_the_values(data, layout):
    array = data.draw(tgst.arrays(layouts=("contiguous",)))
    np.testing.assert_array_equal(tgst.laid_out(array, layout), array)
    assert tgst.laid_out(array, layout).flags.writeable == (layout != "read-only")


def test_a_layout_that_is_not_there():
    with pytest.raises(ValueError, match="there is no layout 'diagonal'; there are: contiguous, transposed"):
        tgst.laid_out(np.ones(2), "diagonal")


@given(x=tgst.arrays(away_from=(0.0, 1.0)))
def test_numbers_keep_away_from_kinks(x):
    for kink in (0.0, 1.0):
        assert np.abs(x - kink).min(initial=np.inf) >= tgst.GRID


@given(case=tgst.pool2d_cases())
def test_in_a_pooling_at_least_one_window_fits_and_is_padded_by_half_at_most(case):
    assert min(case.y_shape[2:]) >= 1
    for kernel, padding in zip(case.kernel_size, case.padding, strict=True):
        assert padding <= kernel // 2


@given(case=tgst.conv2d_cases())
def test_in_a_convolution_the_kernel_fits(case):
    assert min(case.y_shape[2:]) >= 1
