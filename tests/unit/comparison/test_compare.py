"""`compare` shows recordings under one state: beside each other, as a difference, or in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from recordings import of_maps, recorded
from small_models import small_cnn
from surveys import survey_of
from traitlets import TraitError

from actwidget import ComparisonWidget, Recording, compare
from actwidget.export.page_state import archive_builder, page_state
from actwidget.protocol.archive import shrink_to_fit
from actwidget.protocol.compare_requests import changes_message

Compare = Callable[..., ComparisonWidget]


def noise(seed: int, **shapes: tuple[int, ...]) -> Recording:
    generator = np.random.default_rng(seed)
    return of_maps(
        {path: generator.standard_normal(shape).astype("f4") for path, shape in shapes.items()}
    )


@pytest.fixture
def make() -> Iterator[Compare]:
    made: list[ComparisonWidget] = []

    def make_one(*arguments: Any, **options: Any) -> ComparisonWidget:
        made.append(compare(*arguments, **options))
        return made[-1]

    yield make_one
    for widget in made:
        widget.close()


@pytest.fixture
def pair() -> tuple[Recording, Recording]:
    """A weak one, and one that is three times as strong."""
    one = noise(1, conv=(2, 20, 21, 6), dense=(2, 1, 1, 9), only=(2, 4, 4, 2))
    other = noise(2, conv=(2, 20, 21, 6), dense=(2, 1, 1, 9), further=(2, 3, 3, 4))
    other["conv"].maps[...] *= 3
    return one, other


def limits_of(message: dict[str, Any]) -> list[Any]:
    return [each["limits"] for each in message["normalizations"]]


def test_one_scale_holds_for_all(make: Compare, pair: tuple[Recording, Recording]) -> None:
    widget = make({"a": pair[0], "b": pair[1]}, layer="conv")
    first = widget.overview(widget.view_state, with_input=False)
    (second,) = widget.panels(widget.view_state, with_input=False)
    assert second["variant"] == '["other",1]'
    assert limits_of(first) == limits_of(second)
    strong = pair[1]["conv"].statistics.layer_scale
    assert widget.limits == (-strong, strong)


def test_a_difference_has_a_scale_of_its_own(
    make: Compare, pair: tuple[Recording, Recording]
) -> None:
    widget = make({"a": pair[0], "b": pair[1]}, layer="conv", mode="difference")
    expected = np.asarray(pair[1]["conv"].maps) - np.asarray(pair[0]["conv"].maps)
    np.testing.assert_array_equal(widget.layer_maps.maps, expected)
    scale = widget.comparison.difference()["conv"].statistics.layer_scale
    assert widget.limits == (-scale, scale)
    assert widget.affine.title == "difference of values, same units · one scale for all channels"
    assert widget.panel == 1
    assert widget.panels(widget.view_state, with_input=False) == []


def test_what_has_no_partner_is_shown_alone(
    make: Compare, pair: tuple[Recording, Recording]
) -> None:
    widget = make({"a": pair[0], "b": pair[1]}, layer="further")
    assert [layer["path"] for layer in widget.layers] == [
        *("input", "conv", "dense", "further", "only"),
    ]
    assert widget.compared["holders"] == [[0, 1], [0, 1], [0, 1], [1], [0]]
    assert widget.layer_maps.maps is pair[1]["further"].maps
    assert widget.panels(widget.view_state, with_input=False) == []
    widget.mode = "difference"
    with pytest.raises(ValueError, match="further is not in a"):
        widget.shown_variant.layer(widget.layer_index)


def test_a_layer_of_another_shape_is_described(make: Compare) -> None:
    one, other = noise(1, conv=(2, 6, 6, 3)), noise(2, conv=(2, 8, 8, 5))
    widget = make({"a": one, "b": other}, layer="conv")
    (described,) = widget.compared["reshaped"]["1"].values()
    assert (described["height"], described["channels"]) == (8, 5)
    (second,) = widget.panels(widget.view_state, with_input=False)
    assert second["groups"] == 5
    assert (
        limits_of(second)[0] == limits_of(widget.overview(widget.view_state, with_input=False))[0]
    )


def test_flicker_shows_one_in_the_place_of_the_other(
    make: Compare, pair: tuple[Recording, Recording]
) -> None:
    widget = make({"a": pair[0], "b": pair[1]}, layer="conv", mode="flicker")
    before = widget.limits
    for panel in (0, 1):
        widget.panel = panel
        assert widget.layer_maps.maps is pair[panel]["conv"].maps
        assert widget.limits == before


def test_tiles_are_sorted_by_how_much_they_differ(make: Compare) -> None:
    one = noise(1, conv=(2, 5, 5, 4))
    maps = np.asarray(one["conv"].maps) + np.array([0, 3, -5, 1], "f4")
    widget = make({"a": one, "b": of_maps(conv=maps)}, sort="largest difference")
    sizes = widget.comparison["conv"].difference
    assert np.argsort(-sizes).tolist() == [2, 1, 3, 0]


def test_two_images_of_a_recording(make: Compare) -> None:
    whole = recorded(conv=(6, 6, 4))
    widget = make(whole, images=[1, 0])
    assert widget.compared["names"] == ["image 1", "image 0"]
    assert widget.compared["inputs"]
    np.testing.assert_array_equal(widget.layer_maps.maps, whole["conv"].maps[1:])
    widget.close()
    assert not whole.closed


def test_models_are_recorded_and_let_go_of(make: Compare) -> None:
    image = np.random.default_rng(0).random((12, 14, 3)).astype("f4")
    widget = make({"one": small_cnn(), "other": small_cnn()}, image=image, layer="conv")
    recordings = widget.comparison.recordings
    assert not widget.compared["inputs"]
    assert widget.comparison["conv"].distance.shape == (4,)
    widget.close()
    assert all(recording.closed for recording in recordings)


def test_why_one_and_why_the_other(make: Compare) -> None:
    image = np.random.default_rng(0).random((12, 14, 3)).astype("f4")
    models = {"one": small_cnn(), "other": small_cnn()}
    widget = make(models, image=image, layer="conv", target=2, show="gradient")
    (second,) = widget.panels(widget.view_state, with_input=False)
    assert second["variant"] == '["other",1,"gradient",2]'
    first = widget.overview(widget.view_state, with_input=False)
    assert limits_of(first) == limits_of(second)
    widget.mode = "difference"
    expected = [each.gradients(2)["conv"] for each in widget.comparison.recordings]
    np.testing.assert_allclose(widget.layer_maps.maps, expected[1] - expected[0], atol=1e-6)
    assert "difference of gradient of the logit" in widget.affine.title


BAD: dict[str, tuple[Callable[[Recording], Any], dict[str, Any], type[Exception], str]] = {
    "five": (lambda r: {str(k): r for k in range(5)}, {}, ValueError, "takes 2 to 4"),
    "itself": (lambda r: {"a": r, "b": r}, {}, ValueError, "the same recording"),
    "a list": (lambda r: [r, r], {}, ValueError, "a name of its own"),
    "one": (lambda r: r, {}, TypeError, "two of its images"),
    "an image twice": (lambda r: r, {"images": [1, 1]}, ValueError, "each once"),
    "no such image": (lambda r: r, {"images": [0, 9]}, ValueError, "from 0 to 1"),
    "images of several": (lambda r: {"a": r, "b": r}, {"images": [0, 1]}, TypeError, "leave it"),
    "an image": (lambda r: {"a": r, "b": r}, {"image": 0}, TypeError, "leave them out"),
    "no image": (lambda r: {"a": r, "b": small_cnn()}, {}, TypeError, "image=image"),
    "a number": (lambda r: 3, {}, TypeError, "takes a dict"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_compared_is_refused(case: str) -> None:
    given, options, error, words = BAD[case]
    with pytest.raises(error, match=words):
        compare(given(recorded(conv=(3, 3, 2))), **options)


def test_traits_are_checked(make: Compare, pair: tuple[Recording, Recording]) -> None:
    widget = make({"a": pair[0], "b": pair[1]})
    for name, value in {"mode": "blink", "panel": 2}.items():
        with pytest.raises(TraitError, match=f"{name} is"):
            setattr(widget, name, value)
    from actwidget import ActivationWidget

    alone = ActivationWidget(pair[0])
    for name, value in {"mode": "flicker", "panel": 1, "sort": "largest difference"}.items():
        with pytest.raises(TraitError, match="nothing is compared"):
            setattr(alone, name, value)
    alone.close()


def test_a_page_keeps_all_of_it(make: Compare, pair: tuple[Recording, Recording]) -> None:
    widget = make({"a": pair[0], "b": pair[1]}, layer="conv", mode="difference")
    numbers, builder = archive_builder(widget, layers=["conv", "further"], precision="exact")
    archive = builder.archive()
    state = page_state(widget, numbers, archive, library="")
    assert state["mode"] == "difference"
    assert state["compared"]["holders"] == [[0, 1], [1]]
    others = archive.index["others"]
    conv = [others[name]["layers"][0] for name in ('["other",1]', '["difference",1]')]
    assert [each["normalizations"][0]["limits"] for each in conv] == [
        archive.index["layers"][0]["normalizations"][0]["limits"],
        widget.limits,
    ]
    assert others['["difference",1]']["layers"][1] is None
    kept = state["compared"]["kept"]
    comparison = widget.comparison["conv"]
    assert kept["distances"]["1"] == [pytest.approx(comparison.layer_distance, rel=1e-4), None]
    np.testing.assert_allclose(kept["changes"]["1"][0]["difference"], comparison.difference, 1e-4)


def test_a_size_limit_makes_all_of_a_layer_coarser(make: Compare) -> None:
    one, other = (noise(seed, wide=(1, 240, 240, 8)) for seed in (1, 2))
    widget = make({"a": one, "b": other})
    _, builder = archive_builder(widget, layers=["wide"], precision="approximate")
    shrink_to_fit([builder], builder.size // 3)
    index = builder.archive().index
    blocks = {layers["layers"][0]["block"] for layers in (index, *index["others"].values())}
    assert len(blocks) == 1
    assert blocks.pop() > 1


def test_what_is_embedded_stands_in_the_place_of_its_layer(
    make: Compare, pair: tuple[Recording, Recording]
) -> None:
    widget = make({"a": pair[0], "b": pair[1]})
    widget.embed(layers=["dense"])
    index = widget.archive["index"]
    number = list(widget.recording).index("dense")
    for layers in (index["layers"], index["others"]['["difference",1]']["layers"]):
        assert [place for place, layer in enumerate(layers) if layer] == [number]


def test_a_live_frame_is_shown_as_the_difference_to_a_frozen_one(
    make: Compare, pair: tuple[Recording, Recording]
) -> None:
    widget = make({"a": pair[0], "b": pair[1]}, layer="conv", mode="difference", image_index=1)
    slot = widget.shown.compared
    assert slot.against == (1, 1)
    frame = replace(pair[0]["conv"], maps=np.ones((1, 20, 21, 6), "f4"))
    quantity, shown = slot.frame_shown(1, frame, slot.against)
    assert quantity == "difference"
    np.testing.assert_array_equal(shown.maps, np.asarray(pair[1]["conv"].maps)[1:] - 1)
    # What the other does not have is shown as it is.
    only = replace(pair[0]["only"], maps=np.ones((1, 4, 4, 2), "f4"))
    assert slot.frame_shown(4, only, slot.against) == ("", only)
    widget.mode = "side by side"
    assert slot.against is None


def test_selectivity_before_and_after(make: Compare) -> None:
    one, other = (noise(seed, conv=(6, 5, 5, 4)) for seed in (1, 2))
    labels = [0, 0, 0, 1, 1, 1]
    surveys = {
        name: survey_of(recording, labels, ["a", "b"])
        for name, recording in {"one": one, "other": other}.items()
    }
    widget = make({"one": one, "other": other}, surveys=surveys)
    expected = [surveys[name]["conv"].class_selectivity for name in ("one", "other")]
    np.testing.assert_array_equal(widget.comparison["conv"].selectivity, expected)
    assert widget.survey is surveys["one"]
    number = list(widget.recording).index("conv")
    found = changes_message(widget.comparison, number, 1)["selectivity"]
    np.testing.assert_allclose(np.array(found, float), expected, rtol=1e-4)
    with pytest.raises(ValueError, match="a name in surveys is 'third'"):
        compare({"one": one, "other": other}, surveys={"third": surveys["one"]})
