"""What pages and notebooks without a kernel keep of a survey."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recordings import Make, of_maps, recorded
from surveys import survey_of

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import CLASS_NAMES, draw_shapes
from actwidget.export.page_state import archive_builder, page_state
from actwidget.protocol.archive import shrink_to_fit
from actwidget.surveys.survey import Survey

IMAGES, LABELS = draw_shapes(30, seed=5)
PATHS = ["relu1", "relu2", "relu3", "relu4"]
ROOM = 10_000_000


@pytest.fixture(scope="module")
def survey() -> Survey:
    recording = record(shapes_cnn.untrained_model(), IMAGES)
    return survey_of(recording, LABELS.tolist(), CLASS_NAMES, paths=PATHS)


@pytest.fixture
def widget(make: Make, survey: Survey) -> ActivationWidget:
    return make(shapes_cnn.untrained_model(), shapes_cnn.images()[0], survey=survey)


def kept(widget: ActivationWidget, **options: Any) -> tuple[dict[str, Any], bytes]:
    """The state of a page and the bytes of its archive."""
    numbers, builder = archive_builder(
        widget, layers=None, precision="approximate", **{"limit": ROOM} | options
    )
    shrink_to_fit([builder], options.get("limit", ROOM))
    state = page_state(widget, numbers, builder.archive(), library="")
    return state, state["archive"]["data"]


def with_images(state: dict[str, Any]) -> list[str]:
    return [state["layers"][number]["path"] for number in state["surveyed"]["layers"]]


def test_small_ones_are_kept_without_being_asked_for(
    widget: ActivationWidget, survey: Survey
) -> None:
    state, data = kept(widget)
    assert with_images(state) == PATHS
    assert state["surveyed"]["facts"] == state["surveyed"]["layers"]
    index = state["archive"]["index"]["survey"]
    number = widget.choices.paths.index("relu3")
    (start, length), strips = index["tops"][number]
    found = json.loads(gzip.decompress(data[start : start + length]))
    top = survey["relu3"].top(8)
    assert found[8]["images"] == top.images.tolist()
    start, length = strips[8]
    assert data[start : start + length] == top.strip
    start, length = index["facts"][number]
    facts = json.loads(gzip.decompress(data[start : start + length]))
    assert facts["active"] == survey["relu3"].statistics.active.tolist()


def test_large_ones_are_kept_only_if_they_are_asked_for(widget: ActivationWidget) -> None:
    assert with_images(kept(widget, limit=60_000)[0]) == []
    state, _ = kept(widget, limit=60_000, top_images="relu4")
    assert with_images(state) == ["relu4"]
    assert len(state["surveyed"]["facts"]) == 4


def test_what_nobody_asked_for_goes_where_there_is_no_room(make: Make) -> None:
    several = of_maps(conv=np.random.default_rng(0).random((2, 3, 3, 40)).astype("f4"))
    widget = make(several, survey=survey_of(several))
    _, builder = archive_builder(widget, layers=None, precision="exact", limit=10**6)
    assert builder.survey is not None
    assert builder.survey.images_size > 0
    shrink_to_fit([builder], 1000)
    assert builder.survey.images_size == 0


@pytest.mark.parametrize(
    ("top_images", "paths"),
    [
        (True, PATHS),
        (False, []),
        ("relu[12]", ["relu1", "relu2"]),
        (["relu4", "relu1"], ["relu1", "relu4"]),
        ([], []),
    ],
)
def test_layers_are_chosen_by_paths_and_patterns(
    widget: ActivationWidget, top_images: Any, paths: list[str]
) -> None:
    assert with_images(kept(widget, top_images=top_images)[0]) == paths


@pytest.mark.parametrize(
    ("top_images", "error", "told"),
    [
        ("conv9", ValueError, "a name in top_images"),
        (3, TypeError, "top_images is 3; it takes a layer's path"),
        ([3], TypeError, r"top_images is \[3\]"),
    ],
)
def test_what_names_no_layer_is_refused(
    widget: ActivationWidget, top_images: Any, error: type[Exception], told: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=told):
        widget.to_html(tmp_path / "page.html", top_images=top_images)
    with pytest.raises(error, match=told):
        widget.embed(top_images=top_images)


def test_without_a_survey_there_is_nothing_to_keep(make: Make, tmp_path: Path) -> None:
    alone = make(of_maps(conv=np.zeros((1, 6, 6, 5), "f4")))
    with pytest.raises(ValueError, match="top_images is 'conv', but there is no survey"):
        alone.to_html(tmp_path / "page.html", top_images="conv")
    assert kept(alone)[0]["surveyed"] == {}


def test_a_recordings_own_images_are_kept_once(make: Make) -> None:
    """Their pictures are cut out of the images that the page has."""
    own = make(recorded(conv=(6, 6, 5), more=(4, 4, 2)))
    state, _ = kept(own)
    assert with_images(state) == ["conv", "more"]
    assert state["archive"]["index"]["survey"]["tops"][1][1] == []
    assert state["archive"]["index"]["survey"]["size"] == [8, 9]


def test_a_page_shows_the_recording_whatever_is_explored(widget: ActivationWidget) -> None:
    widget.explored = 3
    assert kept(widget)[0]["explored"] is None


def test_they_are_embedded_in_a_notebook(widget: ActivationWidget) -> None:
    widget.embed(top_images="relu3")
    number = widget.choices.paths.index("relu3")
    tops = widget.archive["index"]["survey"]["tops"]
    assert [place for place, top in enumerate(tops) if top] == [number]
