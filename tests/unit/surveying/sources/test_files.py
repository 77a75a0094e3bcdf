"""Images in files are read one batch at a time; what is damaged is named and passed over."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from image_files import levels, write_classes, write_image
from PIL import Image

from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource

SHAPE = (12, 16, 3)


def opened(images: Any, *given: Any, shape: Any = SHAPE, resize: Any = None) -> ImageSource:
    return open_images(images, *given, shape=shape, resize=resize)


# Folders


def test_a_folder_is_read_as_keras_reads_it_unshuffled(tmp_path: Path) -> None:
    write_classes(tmp_path)
    write_image(tmp_path / ".thumbnails" / "a.png", 200)
    (tmp_path / "cats" / "notes.txt").write_text("not an image")

    source = opened(tmp_path)

    keras_set = keras.utils.image_dataset_from_directory(
        tmp_path, shuffle=False, image_size=SHAPE[:2], batch_size=None, verbose=False
    )
    # Keras takes folders whose names begin with a dot for no classes, too.
    assert [source.name(at) for at in range(4)] == keras_set.file_paths
    assert source.class_names == tuple(keras_set.class_names) == ("cats", "dogs")
    assert source.labels is not None
    expected = list(keras_set.as_numpy_iterator())
    assert source.labels.tolist() == [int(label) for _, label in expected] == [0, 0, 1, 1]
    batch = source.batch(0, 4)
    assert batch.images.dtype == np.uint8
    np.testing.assert_array_equal(batch.images, [image for image, _ in expected])


def test_a_folder_is_read_in_parts(tmp_path: Path) -> None:
    write_classes(tmp_path)
    source = opened(tmp_path)

    assert source.length == 4
    assert levels(source.batch(1, 3)) == [10, 20]
    last = source.batch(3, 8)
    assert (levels(last), last.numbers.tolist(), last.unreadable) == ([30], [3], [])
    labels = source.batch_labels(np.array([3, 0]))
    assert labels is not None
    assert labels.tolist() == [1, 0]
    assert source.image(2).shape == SHAPE
    assert source.image(2).mean() == 20


def test_classes_can_have_another_order(tmp_path: Path) -> None:
    write_classes(tmp_path)

    source = opened(tmp_path, None, ["dogs", "cats"])

    assert source.class_names == ("dogs", "cats")
    assert levels(source.batch(0, 4)) == [20, 30, 0, 10]
    assert source.labels is not None
    assert source.labels.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("names", [["cats"], ["cats", "dog"], ["cats", "dogs", "birds"]])
def test_class_names_are_those_of_the_sub_folders(tmp_path: Path, names: list[str]) -> None:
    write_classes(tmp_path)

    with pytest.raises(ValueError, match=r"the sub-folders of .* are 'cats', 'dogs'"):
        opened(tmp_path, None, names)


def test_a_flat_folder_has_no_labels(tmp_path: Path) -> None:
    for level in (30, 200):
        write_image(tmp_path / f"{level}.png", level)
    (tmp_path / "empty").mkdir()

    source = opened(str(tmp_path))

    assert (source.labels, source.class_names) == (None, ())
    assert source.batch_labels(np.array([0])) is None
    assert levels(source.batch(0, 2)) == [200, 30]


def test_images_beside_the_classes_are_left_out_aloud(tmp_path: Path) -> None:
    write_classes(tmp_path)
    write_image(tmp_path / "overview.png", 0)

    with pytest.warns(UserWarning, match="1 images beside them are left out"):
        source = opened(tmp_path)

    assert source.length == 4


def test_a_pattern_is_sorted_by_name(tmp_path: Path) -> None:
    paths = write_classes(tmp_path)
    (tmp_path / "cats" / "11.txt").write_text("not an image")

    source = opened(str(tmp_path / "**" / "*.*"))

    assert [source.name(at) for at in range(4)] == sorted(map(str, paths))
    assert source.labels is None


def test_files_are_read_in_the_order_that_is_given(tmp_path: Path) -> None:
    paths = write_classes(tmp_path)[::-1]
    for given in (paths, list(map(str, paths)), np.array(list(map(str, paths)))):
        source = opened(given, ["dogs", "dogs", "cats", "cats"])
        assert levels(source.batch(0, 4)) == [30, 20, 10, 0]
        assert source.class_names == ("cats", "dogs")
        assert source.labels is not None
        assert source.labels.tolist() == [1, 1, 0, 0]


# Sizes


def test_a_first_image_of_another_size_is_refused_at_once(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.png", 0, size=(10, 20))

    with pytest.raises(ValueError, match=r"a.png of 10 × 20 pixels .* the model takes 12 × 16"):
        opened([path])
    with pytest.raises(ValueError, match=r'resize="crop", .* or resize="stretch"'):
        opened([path])


def test_a_later_image_of_another_size_is_refused_when_it_is_read(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / f"{at}.png", at, size=(12, 16 + at // 2)) for at in range(3)]
    for shape in (SHAPE, None, (None, None, 3)):
        source = opened(paths, shape=shape)
        assert levels(source.batch(0, 2)) == [0, 1]
        whose = "the model takes" if shape == SHAPE else "the first, .*0.png, has"
        with pytest.raises(ValueError, match=f"2.png of 12 × 17 pixels .* {whose} 12 × 16"):
            source.batch(0, 3)


@pytest.mark.parametrize("shape", [None, (None, None, None), (None, None, 3)])
def test_what_a_model_leaves_open_is_as_in_the_first_image(tmp_path: Path, shape: Any) -> None:
    write_classes(tmp_path)

    assert opened(tmp_path, shape=shape).batch(0, 2).images.shape == (2, *SHAPE)


def test_images_are_cropped_or_stretched(tmp_path: Path) -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40] = 200
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    wanted = (20, 20, 3)

    cropped = opened(tmp_path, shape=wanted, resize="crop").batch(0, 1).images[0]
    stretched = opened(tmp_path, shape=wanted, resize="stretch").batch(0, 1).images[0]

    assert cropped.shape == stretched.shape == wanted
    for fitted in (cropped, stretched):
        assert (fitted[:, 0].mean(), fitted[:, -1].mean()) == (200, 0)
    np.testing.assert_array_equal(opened(tmp_path, shape=wanted, resize="crop").image(0), cropped)
    with pytest.raises(ValueError, match="resize is 'fit'; it takes"):
        opened(tmp_path, resize="fit")


def test_a_large_photograph_is_decoded_small_to_nearly_the_same(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:900, :1200]
    pixels = np.stack([rows // 4, columns // 5, (rows + columns) // 9], -1).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "large.jpg", quality=95)
    Image.fromarray(pixels).save(tmp_path / "large.png")
    for resize in ("crop", "stretch"):
        from_jpeg, from_png = opened(tmp_path, shape=(64, 64, 3), resize=resize).batch(0, 2).images
        assert np.abs(from_jpeg.astype(int) - from_png).max() <= 4


def test_a_photograph_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.zeros((16, 12, 3), np.uint8)
    pixels[8:] = 255
    Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90).save(
        tmp_path / "held.png", exif=exif
    )

    (read,) = opened(tmp_path, shape=(16, 12, 3)).batch(0, 1).images

    np.testing.assert_array_equal(read, pixels)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_colours_becomes_the_models(tmp_path: Path, mode: str, channels: int) -> None:
    write_image(tmp_path / "white.png", 255, mode=mode)

    batch = opened(tmp_path, shape=(12, 16, channels)).batch(0, 1)

    assert batch.images.shape == (1, 12, 16, channels)
    assert (batch.images == 255).all()


@pytest.mark.parametrize(("modes", "channels"), [("L", 1), (("L", "RGB"), 3), (("RGB",), 3)])
def test_without_a_known_model_greys_stay_grey_if_all_are(
    tmp_path: Path, modes: Any, channels: int
) -> None:
    for at, mode in enumerate(modes):
        write_image(tmp_path / f"{at}.png", 9, mode=mode)

    assert opened(tmp_path, shape=None).batch(0, 1).images.shape == (1, 12, 16, channels)


def test_files_of_16_bits_are_read_in_8(tmp_path: Path) -> None:
    Image.fromarray(np.full((12, 16), 65535, np.uint16)).save(tmp_path / "deep.png")

    batch = opened(tmp_path, shape=(12, 16, 1)).batch(0, 1)

    assert batch.images.dtype == np.uint8
    assert (batch.images == 255).all()


def test_a_model_of_other_channels_is_told(tmp_path: Path) -> None:
    write_classes(tmp_path)

    with pytest.raises(ValueError, match=r"9.png has .* which is 3 channels; the model takes 7"):
        opened(tmp_path, shape=(12, 16, 7)).batch(1, 2)


# What cannot be read


def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(256, size=(12, 16, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "c.jpg").write_text("This is a text.")
    (tmp_path / "d.jpg").touch()
    write_image(tmp_path / "e.jpg", 77)
    write_image(tmp_path / "f.jpg", 78)
    source = opened(tmp_path)
    (tmp_path / "f.jpg").unlink()

    batch = source.batch(0, 6)

    assert batch.numbers.tolist() == [0, 4]
    assert batch.images.shape == (2, *SHAPE)
    assert levels(batch)[1] == 77
    numbers, names, reasons = zip(*batch.unreadable, strict=True)
    assert numbers == (1, 2, 3, 5)
    assert [Path(name).name for name in names] == ["b.jpg", "c.jpg", "d.jpg", "f.jpg"]
    assert reasons[0].startswith("the file is damaged, or was not copied whole: ")
    assert reasons[1:] == (
        "it is not an image that Pillow reads",
        "the file is empty",
        "there is no such file",
    )
    with pytest.raises(OSError, match=r"d.jpg cannot be read: the file is empty"):
        source.image(3)


def test_a_batch_of_damaged_files_is_empty(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", 0)
    (tmp_path / "b.png").touch()

    batch = opened(tmp_path).batch(1, 2)

    assert batch.images.shape == (0, *SHAPE)
    assert len(batch.numbers) == 0
    assert len(batch.unreadable) == 1


def test_the_size_is_that_of_the_first_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    write_image(tmp_path / "b.png", 5)

    assert levels(opened(tmp_path, shape=None).batch(0, 2)) == [5]


def test_if_none_can_be_read_nothing_is_begun(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.png").touch()

    with pytest.raises(ValueError, match=r"2 files, none .* \(.*a.png: the file is empty\)"):
        opened(tmp_path)


def test_a_file_that_may_not_be_read_is_unreadable(tmp_path: Path) -> None:
    write_classes(tmp_path)
    source = opened(tmp_path)
    (tmp_path / "cats" / "9.png").unlink()
    (tmp_path / "cats" / "9.png").mkdir()

    assert [found.number for found in source.batch(0, 4).unreadable] == [1]


# What is no data set of files


def test_what_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").touch()
    write_image(tmp_path / "a.png", 0)
    for given, words in {
        "photographs": f"no such folder in '{tmp_path}'",
        "*.jpg": "no image has such a name$",
        "texts/*": "no image has such a name, but 1 other",
    }.items():
        with pytest.raises(FileNotFoundError, match=words):
            opened(given)
    with pytest.raises(ValueError, match="a folder without images"):
        opened("texts")
    with pytest.raises(ValueError, match=r"one file; .* or \['a.png'\] for this one"):
        opened("a.png")
    with pytest.raises(ValueError, match=r"none of which can be read .*no such file"):
        opened(["b.png"])


# What tells a data set from others


def test_a_fingerprint_is_the_same_until_something_changes(tmp_path: Path) -> None:
    paths = write_classes(tmp_path)
    first = opened(tmp_path).fingerprint()

    assert first == opened(str(tmp_path)).fingerprint()
    assert all(isinstance(value, str) for value in first.values())
    found = [first]
    found.append(opened(tmp_path, shape=(8, 8, 3), resize="crop").fingerprint())
    found.append(opened(paths[:3]).fingerprint())
    stat = paths[1].stat()
    write_image(paths[1], 99)
    os.utime(paths[1], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    found.append(opened(tmp_path).fingerprint())
    os.utime(paths[1])
    found.append(opened(tmp_path).fingerprint())
    paths[0].rename(paths[0].with_name("renamed.png"))
    found.append(opened(tmp_path).fingerprint())
    assert len({str(each) for each in found}) == len(found)


def test_other_processes_read_the_same(tmp_path: Path) -> None:
    write_classes(tmp_path)
    source = opened(tmp_path, shape=(8, 8, 3), resize="crop")

    assert source.is_picklable
    copy = pickle.loads(pickle.dumps(source))

    np.testing.assert_array_equal(copy.batch(0, 4).images, source.batch(0, 4).images)
    assert copy.labels.tolist() == [0, 0, 1, 1]
