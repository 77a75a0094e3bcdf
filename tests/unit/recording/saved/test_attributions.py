"""What explains the likeliest classes is saved with a recording, and read when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved_recordings import change_description, read_description

from actwidget import ActivationWidget, Recording, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import CLASS_NAMES
from actwidget.protocol.archived_attributions import ArchivedAttributions


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return record(shapes_cnn.model(), shapes_cnn.images()[:2])


@pytest.fixture
def folder(recorded: Recording, tmp_path: Path) -> Path:
    path = tmp_path / "saved.zarr"
    recorded.save(path)
    return path


def test_they_are_what_was_computed(recorded: Recording, folder: Path) -> None:
    computed, loaded = recorded.attributions(), Recording.load(folder)
    assert loaded.keeps_attributions
    kept = loaded.attributions()
    assert kept.classes.tolist() == computed.classes.tolist()
    assert kept.names == computed.names
    np.testing.assert_allclose(kept.values, computed.values, rtol=1e-5)
    assert set(kept.importance) == set(computed.importance)
    for path, values in computed.importance.items():
        np.testing.assert_allclose(kept.importance[path], values, rtol=1 / 256, atol=1e-6)
    assert set(kept.grad_cam) == {"conv1", "conv2", "conv3", "conv4"}
    pairs = [(kept.grad_cam[path], values) for path, values in computed.grad_cam.items()]
    assert kept.saliency is not None
    assert computed.saliency is not None
    for found, values in [*pairs, (kept.saliency, computed.saliency)]:
        ends = values.max(axis=(2, 3), keepdims=True)
        assert (np.abs(found - values) <= ends / 39 + 1e-6).all()
    assert kept.windows == computed.windows
    assert kept.reasons == computed.reasons


def test_each_class_is_explained_as_by_itself(recorded: Recording) -> None:
    kept = recorded.attributions()
    for image, rank in ((0, 0), (1, 3)):
        gradients = recorded.gradients(int(kept.classes[image, rank]))
        expected = gradients.importance("conv3")[image]
        np.testing.assert_allclose(kept.importance["conv3"][image, rank], expected, rtol=1e-5)
        expected = gradients.grad_cam("conv2")[image]
        np.testing.assert_allclose(
            kept.grad_cam["conv2"][image, rank], expected, rtol=1e-4, atol=1e-6
        )


def test_a_widget_explains_them_without_the_model(folder: Path) -> None:
    widget = ActivationWidget(Recording.load(folder), class_names=CLASS_NAMES, layer="conv3")
    assert widget.keeps_why
    assert not widget.has_model
    widget.target, widget.sort = "square", "importance"
    kept = widget.recording.attributions()
    rank = kept.classes[0].tolist().index(1)
    order = np.argsort(-np.abs(kept.importance["conv3"][0, rank]), kind="stable")
    figure = widget.figure()
    numbers = [note.text for note in figure.layout.annotations if note.text.isdigit()]
    assert [int(each) for each in numbers[:3]] == order[:3].tolist()
    assert "effect on the logit of square" in " ".join(figure.layout.title.text.split("<br>"))


def test_without_classes_nothing_is_saved(tmp_path: Path) -> None:
    import keras

    inputs = keras.Input((8, 8, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(2, 3)(inputs))
    record(model, np.ones((8, 8, 3), np.float32)).save(tmp_path / "maps.zarr")
    loaded = Recording.load(tmp_path / "maps.zarr")
    assert not loaded.keeps_attributions
    with pytest.raises(ValueError, match="has no classes"):
        loaded.attributions()


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a class in words": lambda known: known["classes"][0].__setitem__(0, "cat"),
    "a row too few": lambda known: known["values"].pop(),
    "a map of no size": lambda known: known["grad_cam"]["conv1"].__setitem__(0, 0),
    "more than there is memory for": lambda known: known["grad_cam"]["conv1"].__setitem__(
        0, 1 << 38
    ),
    "channels in words": lambda known: known["importance"].__setitem__("conv1", "16"),
    "half a window": lambda known: known["windows"].__setitem__("conv1", [[1, 2, 3, 4]]),
    "no saliency": lambda known: known.pop("saliency"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_description_that_is_damaged_is_refused(folder: Path, change: str) -> None:
    known = read_description(folder)["attributions"]
    CHANGES[change](known)
    change_description(folder, attributions=known)
    with pytest.raises(ValueError, match="description is damaged"):
        Recording.load(folder)


def test_an_array_that_is_lost_is_told_when_it_is_read(folder: Path) -> None:
    attributes: dict[str, Any] = json.loads((folder / "zarr.json").read_text())
    arrays = attributes["attributes"]["actwidget"]["folder"]
    loaded = Recording.load(folder)
    for part in (folder / arrays / "attributions" / "heatmaps").glob("c*"):
        part.unlink()
    with pytest.raises((ValueError, OSError), match="heatmaps"):
        loaded.attributions()


@pytest.mark.parametrize(("images", "classes"), [(2, 5), (8, 5), (9, 4), (12, 3)])
def test_a_page_keeps_fewer_classes_of_many_images(images: int, classes: int) -> None:
    recording = record(shapes_cnn.model(), shapes_cnn.images()[:images])
    layers = [recording[path] for path in recording]
    kept = ArchivedAttributions(recording.attributions(), layers, classes=5)
    index = kept.index(lambda data: (0, len(data)))
    assert np.shape(index["classes"]) == (images, classes)
