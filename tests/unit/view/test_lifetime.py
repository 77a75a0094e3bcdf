"""A widget that nobody uses frees what it holds, without being closed."""

from __future__ import annotations

import gc
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import comm
import ipywidgets
import numpy as np
import pytest
import traitlets

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.recording.scratch import ScratchFiles
from actwidget.view.plotly_js import plotly_library


@pytest.fixture(autouse=True)
def _as_if_others_had_gone_before() -> None:
    plotly_library()
    gc.collect()


@pytest.fixture
def in_files(tmp_path: Path) -> Callable[[], Recording]:
    """Make recordings whose maps are in scratch files."""

    def make() -> Recording:
        scratch = ScratchFiles(str(tmp_path))
        names = ("conv", "other")
        maps = {name: scratch.store(np.ones((2, 30, 20, 4), "f4")) for name in names}
        image = np.zeros((2, 9, 9, 3), "f4")
        return Recording(
            [LayerMaps(name, "Conv2D", None, "maps", each) for name, each in maps.items()],
            model_name="net",
            inputs=image,
            images=image,
            source=scratch,
        )

    return make


def known() -> int:
    """How many parts ipywidgets knows of, layouts and styles among them, and how many comms."""
    registry: Any = ipywidgets.widgets.widget._instances
    return len(registry) + len(comm.get_comm_manager().comms)


def mapped(folder: Path) -> int:
    """How many scratch files of a folder are in use."""
    return Path("/proc/self/maps").read_text().count(str(folder))


def _refused(widget: ActivationWidget) -> None:
    with pytest.raises(traitlets.TraitError):
        widget.layer = "none"


USES: dict[str, Callable[[ActivationWidget], object]] = {
    "nothing": lambda w: None,
    "moved": lambda w: setattr(w, "layer", "other"),
    "refused": _refused,
    "sliders": lambda w: (w.layer_slider, w.channel_slider, w.image_slider),
    "figure": lambda w: w.figure(),
    "embedded": lambda w: w.embed(),
    "observed": lambda w: w.observe(lambda change: w.layer, "layer"),
    "linked": lambda w: ipywidgets.link((w, "layer"), (w.layer_slider, "value")),
    "asked": lambda w: w._handle_custom_msg(
        {"id": 1, "kind": "overview", "layer": 1, "image": 0, "input": True}, []
    ),
    "closed": lambda w: w.close(),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists what is mapped")
@pytest.mark.parametrize("use", USES)
def test_those_that_are_dropped_leave_nothing(
    in_files: Callable[[], Recording], tmp_path: Path, use: str
) -> None:
    before = known()
    for _ in range(50 if use == "nothing" else 4):
        widget = ActivationWidget(in_files())
        USES[use](widget)
    assert mapped(tmp_path) or use == "closed"
    del widget
    # A reply that is being made in a thread holds the recording until it is.
    deadline = time.monotonic() + 10
    while mapped(tmp_path):
        assert time.monotonic() < deadline
        gc.collect()
    assert known() == before


def test_it_goes_at_once_and_not_with_the_next_collection(
    in_files: Callable[[], Recording],
) -> None:
    gc.disable()
    try:
        widget = ActivationWidget(in_files())
        widget.layer = "other"
        gone = weakref.ref(widget)
        del widget
        assert gone() is None
    finally:
        gc.enable()


def test_a_recording_outlives_the_widget_that_made_it(
    in_files: Callable[[], Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actwidget.widget.record", lambda *_, **__: in_files())
    recording = ActivationWidget("model", "image").recording
    gc.collect()
    assert not recording.closed
    assert recording["conv"].maps.sum() == 2 * 30 * 20 * 4


def test_one_in_a_box_lives_as_long_as_the_box(in_files: Callable[[], Recording]) -> None:
    box = ipywidgets.VBox([ActivationWidget(in_files())])
    gone = weakref.ref(box.children[0])
    gc.collect()
    assert gone() is not None
    box.close()
    del box
    gc.collect()
    assert gone() is None


def test_ipywidgets_still_finds_it(in_files: Callable[[], Recording]) -> None:
    widget = ActivationWidget(in_files())
    # As when a page is opened anew, and as nbconvert and `embed_minimal_html` do.
    state = ipywidgets.Widget.get_manager_state()["state"]
    assert state[widget.model_id]["state"]["layer"] == "conv"
    message = {"content": {"data": {"method": "update", "state": {"layer": "other"}}}}
    comm.get_comm_manager().comms[widget.model_id].handle_msg(message)
    assert widget.layer == "other"


# While a page shows it


def shown_by(widget: ActivationWidget, page: str, count: int) -> None:
    widget._handle_custom_msg({"kind": "views", "page": page, "count": count}, [])


def displayed(recording: Recording) -> weakref.ref[ActivationWidget]:
    """Display a widget that no variable refers to."""
    widget = ActivationWidget(recording)
    widget._repr_mimebundle_()
    return weakref.ref(widget)


def test_one_that_is_displayed_stays_until_its_last_view_is_gone(
    in_files: Callable[[], Recording],
) -> None:
    widget = displayed(in_files())

    def page(name: str, count: int) -> None:
        found = widget()
        assert found is not None
        shown_by(found, name, count)

    gc.collect()
    page("one", 1)
    page("other", 1)
    page("one", 0)
    # What is not known to show it does not count.
    page("third", 0)
    gc.collect()
    page("one", 1)
    page("one", 0)
    page("other", 0)
    gc.collect()
    assert widget() is None


def test_one_that_somebody_refers_to_stays_without_a_view(
    in_files: Callable[[], Recording],
) -> None:
    widget = ActivationWidget(in_files())
    widget._repr_mimebundle_()
    shown_by(widget, "page", 1)
    shown_by(widget, "page", 0)
    gc.collect()
    widget.layer = "other"
    assert widget.is_open
    # Displayed again it is kept again.
    widget._repr_mimebundle_()
    gone = weakref.ref(widget)
    del widget
    gc.collect()
    kept = gone()
    assert kept is not None
    kept.close()


def test_a_message_of_views_is_not_answered(in_files: Callable[[], Recording]) -> None:
    widget = ActivationWidget(in_files())
    sent: list[object] = []
    widget.send = lambda *message: sent.append(message)
    shown_by(widget, "page", 1)
    assert sent == []
    widget.close()


def test_the_help_says_how_long_it_lives() -> None:
    assert "frees its memory, files and scratch space by itself" in (ActivationWidget.__doc__ or "")
