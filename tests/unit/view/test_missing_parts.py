"""A saved recording of which something is lost: what is left of it can be looked at."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import keras
import pytest
from keras import layers
from recorded import numbers

from actwidget import ActivationWidget, Recording, record
from actwidget.numerics.thumbnail import LOSSLESS_PIXELS

NAMES = ["a", "b", "c"]

SIDE = 200

assert SIDE * SIDE > LOSSLESS_PIXELS


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(2, 3, strides=8, name="conv"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax", name="classes"),
        ]
    )


def without(lost: str, recording: Recording, folder: Path) -> Recording:
    """Save a recording, and open it as an archive that lacks the files of an array."""
    recording.save(folder / "saved")
    file = folder / "saved.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for each in (folder / "saved").rglob("*"):
            name = each.relative_to(folder / "saved")
            if each.is_file() and f"/{lost}/" not in f"/{name.as_posix()}":
                archive.write(each, name)
    return Recording.load(file)


@pytest.mark.parametrize("chosen", [None, ["conv"]], ids=["all layers", "one layer"])
@pytest.mark.parametrize("class_names", [NAMES, None], ids=["named", "unnamed"])
def test_without_the_output_there_is_no_prediction(
    model: keras.Model, chosen: list[str] | None, class_names: list[str] | None, tmp_path: Path
) -> None:
    recording = record(model, numbers(2, SIDE, SIDE, 3), layers=chosen)
    number = len(recording) - 1 + ("classes" not in recording)
    loaded = without(f"maps/{number}", recording, tmp_path)
    with pytest.warns(UserWarning, match=r"There is no prediction.*is missing") as caught:
        widget = ActivationWidget(loaded, class_names=class_names)
    assert caught[0].filename == __file__
    assert widget.predictions == []
    assert "There is no prediction" in widget.hint
    assert widget.get_state()["picture"]["layer"] == 1
    widget.channel = 1
    widget.to_html(tmp_path / "page.html", layers="conv")


@pytest.mark.parametrize("lost", ["images", "thumbnails"])
def test_without_the_images_the_layers_are_shown(
    model: keras.Model, lost: str, tmp_path: Path
) -> None:
    side = SIDE if lost == "thumbnails" else 40
    if lost == "images":
        model = keras.Sequential([keras.Input((side, side, 3)), layers.Conv2D(2, 3, name="conv")])
    loaded = without(lost, record(model, numbers(side, side, 3)), tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        widget = ActivationWidget(loaded)
        picture = widget.get_state()["picture"]
    assert (picture["input"]["height"], picture["input"]["width"]) == (side, side)
    # The page finds no picture in it, and says so.
    assert picture["input"]["data"] == b"missing"
    widget.to_html(tmp_path / "page.html")
    assert "image/png" in widget._repr_mimebundle_()[0]
