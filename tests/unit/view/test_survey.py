"""A survey in the widget: what goes with it, its orders, and the images that are explored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from recordings import Make, of_maps, recorded
from replies import reply_to
from surveys import survey_of
from traitlets import TraitError

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import CLASS_NAMES, draw_shapes
from actwidget.export.view_snapshot import snapshot_of
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey

IMAGES, LABELS = draw_shapes(40, seed=5)


@pytest.fixture(scope="module")
def surveyed() -> Recording:
    """The data set, recorded: what the survey is of."""
    return record(shapes_cnn.untrained_model(), IMAGES)


@pytest.fixture(scope="module")
def survey(surveyed: Recording) -> Survey:
    return survey_of(surveyed, LABELS.tolist(), CLASS_NAMES)


@pytest.fixture(scope="module")
def shown() -> Recording:
    return record(shapes_cnn.untrained_model(), shapes_cnn.images()[:2])


@pytest.fixture
def widget(make: Make, shown: Recording, survey: Survey) -> ActivationWidget:
    return make(shown, survey=survey, class_names=CLASS_NAMES, layer="relu3")


# What goes together


def test_the_page_is_told_of_the_survey(widget: ActivationWidget, survey: Survey) -> None:
    assert widget.survey is survey
    assert {**widget.surveyed, "layers": ...} == {
        "images": 40,
        "own": False,
        "classes": True,
        "layers": ...,
    }
    assert [widget.layers[n]["path"] for n in widget.surveyed["layers"]] == list(survey)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"conv": (6, 6, 4)}, r"conv has 4 channels in the survey and 5 here"),
        (
            {"elsewhere": (6, 6, 5)},
            r"net has no layer of net\. It has elsewhere, and here",
        ),
    ],
)
def test_a_survey_of_another_model_is_refused(make: Make, other: Any, told: str) -> None:
    with pytest.raises(ValueError, match=f"survey is of another model.*{told}"):
        make(recorded(conv=(6, 6, 5)), survey=survey_of(recorded(other)))


def test_layers_that_only_one_has_are_fine(make: Make) -> None:
    other = survey_of(recorded(conv=(6, 6, 5), more=(3, 3, 2)))
    widget = make(recorded(conv=(6, 6, 5), rest=(2, 2, 2)), survey=other, layer="rest")
    assert [widget.layers[n]["path"] for n in widget.surveyed["layers"]] == ["conv"]
    widget.channel = 1
    assert widget.get_state("top_images") == {"top_images": {}}


def test_a_closed_survey_is_refused(make: Make) -> None:
    closed = survey_of(recorded(conv=(6, 6, 5)))
    closed.close()
    with pytest.raises(RuntimeError, match="survey is closed: that of net"):
        make(recorded(conv=(6, 6, 5)), survey=closed)


def test_what_is_no_survey_is_refused(make: Make) -> None:
    with pytest.raises(TypeError, match=r"survey is 'x'; it takes what actwidget\.survey"):
        make(recorded(conv=(6, 6, 5)), survey="x")


def test_a_recording_of_several_images_is_its_own_data_set(make: Make) -> None:
    own = make(recorded(conv=(6, 6, 5)))
    assert own.survey is None
    assert own.surveyed == {"images": 2, "own": True, "classes": False, "layers": [1]}
    alone = make(of_maps(conv=np.zeros((1, 6, 6, 5), "f4")))
    assert alone.surveyed == {}


# The open channel


def test_the_open_channels_images_are_part_of_the_state(
    widget: ActivationWidget, surveyed: Recording
) -> None:
    assert widget.get_state("top_images")["top_images"] == {}
    widget.channel = 6
    state = widget.get_state("top_images")["top_images"]
    strongest = surveyed["relu3"].maps[..., 6].max(axis=(1, 2))
    order = np.argsort(-strongest, kind="stable")[:9]
    assert (state["layer"], state["channel"]) == (widget.layer_index, 6)
    assert state["top"]["images"] == order.tolist()
    np.testing.assert_allclose(state["top"]["values"], strongest[order], rtol=1e-4)
    assert state["top"]["labels"] == [CLASS_NAMES[LABELS[n]] for n in order]
    assert state["data"][:3] == b"\xff\xd8\xff"


# Orders


def test_tiles_are_sorted_by_what_the_survey_found(
    widget: ActivationWidget, survey: Survey
) -> None:
    for sort, sizes in (
        ("activity", survey["relu3"].active_share),
        ("selectivity", survey["relu3"].class_selectivity),
    ):
        widget.sort = sort
        assert snapshot_of(widget).order == list(np.argsort(-sizes, kind="stable"))


def test_those_that_are_dead_on_all_images_can_be_shown_alone(
    make: Make, shown: Recording, survey: Survey
) -> None:
    widget = make(shown, survey=survey, layer="relu4", dead_only=True)
    dead = np.flatnonzero(survey["relu4"].dead)
    assert len(dead) > 0
    assert snapshot_of(widget).order == dead.tolist()
    widget.alive_only = True
    assert not widget.dead_only
    widget.dead_only = True
    assert not widget.alive_only
    widget.layer = "conv1"
    assert not survey["conv1"].dead.any()
    assert snapshot_of(widget).order == list(range(16))


def test_without_a_survey_there_are_no_such_orders(make: Make) -> None:
    widget = make(of_maps(conv=np.zeros((1, 6, 6, 5), "f4")))
    for name, value in (("sort", "activity"), ("sort", "selectivity"), ("dead_only", True)):
        with pytest.raises(TraitError, match=r"but there is no survey: give one with"):
            setattr(widget, name, value)
    with pytest.raises(TraitError, match="there is no survey"):
        make(of_maps(conv=np.zeros((1, 6, 6, 5), "f4")), sort="selectivity")
    assert (widget.sort, widget.dead_only) == ("number", False)


def test_selectivity_needs_classes(make: Make) -> None:
    widget = make(recorded(conv=(6, 6, 5)), survey=survey_of(recorded(conv=(6, 6, 5))))
    with pytest.raises(TraitError, match="the survey has no classes"):
        widget.sort = "selectivity"
    widget.sort = "activity"


def test_dead_only_is_true_or_false(make: Make) -> None:
    with pytest.raises(TraitError, match="dead_only is 'yes'; it takes True or False"):
        make(recorded(conv=(6, 6, 5)), dead_only="yes")


# Images that are explored


def test_an_explored_image_takes_the_recordings_place(
    widget: ActivationWidget, surveyed: Recording
) -> None:
    widget.image_index = 1
    widget.explored = 17
    np.testing.assert_allclose(
        widget.layer_maps.maps, surveyed["relu3"].maps[17:18], rtol=1e-4, atol=1e-5
    )
    message = widget.overview(widget.view_state, with_input=True)
    assert (message["variant"], message["image"]) == ('["survey",17]', 0)
    likeliest = int(np.argmax(surveyed["softmax"].maps[17]))
    assert message["answers"][0][0] == CLASS_NAMES[likeliest]
    title = widget.figure().layout.title.text
    assert "image 17 of the survey" in title
    assert "image 0" not in title
    widget.explored = None
    assert widget.layer_maps is widget.recording["relu3"]
    assert widget.image_index == 1


def test_its_colours_are_its_own(widget: ActivationWidget) -> None:
    before = widget.limits
    widget.explored = 17
    assert widget.limits == widget.own_limits != before
    widget.explored = None
    assert widget.limits == before


def test_it_is_recorded_once_for_all_layers(
    widget: ActivationWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = widget.shown.survey
    count, record_one = 0, slot.record

    def counted(image: np.ndarray) -> Recording:
        nonlocal count
        count += 1
        assert record_one is not None
        return record_one(image)

    monkeypatch.setattr(slot, "record", counted)
    widget.explored = 3
    widget.layer = "conv1"
    widget.channel = 2
    assert count == 1


def test_to_explain_something_ends_exploring_and_the_other_way_round(
    widget: ActivationWidget,
) -> None:
    widget.explored = 3
    widget.target = "square"
    assert widget.view_state.explored is None
    widget.show, widget.sort = "gradient", "importance"
    widget.explored = 3
    state = widget.view_state
    assert (state.target, state.show, state.sort) == (None, "activation", "number")


@pytest.mark.parametrize(
    ("value", "told"), [(-1, "explored is -1; it takes the number"), (True, "explored is True")]
)
def test_what_is_no_image_is_refused(widget: ActivationWidget, value: Any, told: str) -> None:
    with pytest.raises(TraitError, match=told):
        widget.explored = value
    assert widget.explored is None


def test_without_the_model_or_the_images_none_can_be_explored(
    make: Make, shown: Recording, surveyed: Recording
) -> None:
    unreadable = make(shown, survey=survey_of(surveyed, readable=False))
    with pytest.raises(TraitError, match=r"cannot be read again.*attach_images\(images\)"):
        unreadable.explored = 3
    loaded = make(recorded(conv=(6, 6, 5)), survey=survey_of(recorded(conv=(6, 6, 5))))
    with pytest.raises(TraitError, match=r"it needs the model.*give it with attach"):
        loaded.explored = 1
    with pytest.raises(TraitError, match="image_index chooses among the recording's images"):
        make(recorded(conv=(6, 6, 5))).explored = 1


def test_an_image_that_is_gone_leaves_everything_as_it_was(
    make: Make, shown: Recording, surveyed: Recording
) -> None:
    widget = make(shown, survey=survey_of(surveyed, unreadable=[3]), layer="relu3")
    with pytest.raises(FileNotFoundError, match=r"image-3\.png is not there any more"):
        widget.explored = 3
    assert widget.explored is None
    content, _ = reply_to(widget, {"kind": "survey-image", "image": 3})
    assert content["kind"] == "error"
    assert "image-3.png is not there any more" in content["message"]


def test_a_page_asks_for_the_picture_of_an_image(
    widget: ActivationWidget, surveyed: Recording
) -> None:
    request = {"kind": "overview", "layer": widget.layer_index, "image": 0, "slice": 0}
    content, _ = reply_to(widget, {**request, "input": True, "variant": '["survey",5]'})
    assert content["variant"] == '["survey",5]'
    assert content["maximum"] == pytest.approx(surveyed["relu3"].maps[5].max(), rel=1e-4)
