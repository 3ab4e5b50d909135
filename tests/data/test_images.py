from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from awkward_files import as_nobody, no_file, no_hang, unix_only
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tinygrad_edu.data import load_digits, load_image_folder, load_images, load_mnist
from tinygrad_edu.data.images import SUFFIXES
from tinygrad_edu.errors import DataError

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist"


def drawn(mode="L", size=(120, 90), ink="black", paper="white", width=12):
    """A seven, drawn off the middle."""
    picture = Image.new(mode, size, paper)
    ImageDraw.Draw(picture).line([(50, 15), (85, 15), (60, 75)], fill=ink, width=width)
    return picture


def load_one(picture, path, **options):
    picture.save(path, **options)
    images, names = load_images(path)
    assert names == [path.name]
    assert images.shape == (1, 1, 28, 28)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    assert not images.flags.writeable
    return images[0, 0]


def as_mnist_would_be(image):
    """What holds for every MNIST image: 20x20 of ink in full strength, centred by mass, on empty ground."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert image.max() == 1
    place = np.arange(28)
    assert abs(np.average(place, weights=image.sum(axis=1)) - 14) <= 0.5
    assert abs(np.average(place, weights=image.sum(axis=0)) - 14) <= 0.5
    assert (image == 0).mean() > 0.5
    return True


@pytest.fixture
def reference(tmp_path):
    return load_one(drawn(), tmp_path / "reference.png")


def test_dark_on_light_and_light_on_dark_give_the_same(reference, tmp_path):
    assert as_mnist_would_be(reference)
    np.testing.assert_allclose(load_one(drawn(ink="white", paper="black"), tmp_path / "a.png"), reference, atol=1e-6)
    # the level of paper and ink does not matter, either
    np.testing.assert_allclose(load_one(drawn(ink=20, paper=110), tmp_path / "b.png"), reference, atol=0.01)
    np.testing.assert_allclose(load_one(drawn(ink=240, paper=150), tmp_path / "c.png"), reference, atol=0.01)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_modes(mode, reference, tmp_path):
    grey = np.asarray(drawn())
    picture = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else drawn().convert(mode)
    assert picture.mode == mode
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    tolerance = 0.1 if mode == "CMYK" else 1e-6  # JPEG loses a little
    np.testing.assert_allclose(load_one(picture, path), reference, atol=tolerance)


def test_16_bits_are_not_clipped(tmp_path):
    """Ink of 30,000 on paper of 60,000 of 65,535: clipped to 8 bits both would be white."""
    for size in ((120, 90), (1300, 1200)):
        values = np.where(np.asarray(drawn(size=size)) == 0, 30_000, 60_000).astype(np.uint16)
        assert as_mnist_would_be(load_one(Image.fromarray(values), tmp_path / "a.png"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_formats(suffix, reference, tmp_path):
    difference = load_one(drawn("RGB"), tmp_path / f"a{suffix}") - reference
    assert abs(difference).mean() < 0.02


def test_transparency_lies_over_white(reference, tmp_path):
    picture = drawn("RGBA", ink=(0, 0, 0, 255), paper=(0, 0, 0, 0))  # black ink on transparent black
    np.testing.assert_allclose(load_one(picture, tmp_path / "a.png"), reference, atol=1e-6)
    palette = drawn("P", ink=1, paper=0)
    palette.putpalette([0, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(load_one(palette, tmp_path / "b.png", transparency=0), reference, atol=1e-6)


def test_a_turned_photograph_is_turned_back(reference, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me by 90 degrees clockwise to see me"
    sideways = drawn().transpose(Image.Transpose.ROTATE_90)
    np.testing.assert_allclose(load_one(sideways, tmp_path / "a.png", exif=exif), reference, atol=1e-6)


def test_a_noisy_photograph_of_grey_paper(reference, tmp_path):
    rng = np.random.default_rng(0)
    paper = np.linspace(0.6, 0.7, 90)[:, None] + rng.normal(0, 0.01, (90, 120))
    values = np.where(np.asarray(drawn()) == 0, 0.1, paper)
    picture = Image.fromarray(np.rint(values * 255).astype(np.uint8))
    image = load_one(picture, tmp_path / "a.png")
    assert abs(image - reference).mean() < 0.02


@pytest.mark.parametrize(("width", "height"), [(300, 90), (120, 2000), (3000, 2500), (111, 93)])
def test_where_on_the_sheet_and_how_large_the_sheet_is(width, height, reference, tmp_path):
    image = load_one(drawn(size=(width, height)), tmp_path / "a.png")
    assert as_mnist_would_be(image)
    if max(width, height) <= 1000:
        np.testing.assert_allclose(image, reference, atol=1e-6)


def test_a_thin_line_keeps_full_strength(tmp_path):
    assert load_one(drawn(size=(900, 900), width=1), tmp_path / "a.png").max() == 1


def test_28x28_light_on_dark_is_taken_as_it_is(tmp_path):
    digits, _ = load_digits()
    for number in range(20):
        values = digits.pixels[number, 0]
        image = load_one(Image.fromarray(values), tmp_path / "digit.png")
        np.testing.assert_array_equal(image, values / np.float32(255))


@pytest.mark.skipif(not MNIST.is_dir(), reason="no ../shared/data/mnist beside the repository")
def test_mnist_printed_black_on_white_comes_back(tmp_path):
    """The preparation is MNIST's own: its images, inverted, come back nearly the same."""
    _, test = load_mnist(MNIST)
    for number in range(100):
        picture = Image.fromarray(255 - test.pixels[number, 0])
        picture.save(tmp_path / f"{number:03}.png")
    back, names = load_images(tmp_path)
    assert names == [f"{number:03}.png" for number in range(100)]
    expected = test.first(100).images
    assert abs(back - expected).mean() < 0.1 * expected.mean()


def test_a_folder_is_read_by_name_and_other_files_are_passed_over(tmp_path):
    for name in ("b.png", "a.JPG", "c.jpeg"):
        drawn("RGB").save(tmp_path / name, format="PNG")  # the content counts, not the suffix
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / "d.png").mkdir()
    images, names = load_images(tmp_path)
    assert names == ["a.JPG", "b.png", "c.jpeg"]
    assert images.shape == (3, 1, 28, 28)


def test_labels_from_sub_folders(tmp_path):
    for label, count in (("3", 2), ("7", 1)):
        (tmp_path / label).mkdir()
        for number in range(count):
            drawn().save(tmp_path / label / f"{number}.png")
    (tmp_path / "other").mkdir()
    dataset = load_image_folder(tmp_path)
    assert dataset.labels.tolist() == [3, 3, 7]
    (tmp_path / "0").mkdir()
    with pytest.raises(DataError, match="0: no image files"):
        load_image_folder(tmp_path)
    with pytest.raises(DataError, match="sub-folders named 0 to 9"):
        load_image_folder(tmp_path / "3")


def png_that_claims(width, height):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an image of a kind"),
        (b"hello", "not an image of a kind"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not an image of a kind"),  # no Ghostscript
        (b"\x89PNG\r\n\x1a\n", "bad.png: "),
        (png_that_claims(10_000, 10_000), r"more than 89,478,485 pixels; reduce"),
        (png_that_claims(100_000, 100_000), r"more than 89,478,485 pixels; reduce"),
        (png_that_claims(0, 0), "bad.png: "),
        (png_that_claims(50, 50), "cannot be read"),
    ],
)
def test_foreign_and_damaged_files_are_named(content, message, tmp_path):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    for asked in (path, tmp_path):
        with pytest.raises(DataError, match=message) as caught:
            load_images(asked)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("paper", ["white", "black", "grey"])
@pytest.mark.parametrize("size", [(28, 28), (1, 1), (300, 200)])
def test_a_blank_image_is_refused(paper, size, tmp_path):
    path = tmp_path / "blank.png"
    Image.new("L", size, paper).save(path)
    with pytest.raises(DataError, match=r"blank\.png: the image is blank"):
        load_images(path)


def test_missing_and_empty(tmp_path):
    with pytest.raises(DataError, match=r"nothing\.png: there is no such file"):
        load_images(tmp_path / "nothing.png")
    with pytest.raises(DataError, match="no image files there"):
        load_images(tmp_path)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), suffix=st.sampled_from(["png", "jpg", "gif", "bmp", "webp"]))
def test_damage_gives_an_image_or_a_data_error(data, suffix, tmp_path):
    path = tmp_path / f"damaged.{suffix}"
    drawn("RGB").save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, min(len(content) - 1, 400)))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        images, _ = load_images(path)
    except DataError:
        return
    assert images.shape == (1, 1, 28, 28)
    assert np.isfinite(images).all()


@pytest.mark.parametrize(("width", "height"), [(89_000_000, 1), (1, 89_000_000), (40_000, 1_000)])
def test_a_picture_of_one_long_row_is_refused_before_it_is_decoded(width, height, tmp_path):
    path = tmp_path / "row.png"
    path.write_bytes(png_that_claims(width, height))
    with pytest.raises(DataError, match=rf"row\.png: {width:,} x {height:,} pixels, a side of more than 30,000"):
        load_images(path)


@unix_only
@no_file
def test_what_is_no_file_is_named_and_not_waited_for(put, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "odd.png")
    with no_hang(), pytest.raises(DataError, match=r"odd\.png: cannot be read: It is a pipe|odd.png: no image files"):
        load_images(tmp_path / "odd.png")


@unix_only
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    tmp_path.chmod(0o755)
    drawn().save(tmp_path / "mine.png")
    (tmp_path / "mine.png").chmod(0)
    with as_nobody(), pytest.raises(DataError, match=r"mine\.png: cannot be read: Permission denied"):
        load_images(tmp_path / "mine.png")


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 20_000])
def test_names_that_no_file_can_have(name):
    for read in (load_images, load_image_folder):
        with pytest.raises(DataError):
            read(name)
