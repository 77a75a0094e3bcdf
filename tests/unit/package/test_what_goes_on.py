"""Every step that may take long says what goes on, and leaves nothing behind if interrupted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow
from progress_text import every_change
from recordings import recorded

from actwidget import ActivationWidget, Recording, record
from actwidget.examples import shapes_cnn
from actwidget.export.notebook.run import run_cells
from actwidget.recording.map_array import MapArray
from actwidget.utils import progress

Step = Callable[[ActivationWidget, Recording, Path], Any]


def saved(recording: Recording, folder: Path) -> Recording:
    recording.save(folder / "saved.zarr")
    return Recording.load(folder / "saved.zarr")


STEPS: dict[str, tuple[Step, list[str]]] = {
    "save": (
        lambda _, recording, folder: recording.save(folder / "net.zarr"),
        ["net.zarr [", "net.zarr: conv:", "net.zarr: computing the statistics of dense:"],
    ),
    "load": (lambda _, recording, folder: saved(recording, folder), ["opening ", "saved.zarr ["]),
    "read": (
        lambda _, recording, folder: saved(recording, folder)["conv"].maps[0],
        ["reading ", "saved.zarr ["],
    ),
    "xarray": (lambda _, recording, folder: recording.to_xarray(), ["reading the layers: conv:"]),
    "health": (
        lambda _, recording, folder: recording.health(),
        [
            "looking at the layers: conv:",
            "looking at the layers: computing the statistics",
        ],
    ),
    "table": (lambda _, recording, folder: repr(recording), ["looking at the layers: looking at"]),
    "summary": (lambda _, recording, folder: recording["dense"].summary, ["looking at dense ["]),
    "non-finite": (
        lambda _, recording, folder: recording.first_non_finite(),
        ["looking for NaN and infinity: conv:"],
    ),
    "page": (
        lambda widget, _, folder: widget.to_html(folder / "page.html", max_size="1.1 MB"),
        [
            "writing page.html [",
            "looking at the layers: conv:",
            "drawing the pictures: dense:",
            "packing the pictures: conv:",
        ],
    ),
    "fitting": (
        lambda widget, _, folder: widget.embed(max_size="1.9 kB"),
        ["embedding the pictures [", "making the pictures fit: conv ["],
    ),
    "figure": (lambda widget, _, folder: widget.figure(), ["drawing conv ["]),
    "display": (lambda widget, _, folder: widget._repr_mimebundle_(), ["drawing conv ["]),
    "layer": (
        lambda widget, _, folder: setattr(widget, "layer", "dense"),
        ["drawing dense [", "computing the statistics of dense ["],
    ),
    "notebook": (
        lambda _, recording, folder: run_cells(["first = 1", "first"], folder),
        ["running the notebook: first = 1:   0%", "1/2", "cell/s]"],
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_it_says_what_goes_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    step, words = STEPS[name]
    recording = recorded(conv=(9, 9, 4), dense=(1, 1, 5))
    widget = ActivationWidget(recording)
    screen = every_change(monkeypatch)
    step(widget, recording, tmp_path)
    assert [each for each in words if each not in screen.text] == []
    assert screen.states[-2:] == ["", ""]
    widget.close()
    # Within the first second it would have been silent.
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["save", "load"])
def test_what_is_imported_for_it_is_part_of_what_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first import of zarr takes as long as a small recording."""
    saved(recorded(conv=(9, 9, 4)), tmp_path)
    module = f"actwidget.recording.saved.{'writer' if name == 'save' else 'reader'}"
    # Both, so that the one imported now leaves no trace: the package keeps its modules as well.
    monkeypatch.setattr(module, sys.modules[module])
    monkeypatch.delitem(sys.modules, module)
    said = {}

    class Listener:
        def find_spec(self, imported: str, *_: object) -> None:
            bar = getattr(progress._of_thread, "bar", None)
            said[imported] = [each.words for each in bar.running] if bar else []

    monkeypatch.setattr(sys, "meta_path", [Listener(), *sys.meta_path])
    if name == "save":
        recorded(conv=(9, 9, 4)).save(tmp_path / "net.zarr")
    else:
        Recording.load(tmp_path / "saved.zarr")
    assert said[module] != []


def test_a_backward_pass_is_part_of_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, said = every_change(monkeypatch), []
    gradient = tensorflow.GradientTape.gradient

    def listened(*arguments: Any, **options: Any) -> Any:
        said.append([each.words for each in progress._of_thread.bar.running])
        return gradient(*arguments, **options)

    monkeypatch.setattr(tensorflow.GradientTape, "gradient", listened)
    record(shapes_cnn.model(), shapes_cnn.images()[:1]).gradients("top")
    assert said == [["computing gradients"]]
    assert "computing gradients: conv2:" in screen.text
    assert screen.states[-2:] == ["", ""]


@pytest.mark.parametrize("name", ["save", "page", "fitting", "figure", "layer", "health"])
def test_an_interrupt_leaves_nothing_behind_and_loses_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = recorded(conv=(9, 9, 4), dense=(1, 1, 5))
    widget, step = ActivationWidget(recording), STEPS[name][0]
    screen = every_change(monkeypatch)

    def interrupted(*_: object) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MapArray, "block_extremes", interrupted)
        patched.setattr(MapArray, "statistics_incrementally", interrupted)
        with pytest.raises(KeyboardInterrupt):
            step(widget, recording, tmp_path)
    assert screen.states[-2:] == ["", ""]
    assert list(tmp_path.iterdir()) == []
    assert widget.layer == "conv"
    step(widget, recording, tmp_path)
    assert np.isfinite(recording["conv"].maps).all()
    widget.close()
