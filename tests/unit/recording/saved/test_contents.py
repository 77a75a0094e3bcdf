"""What a saved recording holds, and what the widget shows of it."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from replies import reply_to
from saved_recordings import (
    WIDE,
    bits,
    change_description,
    data_folder,
    make_recording,
    picture,
    read_description,
    relu,
)

from actwidget import ActivationWidget, Recording
from actwidget.numerics.statistics import Statistics
from actwidget.recording.layer import LayerMaps


def test_every_value_comes_back_bit_for_bit(live: Recording, loaded: Recording) -> None:
    assert list(loaded) == list(live)
    for path, entry in live.items():
        np.testing.assert_array_equal(bits(loaded[path].maps), bits(entry.maps))
    np.testing.assert_array_equal(bits(loaded.inputs), bits(live.inputs))
    np.testing.assert_array_equal(bits(loaded["input"].maps), bits(live.inputs))
    np.testing.assert_array_equal(loaded.images, live.images)
    assert loaded.images.dtype == np.uint8


def test_the_description_comes_back(live: Recording, loaded: Recording) -> None:
    for path, entry in live.items():
        for field in fields(LayerMaps):
            if field.name != "maps":
                assert getattr(loaded[path], field.name) == getattr(entry, field.name)
    assert loaded.model_name == "net"
    assert loaded.not_shown == {"spare": "did not run"}
    assert loaded.versions == live.versions
    assert {"actwidget", "keras", "numpy"} <= loaded.versions.keys()


def test_statistics_come_back_without_reading_the_maps(
    live: Recording, loaded: Recording, path: Path
) -> None:
    shutil.rmtree(data_folder(path) / "maps")
    for name, entry in live.items():
        for field in fields(Statistics):
            np.testing.assert_array_equal(
                getattr(loaded[name].statistics, field.name),
                getattr(entry.statistics, field.name),
            )
            assert type(getattr(loaded[name].statistics, field.name)) is type(
                getattr(entry.statistics, field.name)
            )
        assert loaded[name].statistics.finite.dtype == np.int64
        assert loaded[name].all_finite == entry.all_finite
        assert loaded[name].summary == entry.summary
    assert loaded.first_non_finite() == "nested/conv#2(1)"


def test_statistics_of_other_names_than_saved_are_computed(live: Recording, path: Path) -> None:
    live.save(path)
    description = read_description(path)
    for each in description["maps"]:
        each["statistics"]["layer_median"] = 0
    change_description(path, maps=description["maps"])
    with_more = Recording.load(path)
    np.testing.assert_array_equal(with_more["conv1"].statistics.mean, live["conv1"].statistics.mean)


def test_a_loaded_recording_can_be_saved_again(loaded: Recording, tmp_path: Path) -> None:
    loaded.versions["keras"] = "2.0"
    loaded.save(tmp_path / "again.zarr")
    again = Recording.load(tmp_path / "again.zarr")
    for path in loaded:
        np.testing.assert_array_equal(bits(again[path].maps), bits(loaded[path].maps))
    assert again.versions["keras"] == "2.0"


def test_what_the_model_received_keeps_its_name(live: Recording, path: Path) -> None:
    received = LayerMaps("input:left", "Input", None, "units", live.inputs)
    make_recording(inputs=received.maps, input=received).save(path)
    loaded = Recording.load(path)
    assert loaded.input.path == "input:left"
    assert loaded.input.kind == "units"
    assert loaded["input:left"].maps is loaded.inputs


def test_maps_that_two_entries_share_are_saved_once(path: Path) -> None:
    maps = relu((1, 8, 8, 4))
    entries = [LayerMaps(name, "ReLU", None, "maps", maps) for name in "ab"]
    make_recording(entries=entries, inputs=maps, images=maps).save(path)
    assert len(list(data_folder(path).glob("maps/*/c.*"))) == 1
    np.testing.assert_array_equal(Recording.load(path)["b"].maps, maps)


def test_a_model_that_takes_no_image_is_saved(path: Path) -> None:
    make_recording(images=np.zeros((2, 0, 0, 1), "i8")).save(path)
    loaded = Recording.load(path)
    assert (len(loaded.images), loaded.images.size) == (2, 0)
    assert np.asarray(loaded.images).shape == (2, 0, 0, 1)


def test_fields_that_a_newer_version_adds_are_ignored(live: Recording, path: Path) -> None:
    live.save(path)
    description = read_description(path)
    for entry in description["entries"]:
        entry["mood"] = ["fine"]
    change_description(path, entries=description["entries"], weather="fair")
    assert Recording.load(path)["conv1"].layer_type == "Conv2D"


def test_the_widget_shows_the_same(live: Recording, loaded: Recording) -> None:
    for layer in live:
        for options in ({}, {"image_index": 1}, {"columns": "square"}):
            assert picture(loaded, layer=layer, **options) == picture(live, layer=layer, **options)


def test_the_widget_answers_the_same(live: Recording, loaded: Recording) -> None:
    answers: list[list[Any]] = []
    for recording in (live, loaded):
        widget = ActivationWidget(recording, class_names=list("abcde"), layer=WIDE)
        layer = widget.choices.paths.index(WIDE)
        patches = [[2, 0, 0, 400, 391], [0, 5, 5, 9, 9]]
        said: list[Any] = []
        for question in (
            {"kind": "detail", "image": 1, "block": 1, "patches": patches},
            {"kind": "value", "image": 1, "channel": 1, "row": 7, "column": 8, "block": 2},
            {"kind": "clipped", "normalization": 0, "limits": [0.0, 1.0]},
        ):
            content, buffers = reply_to(widget, question | {"layer": layer})
            said.append((content, list(map(gzip.decompress, buffers))))
        widget.sort = "strongest"
        said += [widget.figure().to_json(), widget.predictions, widget.layers]
        widget.channel = 2
        said += [widget.figure().to_json()]
        widget.close()
        answers.append(said)
    assert answers[0] == answers[1]
    assert [message[0]["kind"] for message in answers[0][:3]] == ["detail", "value", "clipped"]
    assert repr(loaded.health()) == repr(live.health())


def test_a_large_image_is_shown_without_being_read(path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 600, 500, 3), "u1")
    live = make_recording(images=images)
    live.save(path)
    loaded = Recording.load(path)
    shutil.rmtree(data_folder(path) / "images")
    for image in (0, 1):
        shown = picture(loaded, image_index=image)["input"]
        assert shown == picture(live, image_index=image)["input"]
