"""Saving surveys, and what of a saved one is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_server import serving
from image_files import write_image
from mutations import mutations, replaced
from traitlets import TraitError

import actwidget
from actwidget import ActivationWidget, Recording, Survey
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes
from actwidget.surveys.channel_record import read_record, write_record


@pytest.fixture(scope="module")
def survey() -> Survey:
    images, labels = draw_shapes(120, seed=2)
    return actwidget.survey(
        shapes_cnn.model(), images, labels, class_names=shapes_cnn.CLASS_NAMES, layers="all"
    )


@pytest.fixture(scope="module")
def saved(survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "survey.zarr"
    survey.save(path)
    return path


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "copy.zarr"))


def check_same(one: Survey, other: Survey) -> None:
    assert repr(one) == repr(other)
    assert one._repr_html_() == other._repr_html_()
    assert list(one) == list(other)
    for name in ("model_name", "images", "statistics", "class_names", "classes", "unreadable"):
        assert getattr(one, name) == getattr(other, name)
    assert (one.not_shown, one.note) == (other.not_shown, other.note)
    for path, layer in one.items():
        twin = other[path]
        assert layer.layer == twin.layer
        for name, array in vars(layer.statistics).items():
            np.testing.assert_array_equal(array, getattr(twin.statistics, name))
        np.testing.assert_array_equal(layer.quantile([0.1, 0.5]), twin.quantile([0.1, 0.5]))
        np.testing.assert_array_equal(layer.dead, twin.dead)
        np.testing.assert_allclose(layer.class_mean, twin.class_mean, rtol=1e-6)
        np.testing.assert_array_equal(layer.class_selectivity, twin.class_selectivity)
        assert layer.preferred_class == twin.preferred_class
        for channel in range(layer.channels):
            mine, theirs = layer.top(channel), twin.top(channel)
            for name in ("images", "values", "places"):
                np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))
            for name in ("names", "boxes", "labels", "strip", "strip_width"):
                assert getattr(mine, name) == getattr(theirs, name)


def test_a_loaded_survey_is_the_same(survey: Survey, saved: Path) -> None:
    check_same(survey, Survey.load(saved))


def test_a_loaded_survey_is_saved_again(survey: Survey, saved: Path, tmp_path: Path) -> None:
    Survey.load(saved).save(tmp_path / "again.zarr")
    again = Survey.load(tmp_path / "again.zarr")
    assert repr(again) == repr(survey)
    assert again["relu4"].top(3).strip == survey["relu4"].top(3).strip


def test_a_zip_archive_is_opened(survey: Survey, saved: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "survey"), "zip", saved)
    check_same(survey, Survey.load(archive))


def test_one_opened_channel_takes_few_requests_and_bytes(saved: Path, survey: Survey) -> None:
    with serving(saved.parent) as fetched:
        loaded = Survey.load(f"{fetched.url}/{saved.name}")
        opened = len(fetched.files), fetched.bytes
        layer = loaded["relu4"]
        assert layer.top(3).strip == survey["relu4"].top(3).strip
        assert layer.statistics.mean.shape == (40,)
        assert len(layer.class_mean) == 5
        requests, size = len(fetched.files) - opened[0], fetched.bytes - opened[1]
    print(f"opening: {opened[0]} requests, {opened[1]:,} bytes; a channel: {requests}, {size:,}")
    assert opened[0] <= 4
    assert requests <= 8
    assert size <= 200_000


def test_a_loaded_survey_gets_its_images_back(saved: Path) -> None:
    loaded, model = Survey.load(saved), shapes_cnn.model()
    images, _ = draw_shapes(120, seed=2)
    first = int(loaded["relu4"].top(3).images[0])
    widget = ActivationWidget(model, images[0], survey=loaded, layer="relu4")
    with pytest.raises(TraitError, match=r"cannot be read again.*attach_images\(images\)"):
        widget.explored = first
    loaded.attach_images(images)
    widget.explored = first
    np.testing.assert_array_equal(widget.shown_variant.recording.images[0], images[first])
    assert widget.layer_maps.maps[..., 3].max() == loaded["relu4"].top(3).values[0]
    widget.close()


def test_other_images_are_refused(tmp_path: Path) -> None:
    for folder in ("there", "moved", "other"):
        for number in range(3):
            name = "abc"[number] if folder != "other" else "abd"[number]
            write_image(tmp_path / folder / f"{name}.png", 90, size=(48, 48), mode="L")
    model = shapes_cnn.model()
    options: dict[str, Any] = {"layers": "relu4", "pictures": False}
    actwidget.survey(model, tmp_path / "there", **options).save(tmp_path / "survey.zarr")
    loaded = Survey.load(tmp_path / "survey.zarr")
    for images, told in (
        (tmp_path / "other", r"image 2 is '.*d\.png', and was '.*c\.png' in this survey"),
        (np.zeros((4, 48, 48, 1), "f4"), "images are 4, and this survey of shapes_cnn is of 3"),
        (iter(np.zeros((3, 48, 48, 1), "f4")), "images is a stream.*give an array, a folder"),
    ):
        with pytest.raises(ValueError, match=told):
            loaded.attach_images(images)
        assert loaded.source is None
    with pytest.raises(ValueError, match="give model=, too"):
        loaded.attach_images(tmp_path / "moved", resize="crop")
    loaded.attach_images(tmp_path / "moved", model=model, resize="crop")
    assert loaded.source is not None
    loaded.close()
    with pytest.raises(RuntimeError, match="is closed"):
        loaded.attach_images(tmp_path / "moved")


def test_loading_needs_no_keras_and_no_tensorflow(saved: Path) -> None:
    code = f"""
        import sys
        sys.modules |= dict.fromkeys(("tensorflow", "keras", "tf_keras", "jax", "torch"))
        from actwidget import Survey
        survey = Survey.load({str(saved)!r})
        print(survey)
        print(len(survey["relu4"].top(3).pictures), survey["relu4"].quantile(0.5)[0])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert "Survey of shapes_cnn: 15 layers, 120 images" in done.stdout
    assert "\n9 " in done.stdout


def test_overwriting(survey: Survey, copy: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="a saved survey: overwrite=True replaces it"):
        survey.save(copy)
    survey.save(copy, overwrite=True)
    check_same(survey, Survey.load(copy))
    (copy / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"notes\.txt"):
        survey.save(copy, overwrite=True)
    assert (copy / "notes.txt").read_text() == "mine"
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_survey_never_replaces_a_recording_nor_the_other_way(
    survey: Survey, copy: Path, tmp_path: Path
) -> None:
    recording = actwidget.record(shapes_cnn.model(), shapes_cnn.images()[:1])
    with pytest.raises(FileExistsError, match="a saved survey that is not a saved recording"):
        recording.save(copy, overwrite=True)
    recording.save(tmp_path / "recording.zarr")
    with pytest.raises(FileExistsError, match="a saved recording that is not a saved survey"):
        survey.save(tmp_path / "recording.zarr", overwrite=True)
    with pytest.raises(ValueError, match=r"no survey: Recording\.load opens recordings"):
        Survey.load(tmp_path / "recording.zarr")
    with pytest.raises(ValueError, match=r"Survey\.load"):
        Recording.load(copy)


def test_a_closed_survey_says_the_way_out(saved: Path) -> None:
    loaded = Survey.load(saved)
    loaded.close()
    loaded.close()
    assert loaded.closed
    assert "closed" in repr(loaded)
    with pytest.raises(RuntimeError, match="load it again"):
        loaded["relu4"].top(3)


# Damage


def description(path: Path) -> Any:
    return json.loads((path / "zarr.json").read_text())


def rewrite(path: Path, group: Any) -> None:
    (path / "zarr.json").write_text(json.dumps(group))


def test_a_newer_format_is_refused(copy: Path) -> None:
    group = description(copy)
    group["attributes"]["actwidget"] |= {"format": 99, "versions": {"actwidget": "7.0"}}
    rewrite(copy, group)
    with pytest.raises(ValueError, match=r"format 99, saved by actwidget 7\.0.*install a newer"):
        Survey.load(copy)


def test_a_copy_that_is_not_complete_is_refused(copy: Path) -> None:
    chunk = next(path for path in copy.rglob("c.*") if path.is_file())
    chunk.unlink()
    with pytest.raises(ValueError, match=r"not complete.*copy it again"):
        Survey.load(copy)


@pytest.mark.parametrize("name", ["table", "records", "histogram", "class_means"])
def test_damaged_arrays_are_told(copy: Path, name: str) -> None:
    folder = description(copy)["attributes"]["actwidget"]["folder"]
    for chunk in (copy / folder / "survey" / name).glob("c.*"):
        data = bytearray(chunk.read_bytes())
        data[len(data) // 2] ^= 0xFF
        chunk.write_bytes(data)
    loaded = Survey.load(copy)
    with pytest.raises(ValueError, match="damaged"):
        use(loaded)


def use(loaded: Survey) -> None:
    """Look at all of a survey."""
    assert repr(loaded).encode("utf-8")
    assert loaded._repr_html_().encode("utf-8")
    for layer in loaded.values():
        assert len(layer.statistics.mean) == layer.channels
        layer.quantile(0.5)
        if loaded.classes:
            assert layer.class_mean.shape == (len(loaded.classes), layer.channels)
            assert len(layer.preferred_class) == layer.channels
        for channel in (0, layer.channels - 1):
            top = layer.top(channel)
            assert repr(top).encode("utf-8", "backslashreplace")
            assert len(top.labels) in (0, len(top))


@pytest.mark.parametrize("thinned", [40, pytest.param(3, marks=pytest.mark.slow)])
def test_fuzzed_descriptions_raise_what_is_documented_or_can_be_used(
    saved: Path, thinned: int
) -> None:
    """One of so many damaged descriptions is tried."""
    original = (saved / "zarr.json").read_text()
    tried = 0
    try:
        group = json.loads(original)
        known = group["attributes"]["actwidget"]
        for place, value in mutations(known)[::thinned]:
            changed = replaced(known, place, value)
            rewrite(saved, {**group, "attributes": {"actwidget": changed}})
            tried += 1
            with suppress(ValueError, OSError, MemoryError):
                loaded = Survey.load(saved)
                try:
                    use(loaded)
                finally:
                    loaded.close()
    finally:
        (saved / "zarr.json").write_text(original)
    print(f"{tried:,} descriptions")
    assert tried > 1500 / thinned


def test_a_record_survives_its_bytes(survey: Survey) -> None:
    top = survey.arrays.top(survey["relu4"].layer.start + 3)
    data = write_record(top)
    again = read_record(data)
    assert write_record(again) == data
    random = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(data[: random.integers(len(data))])
        for _ in range(random.integers(1, 5)):
            if damaged:
                damaged[random.integers(min(len(damaged), 400))] = random.integers(256)
        with suppress(ValueError):
            read_record(bytes(damaged))


def test_nothing_is_written_where_it_cannot_be(survey: Survey, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        survey.save(tmp_path / "nowhere" / "survey.zarr")
    with pytest.raises(ValueError, match="a URL"):
        survey.save("http://127.0.0.1/survey.zarr")
    assert os.listdir(tmp_path) == []
