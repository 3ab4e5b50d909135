import io

import numpy as np
from PIL import Image

import tinygrad_edu as tge
from tinygrad_edu import viz


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def test_filters_before_and_after_share_one_scale_around_zero():
    before, after = np.full((8, 1, 3, 3), 0.1), np.full((8, 1, 3, 3), -0.5)
    figure = viz.plot_filters(before, after)
    limits = {image.get_clim() for axes in figure.axes[:16] for image in axes.images}
    assert limits == {(-0.5, 0.5)}
    written = [text.get_text() for axes in figure.axes[:16] for text in axes.texts]
    assert written == ["0.10"] * 72 + ["-0.50"] * 72


def test_a_value_that_rounds_to_zero_has_no_sign():
    figure = viz.plot_filters(np.full((1, 1, 1, 1), -0.001), np.ones((1, 1, 1, 1)))
    assert figure.axes[0].texts[0].get_text() == "0.00"


def test_many_filters_are_drawn_in_part_and_it_says_so():
    weights = np.ones((40, 1, 5, 5))
    figure = viz.plot_filters(weights, weights)
    assert "the first 32 of 40" in figure.subfigs[0].subfigs[0].get_suptitle()


def test_feature_maps_name_the_activation_that_was_used():
    maps = np.linspace(-2, 2, 6 * 24 * 24).reshape(6, 24, 24)
    figure = viz.plot_feature_maps(
        np.zeros((28, 28)), np.ones((6, 1, 5, 5)), np.arange(6.0), maps, np.tanh(maps), "Tanh", label=4
    )
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert [label for label in labels if label][:3] == ["filter", "response", "after Tanh"]
    assert "filter 6\nbias 5.00" in titles(figure)
    drawn = figure.axes[1 + 12].images[0]
    np.testing.assert_array_equal(drawn.get_array(), np.tanh(maps)[0])
    assert drawn.get_clim() == (-2, 2)


def test_confusion_writes_every_count_where_it_belongs():
    counts = np.array([[5, 0, 2], [0, 7, 0], [1, 0, 9]])
    axes = viz.plot_confusion(counts).axes[0]
    written = {text.get_position(): text.get_text() for text in axes.texts}  # (column, row)
    assert written == {(0, 0): "5", (2, 0): "2", (1, 1): "7", (0, 2): "1", (2, 2): "9"}
    assert axes.get_title().startswith("21 of 24 images right (87.50%)")


def test_mistakes_say_what_was_true_and_what_was_read():
    probabilities = np.full((2, 10), 0.01)
    probabilities[0, [4, 9]] = 0.08, 0.84
    probabilities[1, [7, 1]] = 0.3, 0.62
    figure = viz.plot_mistakes(np.zeros((2, 28, 28)), np.array([4, 7]), probabilities, of=5, tested=100)
    assert titles(figure)[:2] == ["true 4 (8.0%)\npredicted 9 (84.0%)", "true 7 (30.0%)\npredicted 1 (62.0%)"]
    assert figure.get_suptitle() == "The 2 most confident of 5 mistakes on 100 test images"


def test_no_mistakes_is_a_picture_too():
    figure = viz.plot_mistakes(np.zeros((0, 28, 28)), np.zeros(0, int), np.zeros((0, 10)), of=0, tested=359)
    assert figure.texts[0].get_text() == "No mistakes on 359 test images"


def test_curves_without_a_test_and_with_one_epoch():
    history = tge.training.History([tge.training.Epoch(1, 0.5, 0.8, None, None, 0.1, 1.0, 10.0)])
    figure = viz.plot_history(history)
    left, right = figure.axes
    assert [line.get_label() for line in left.lines] == ["training data, during the epoch"]
    assert left.get_ylim()[0] == 0
    assert list(right.lines[0].get_ydata()) == [0.8]
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    with Image.open(buffer) as image:
        assert image.size == (1000, 420)
