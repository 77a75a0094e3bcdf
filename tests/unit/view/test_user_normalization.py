"""A mode of the user's own: the documented example works, and a wrong one is named."""

from __future__ import annotations

import dataclasses
import doctest
import gc
import json
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from recordings import Make, of_maps, recorded
from replies import reply_to

import actwidget
from actwidget import ActivationWidget, Affine, Normalization
from actwidget.examples import shapes_cnn
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import BLUE_WHITE_RED, VIRIDIS
from actwidget.numerics.statistics import Statistics
from actwidget.recording.recording import Recording

NAMES = [normalization.name for normalization in NORMALIZATIONS]

GOOD = Affine(np.ones(1), np.zeros(1), (0, 1), VIRIDIS, "mine")


def mine(name: str = "mine", **changes: Any) -> Normalization:
    """A mode whose affine has what is given in place of what is right."""

    def affine(statistics: Statistics) -> Affine:
        scale = np.ones_like(statistics.mean)
        return dataclasses.replace(GOOD, **({"scale": scale, "offset": 0 * scale} | changes))

    return Normalization(name, affine)


def test_what_a_mode_is_made_of_is_public() -> None:
    assert {"Normalization", "Affine"} <= set(actwidget.__all__)


# The documented example


@pytest.fixture
def example() -> dict[str, Any]:
    """What the example in the docstring defines; it is run as it stands elsewhere."""
    names: dict[str, Any] = {}
    *made, shown = doctest.DocTestParser().get_examples(Normalization.__doc__ or "")
    for each in made:
        exec(each.source, names)
    assert 'normalizations=[Normalization("log", log)]' in shown.source
    names["found"] = [Normalization("log", names["log"])]
    return names


def test_the_documented_example_shows_shares_on_logarithmic_colours(
    make: Make, example: dict[str, Any]
) -> None:
    image = shapes_cnn.images()[0]
    widget = make(shapes_cnn.model(), image, normalizations=example["found"], layer="relu1")
    assert list(widget.normalization_slider.options) == [*NAMES, "log"]
    widget.normalization = "log"
    for layer in widget.choices.paths:
        widget.layer = layer
        assert widget.normalization == "log"
        if widget.recording[layer].is_image:
            # It is shown as it is.
            continue
        assert widget.limits == (0, 1)
        (trace,) = widget.figure().data
        if layer == widget.choices.paths[-1]:
            # A last softmax is bars of its own numbers.
            assert trace.type == "bar"
            continue
        largest = widget.recording[layer].statistics.layer_largest
        assert np.nanmax(np.abs(np.asarray(trace.z))) == pytest.approx(1 if largest else 0)
        colours = dict(trace.colorscale)
        assert colours[0] == "#000000"
        assert [colours[share] for share in (0.001, 1)] == [VIRIDIS[0][1], VIRIDIS[-1][1]]


def test_the_documented_example_can_be_sent(make: Make, example: dict[str, Any]) -> None:
    widget = make(recorded(conv=(6, 6, 4)), normalizations=example["found"])
    assert widget.normalizations == [*NAMES, "log"]
    message = widget.shown.overview(1, 0, 0, with_input=False)
    del message["data"]
    told = json.loads(json.dumps(message, allow_nan=False))["normalizations"][5]
    assert told["limits"] == [0, 1]
    assert len(told["colours"]) == 12
    assert told["title"] == "share of the largest · log colours"


# Modes that are right


def test_a_mode_is_chosen_in_every_way(make: Make) -> None:
    recording = recorded(conv=(6, 6, 4))
    widget = make(recording, normalizations=[mine("a"), mine("b")], normalization="b")
    assert widget.view_state.normalization == "b"
    widget.normalization = "a"
    assert widget.normalization_slider.index == 5
    widget.normalization_slider.index = 6
    assert widget.normalization == "b"
    widget.set_state({"normalization": "a"})
    assert widget.normalization == "a"


def test_a_mode_is_one_widgets_own(make: Make) -> None:
    recording = recorded(conv=(6, 6, 4))
    make(recording, normalizations=[mine()])
    other = make(recording)
    assert list(other.normalization_slider.options) == NAMES


@pytest.mark.parametrize(
    "changes",
    [
        {"scale": [2, 2, 2, 2]},
        {"offset": (1, 2, 3, 4)},
        {"scale": np.array([1, 2, 3, 4])},
        {"limits": [0, 1]},
        {"limits": np.array([0, 1])},
        {"limits": (np.float32(0), np.float32(1))},
        {"colours": [[0, "#000000"], [1, "#FFFFFF"]]},
        {"colours": [(np.float32(0), "#000000"), (np.int64(1), "#FFFFFF")]},
        {"colours": BLUE_WHITE_RED, "diverging": True, "limits": (-1, 3)},
        {"scale": np.array([-1.0, 0, 1, -1e-30])},
    ],
    ids=lambda changes: " ".join(f"{name} {value!r}"[:40] for name, value in changes.items()),
)
def test_numbers_may_come_in_lists_and_arrays(make: Make, changes: dict[str, Any]) -> None:
    recording = recorded(conv=(6, 6, 4))
    widget = make(recording, normalizations=[mine(**changes)], normalization="mine")
    affine = mine(**changes)(recording["conv"].statistics)
    message = widget.shown.overview(1, 0, 0, with_input=False)
    del message["data"]
    told = json.loads(json.dumps(message, allow_nan=False))["normalizations"][5]
    assert told["limits"] == [float(limit) for limit in affine.limits]
    figure = widget.figure()
    assert go.Figure(figure.to_dict(), skip_invalid=False) == figure
    widget.channel = 2
    expected = recording["conv"].maps[0, ..., 2].astype("f8") * np.asarray(affine.scale)[2]
    expected += np.asarray(affine.offset)[2]
    np.testing.assert_allclose(np.asarray(widget.figure().data[0].z), expected)


# Modes that are not

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"scale": np.ones(3)}, r"'mine' gave a scale of shape \(3,\); .* shape \(4,\)"),
    ({"offset": np.zeros((4, 1))}, r"'mine' gave a offset of shape \(4, 1\)|an offset of shape"),
    ({"scale": 1.0}, r"'mine' gave a scale of shape \(\)"),
    ({"scale": np.full(4, np.nan)}, "'mine' gave a scale with NaN or infinity"),
    ({"offset": np.array([0, 0, np.inf, 0])}, "'mine' gave an? offset with NaN or infinity"),
    ({"scale": None}, "'mine' gave a scale"),
    ({"scale": "strong"}, "'mine'"),
    ({"limits": (1, 0)}, "limits of normalization 'mine': .*the lower comes first"),
    ({"limits": (0, np.nan)}, "limits of normalization 'mine': .*finite"),
    ({"limits": 1}, "limits of normalization 'mine': 1 given; they are two numbers"),
    ({"limits": None}, "limits of normalization 'mine'"),
    ({"colours": ()}, "'mine' gave colours"),
    ({"colours": ((0, "#000000"),)}, r"'mine' gave colours at \[0(\.0)?\]; the positions rise"),
    ({"colours": ((0, "#000000"), (0.9, "#ffffff"))}, "'mine' gave colours at"),
    ({"colours": ((0, "#000000"), (0.9, "#123456"), (0.2, "#000000"), (1, "#ffffff"))}, "'mine'"),
    ({"colours": ((0, "#000000"), (np.nan, "#123456"), (1, "#ffffff"))}, "'mine' gave colours at"),
    ({"colours": ((0, "black"), (1, "#ffffff"))}, "'mine' gave the colour 'black'; use '#rrggbb'"),
    ({"colours": ((0, "#000"), (1, "#ffffff"))}, "'mine' gave the colour '#000'"),
    ({"colours": ((0, "#000000\n"), (1, "#ffffff"))}, "'mine' gave the colour"),
    ({"colours": ((0, 0), (1, 255))}, "'mine' gave the colour 0"),
    ({"colours": "viridis"}, "'mine'"),
    ({"colours": None}, "'mine'"),
]

every_wrong_one = pytest.mark.parametrize(
    ("changes", "message"),
    WRONG,
    ids=[" ".join(f"{name} {value!r}"[:60] for name, value in wrong.items()) for wrong, _ in WRONG],
)


@every_wrong_one
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_mode_that_gives_nonsense_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        ActivationWidget(recorded(conv=(6, 6, 4)), normalizations=[mine(**changes)])
    gc.collect()


@pytest.mark.parametrize("given", [None, (1, 0), np.ones(4)], ids=["None", "tuple", "array"])
def test_a_mode_that_gives_no_affine_is_named(given: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="'mine'"):
        ActivationWidget(
            recorded(conv=(6, 6, 4)), normalizations=[Normalization("mine", lambda _: given)]
        )


@pytest.mark.parametrize(
    ("normalizations", "error", "message"),
    [
        ([mine("raw")], ValueError, "normalizations holds 'raw', which is taken; give another"),
        ([mine(), mine()], ValueError, "normalizations holds 'mine', which is taken"),
        (["log"], TypeError, "normalizations holds 'log'; it takes Normalization objects"),
        ([lambda statistics: GOOD], TypeError, "it takes Normalization objects"),
        ([GOOD], TypeError, "it takes Normalization objects"),
        (mine(), TypeError, "normalizations .*takes"),
    ],
    ids=["a name of ours", "a name twice", "text", "a function", "an affine", "not in a list"],
)
def test_what_is_no_mode_is_refused(
    normalizations: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ActivationWidget(recorded(conv=(6, 6, 4)), normalizations=normalizations)


def test_a_widget_that_could_not_be_made_keeps_nothing_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recording = recorded(conv=(6, 6, 4))
    held = weakref.ref(recording["conv"])
    monkeypatch.setattr("actwidget.widget.record", lambda *_, **__: recording)
    with pytest.raises(ValueError, match="'mine'"):
        ActivationWidget(object(), np.zeros((8, 9, 1)), normalizations=[mine(limits=(1, 0))])
    recording.close()
    gc.collect()
    assert held() is None


# A mode that fails on a later layer only


def picky() -> Normalization:
    """A mode that gives NaN where a layer is dead, as a division by its largest |x| does."""

    def affine(statistics: Statistics) -> Affine:
        with np.errstate(divide="ignore"):
            scale = np.full_like(statistics.mean, np.divide(1.0, statistics.layer_largest))
        return dataclasses.replace(GOOD, scale=scale, offset=np.zeros_like(scale))

    return Normalization("picky", affine)


@pytest.fixture
def late(make: Make) -> ActivationWidget:
    maps = np.random.default_rng(0).standard_normal((2, 6, 6, 4)).astype("f4")
    recording: Recording = of_maps(first=maps, dead=0 * maps, last=maps[..., :2])
    return make(recording, normalizations=[picky()], normalization="picky", channel=3)


def stands(widget: ActivationWidget) -> dict[str, Any]:
    return {
        "traits": (widget.layer, widget.channel, widget.normalization, widget.image_index),
        "scale": (widget.hold_scale, widget.limits, widget.sort),
        "sliders": (
            widget.layer_slider.value,
            widget.channel_slider.value,
            widget.channel_slider.max,
            widget.normalization_slider.value,
        ),
        "state": widget.view_state,
    }


@pytest.mark.parametrize(
    "move",
    [
        lambda w: setattr(w, "layer", "dead"),
        lambda w: setattr(w.layer_slider, "value", "dead"),
    ],
    ids=["trait", "slider"],
)
def test_a_failure_on_a_later_layer_is_named_and_changes_nothing(
    late: ActivationWidget, move: Callable[[ActivationWidget], None]
) -> None:
    before = stands(late)
    with pytest.raises(ValueError, match="normalization 'picky' gave a scale with NaN or infinity"):
        move(late)
    assert stands(late) == before
    late.layer = "last"
    assert late.layer == "last"
    late.figure()


def test_the_page_is_told_of_a_failure_on_a_later_layer(
    late: ActivationWidget,
) -> None:
    question = {"id": 7, "kind": "overview", "layer": 2, "image": 0, "input": False}
    answer, _ = reply_to(late, question)
    assert (answer["kind"], answer["id"]) == ("error", 7)
    assert "normalization 'picky' gave a scale" in answer["message"]


def test_a_function_that_raises_is_heard(make: Make) -> None:
    def broken(statistics: Statistics) -> Affine:
        raise KeyError("what I forgot")

    with pytest.raises(KeyError, match="what I forgot"):
        make(recorded(conv=(6, 6, 4)), normalizations=[Normalization("mine", broken)])
