"""Recordings are compared layer by layer; their difference is a recording like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recordings import of_maps, recorded

from actwidget import Recording
from actwidget.comparison.comparison import Comparison
from actwidget.comparison.picked_images import PickedRecording
from actwidget.recording.layer import LayerMaps

SHAPES: dict[str, Any] = {"conv": (20, 21, 6), "wide": (400, 391, 3), "dense": (1, 1, 9)}


def noise(seed: int, **shapes: tuple[int, ...]) -> Recording:
    generator = np.random.default_rng(seed)
    return of_maps(
        {path: generator.standard_normal(shape).astype("f4") for path, shape in shapes.items()}
    )


def of_shapes(seed: int, images: int = 2) -> Recording:
    return noise(seed, **{path: (images, *shape) for path, shape in SHAPES.items()})


@pytest.fixture
def pair() -> tuple[Recording, Recording]:
    return of_shapes(1), of_shapes(2)


def compared(*recordings: Recording) -> Comparison:
    return Comparison(["a", "b", "c", "d"][: len(recordings)], recordings)


def test_a_difference_is_computed_where_it_is_read(pair: tuple[Recording, Recording]) -> None:
    one, other = pair
    found = compared(*pair).difference()
    assert found.quantity == "difference"
    assert found.model_name == "b − a"
    for path in SHAPES:
        expected = np.asarray(other[path].maps) - np.asarray(one[path].maps)
        np.testing.assert_array_equal(found[path].maps, expected)
        np.testing.assert_array_equal(found[path].maps[1, :, 0], expected[1, :, 0])
        assert found[path].statistics.layer_maximum == expected.max()
        assert found[path].summary.mean == pytest.approx(expected.mean(dtype="f8"), abs=1e-6)


def test_a_difference_is_saved_and_opened_as_one(
    pair: tuple[Recording, Recording], tmp_path: Path
) -> None:
    found = compared(*pair).difference()
    found.save(tmp_path / "difference.zarr")
    again = Recording.load(tmp_path / "difference.zarr")
    assert again.quantity == "difference"
    for path in SHAPES:
        np.testing.assert_array_equal(again[path].maps, found[path].maps)


def test_saved_recordings_are_compared_as_they_lie(
    pair: tuple[Recording, Recording], tmp_path: Path
) -> None:
    loaded = []
    for number, recording in enumerate(pair):
        recording.save(tmp_path / f"{number}.zarr")
        loaded.append(Recording.load(tmp_path / f"{number}.zarr"))
    found, expected = compared(*loaded), compared(*pair)
    for path in SHAPES:
        np.testing.assert_array_equal(found[path].distance, expected[path].distance)
        assert found[path].layer_distance == expected[path].layer_distance


def test_distances_of_channels_and_layers(pair: tuple[Recording, Recording]) -> None:
    one, other = pair
    found = compared(*pair)["conv"]
    a, b = (np.asarray(each["conv"].maps, "f8").reshape(-1, 6) for each in (one, other))
    cosine = (a * b).sum(0) / np.linalg.norm(a, axis=0) / np.linalg.norm(b, axis=0)
    np.testing.assert_allclose(found.distance, 1 - cosine, rtol=1e-9)
    np.testing.assert_allclose(found.difference, np.sqrt(((b - a) ** 2).mean(0)), rtol=1e-9)
    # Of two images CKA would be 1 whatever they are.
    assert np.isnan(found.cka)
    assert found.layer_distance == found.relative_l2


def test_of_several_images_a_layers_distance_is_one_less_cka() -> None:
    found = compared(of_shapes(1, 5), of_shapes(2, 5))["conv"]
    assert found.layer_distance == 1 - found.cka
    assert 0 < found.cka < 1
    same = compared(of_shapes(1, 5), of_shapes(1, 5))["conv"]
    assert same.layer_distance == pytest.approx(0, abs=1e-12)


def test_a_sequences_channels_are_its_columns() -> None:
    maps = np.random.default_rng(0).standard_normal((1, 7, 4, 1)).astype("f4")
    entries = [LayerMaps("gru", "GRU", None, "sequence", each) for each in (maps, -maps)]
    images = np.zeros((1, 0, 0, 1), "f4")
    one, other = (
        Recording([entry], model_name="net", inputs=images, images=images) for entry in entries
    )
    np.testing.assert_allclose(compared(one, other)["gru"].distance, [2] * 4)


def test_layers_are_matched_by_their_paths_in_the_order_in_which_they_run() -> None:
    one = noise(1, first=(1, 2, 2, 1), second=(1, 2, 2, 1), last=(1, 2, 2, 1))
    other = noise(2, first=(1, 2, 2, 1), between=(1, 2, 2, 1), last=(1, 2, 2, 1))
    found = compared(one, other)
    paths = [layer.path for layer in found.matched]
    assert paths == ["input", "first", "between", "second", "last"]
    assert list(found) == ["input", "first", "last"]
    assert found.alone == {"between": ["b"], "second": ["a"]}
    with pytest.raises(KeyError, match="'second' is not in 'b'"):
        found["second"]
    assert "second is not in b" in found.difference().not_shown["second"]


def test_where_shapes_differ_there_is_a_sentence_and_a_cka() -> None:
    one, other = noise(1, conv=(4, 6, 6, 3)), noise(2, conv=(4, 6, 6, 5))
    found = compared(one, other)
    sentence = "conv is 6 × 6 × 3 in a and 6 × 6 × 5 in b: a difference needs the same shape"
    assert found.difference().not_shown["conv"] == sentence
    assert 0 < found["conv"].layer_distance < 1
    with pytest.raises(ValueError, match="cka takes any"):
        _ = found["conv"].distance


def test_another_than_the_last_is_named() -> None:
    recordings = of_shapes(1), of_shapes(2), of_shapes(3)
    found = compared(*recordings)
    assert found["conv"].other is recordings[2]["conv"]
    assert found["conv", "b"].other is recordings[1]["conv"]
    assert found.difference("b").model_name == "b − a"
    with pytest.raises(ValueError, match="name is 'a'"):
        found.difference("a")


def test_two_images_of_a_recording_are_compared_without_copies(
    pair: tuple[Recording, Recording],
) -> None:
    whole = pair[0]
    one, other = (PickedRecording(whole, [number]) for number in (0, 1))
    found = compared(one, other).difference()
    for path in SHAPES:
        maps = np.asarray(whole[path].maps)
        np.testing.assert_array_equal(one[path].maps, maps[:1])
        np.testing.assert_array_equal(one[path].maps[0, :, 1:2], maps[0, :, 1:2])
        np.testing.assert_array_equal(found[path].maps, maps[1:] - maps[:1])
    assert one.thumbnail(0) == whole.thumbnail(0)
    np.testing.assert_array_equal(other.images, whole.images[1:])
    whole.close()
    assert one.closed


BAD: dict[str, Any] = {
    "one": (["a"], 1, ValueError, "takes 2 to 4"),
    "five": (list("abcde"), 5, ValueError, "takes 2 to 4"),
    "names that repeat": (["net", "net"], 2, ValueError, "a name of its own"),
    "no name": (["", "b"], 2, TypeError, "takes a text"),
    "a number as name": ([1, "b"], 2, TypeError, "takes a text"),
}


@pytest.mark.parametrize("case", BAD)
def test_names_that_cannot_be_told_apart_are_refused(case: str) -> None:
    names, count, error, words = BAD[case]
    recordings = [recorded(conv=(3, 3, 2)) for _ in range(count)]
    with pytest.raises(error, match=words):
        Comparison(names, recordings)


def test_what_cannot_be_compared_is_refused() -> None:
    one = recorded(conv=(3, 3, 2))
    with pytest.raises(ValueError, match="the same recording"):
        compared(one, one)
    with pytest.raises(ValueError, match="different numbers of images \\(a: 2, b: 1\\)"):
        compared(one, noise(1, conv=(1, 3, 3, 2)))
    with pytest.raises(ValueError, match="no layer in common"):
        compared(one, recorded(other=(3, 3, 2)))
    closed = recorded(conv=(3, 3, 2))
    closed.close()
    with pytest.raises(RuntimeError, match="'b' is closed"):
        compared(one, closed)
