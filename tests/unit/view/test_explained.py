"""What a widget explains: its traits, what they need, and what the page is told."""

from __future__ import annotations

import json
from pathlib import Path
from queue import Queue
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from traitlets import TraitError

from actwidget import ActivationWidget, Recording, compare, record
from actwidget.examples import shapes_cnn, shapes_cnn_architecture
from actwidget.examples.shapes import CLASS_NAMES
from actwidget.export.snapshot_panels import snapshot_panels
from actwidget.protocol.why_requests import numbers
from actwidget.recording.layer import LayerMaps


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return record(shapes_cnn.model(), shapes_cnn.images()[:3])


@pytest.fixture
def widget(recorded: Recording) -> ActivationWidget:
    return ActivationWidget(recorded, class_names=CLASS_NAMES, layer="conv3")


def ask(widget: ActivationWidget, **request: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Have a request answered, as the page does."""
    replies: Queue[Any] = Queue()
    responder = widget._responder
    before, responder._send = responder._send, lambda *reply: replies.put(reply)
    try:
        responder.receive({"id": 1, **request})
        content, buffers = replies.get(timeout=60)
    finally:
        responder._send = before
    return content, list(buffers)


def test_the_likeliest_classes_are_offered(widget: ActivationWidget) -> None:
    numbers = [number for number, _, _ in widget.classes[0]]
    assert numbers[0] == np.argmax(widget.recording["softmax"].maps[0])
    assert sorted(numbers) == [0, 1, 2, 3, 4]
    assert widget.has_model


@pytest.mark.parametrize(
    ("name", "value"),
    [("show", "gradient"), ("overlay", "grad-cam"), ("sort", "importance")],
)
def test_what_needs_a_target_takes_the_likeliest_class(
    widget: ActivationWidget, name: str, value: str
) -> None:
    setattr(widget, name, value)
    assert widget.target == "top"
    widget.target = None
    assert (widget.show, widget.overlay, widget.sort) == ("activation", None, "number")


@pytest.mark.parametrize("show", ["gradient", "gradient × activation"])
def test_gradients_are_shown_under_the_same_controls(widget: ActivationWidget, show: str) -> None:
    widget.target = "square"
    widget.show = show
    gradient = widget.recording.gradients("square")["conv3"]
    expected = gradient if show == "gradient" else gradient * widget.recording["conv3"].maps
    shown: LayerMaps = widget.layer_maps
    np.testing.assert_array_equal(shown.maps, expected)
    low, high = widget.limits
    assert low == -high
    assert widget.affine.title == f"{show} of the logit of square · one scale for all channels"
    widget.show = "activation"
    assert widget.layer_maps is widget.recording["conv3"]


def test_tiles_are_sorted_by_the_size_of_their_importance(widget: ActivationWidget) -> None:
    widget.target, widget.sort = 1, "importance"
    importance = widget.recording.gradients(1).importance("conv3")[0]
    content, _ = ask(widget, kind="attribution", target="1", layer=8, image=0)
    assert widget.layers[8]["path"] == "conv3"
    np.testing.assert_allclose(content["importance"], importance, rtol=1e-4)
    assert content["name"] == "logit of square"
    numbers = [note.text for note in widget.figure().layout.annotations if note.text.isdigit()]
    assert [int(each) for each in numbers[:3]] == list(np.argsort(-np.abs(importance))[:3])


def test_a_figure_has_what_the_page_has(widget: ActivationWidget) -> None:
    widget.target, widget.show = "square", "gradient"
    effects = widget.recording.gradients("square").importance("conv3")[0]
    figure = widget.figure()
    shapes = {shape.name: shape for shape in figure.layout.shapes}
    assert shapes["for the target"].path.count("M") == (effects >= 0).sum()
    assert shapes["against the target"].path.count("M") == (effects < 0).sum()
    assert shapes["for the target"].fillcolor == "#1b7837"
    assert "strength" not in shapes
    assert "gradient of the logit of square" in figure.layout.title.text
    widget.ablated = ("conv2", 3)
    assert "without conv2 3" in widget.figure().layout.title.text
    bundle = widget._repr_mimebundle_()
    assert "image/png" in (bundle[0] if isinstance(bundle, tuple) else bundle)


def test_a_figure_of_a_sequence_has_a_bar_in_each_column() -> None:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((9, 5))
    x = layers.Conv1D(6, 3, activation="tanh", name="conv")(inputs)
    x = layers.GlobalAveragePooling1D(name="average")(x)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="dense")(x))
    given = np.random.default_rng(0).standard_normal((1, 9, 5)).astype("f4")
    shown = ActivationWidget(model, given, layer="conv")
    try:
        assert not [each for each in shown.figure().layout.shapes if "target" in (each.name or "")]
        shown.target = 1
        effects = shown.recording.gradients(1).importance("conv")[0]
        assert effects.shape == (6,)
        shapes = {shape.name: shape for shape in shown.figure().layout.shapes}
        assert shapes["for the target"].path.count("M") == (effects > 0).sum()
        assert shapes["against the target"].path.count("M") == (effects < 0).sum()
        bundle = shown._repr_mimebundle_()
        assert "image/png" in (bundle[0] if isinstance(bundle, tuple) else bundle)
    finally:
        shown.close()


def test_a_heatmap_comes_in_codes_up_to_its_largest_value(widget: ActivationWidget) -> None:
    cam = widget.recording.gradients("circle").grad_cam("conv3")[2]
    content, (codes,) = ask(widget, kind="attribution", target='"circle"', layer=8, image=2)
    size = content["cam"]
    assert (size["height"], size["width"]) == cam.shape
    values = np.frombuffer(codes, np.uint8).reshape(cam.shape) * size["maximum"] / 255
    np.testing.assert_allclose(values, cam, atol=size["maximum"] / 500)


def test_what_has_no_gradient_says_why(widget: ActivationWidget) -> None:
    widget.target, widget.show = "top", "gradient"
    widget.layer = "softmax"
    assert widget.limits == (0, 1)
    content, _ = ask(
        widget, kind="overview", layer=15, image=0, input=False, variant='["gradient","top"]'
    )
    assert content["kind"] == "error"
    assert content["message"].startswith("there is no gradient of softmax: comes after the target")


def test_a_unit_is_a_target(widget: ActivationWidget) -> None:
    given: Any = ["conv3", np.int64(2), [1, 4]]
    widget.target = given
    assert widget.view_state.target == ("conv3", 2, (1, 4))
    content, (codes,) = ask(widget, kind="saliency", target='["conv3",2,[1,4]]', image=0)
    rows, columns = np.nonzero(np.frombuffer(codes, np.uint8).reshape(48, 48))
    field = widget.recording.receptive_field("conv3")
    top, left, bottom, right = field.box(1, 4)
    assert rows.min() >= top
    assert rows.max() < bottom
    assert columns.min() >= left
    assert columns.max() < right
    assert content["map"]["maximum"] > 0


def test_the_page_is_told_what_units_see(widget: ActivationWidget) -> None:
    content, _ = ask(widget, kind="field", layer=8)
    (size, stride, offset, end), _ = content["field"]
    field = widget.recording.receptive_field("conv3")
    assert field.size == (size, size)
    assert field.stride == (stride, stride)
    assert field.offset == (offset, offset)
    assert end == 48
    assert ask(widget, kind="field", layer=14)[0]["field"] == "whole"


def test_a_channel_is_switched_off(widget: ActivationWidget) -> None:
    off: Any = ("conv3", 25)
    widget.ablated = off
    assert not widget.layer_maps.maps[..., 25].any()
    widget.layer = "softmax"
    drop = widget.recording.ablate("conv3", channels=[25])
    after = np.exp(drop.after[:, 0]) / np.exp(drop.after[:, 0]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(widget.layer_maps.maps[:, 0, 0], after, atol=1e-6)
    content, _ = ask(
        widget, kind="ablation", layer="conv3", channel=25, image=1, output=0, classes=[3, 0]
    )
    np.testing.assert_allclose(content["values"], after[1, [3, 0]], atol=1e-6)
    widget.ablated = None
    assert widget.view_state.variant == ""


def test_one_unit_may_stand_for_two_classes() -> None:
    keras.utils.set_random_seed(1)
    inputs = keras.Input((8, 8, 1))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3, name="conv")(inputs))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid", name="dense")(x))
    image = np.random.default_rng(0).random((8, 8, 1), np.float32)
    widget = ActivationWidget(model, image, class_names=["cat", "dog"])
    numbers = [number for number, _, _ in widget.classes[0]]
    content, _ = ask(
        widget, kind="ablation", layer="conv", channel=1, image=0, output=0, classes=numbers
    )
    dog = float(widget.recording.without("conv", 1)["dense"].maps[0, 0, 0, 0])
    expected = [[1 - dog, dog][number] for number in numbers]
    np.testing.assert_allclose(content["values"], expected, rtol=1e-6)
    one, other = (
        ask(widget, kind="attribution", target=target, layer=1, image=0)[0]["importance"]
        for target in ("0", "1")
    )
    np.testing.assert_allclose(one, np.negative(other), rtol=1e-4)


def test_the_output_with_the_classes_is_the_one_that_is_read() -> None:
    inputs = keras.Input((8, 8, 1))
    maps = layers.Conv2D(3, 3, name="conv")(inputs)
    x = layers.GlobalAveragePooling2D()(maps)
    ends = [maps, layers.Dense(4, activation="softmax", name="dense")(x)]
    widget = ActivationWidget(keras.Model(inputs, ends), np.ones((8, 8, 1), np.float32))
    assert widget.class_output == 1
    content, _ = ask(
        widget, kind="ablation", layer="conv", channel=1, image=0, output=1, classes=[2, 0]
    )
    left = widget.recording.without("conv", 1)["dense"].maps[0, 0, 0]
    np.testing.assert_allclose(content["values"], left[[2, 0]], rtol=1e-6)


def test_gradients_are_those_of_the_whole_model(widget: ActivationWidget) -> None:
    off: Any = ("conv3", 25)
    widget.ablated = off
    widget.show = "gradient"
    assert widget.view_state.ablated is None
    widget.ablated = off
    assert widget.show == "activation"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("target", "squar", "did you mean 'square'"),
        ("target", 5, "target is class 5; shapes_cnn has 5, 0 to 4"),
        ("target", ("conv3", 32), "conv3, which has 32, 0 to 31"),
        ("target", ("conv3", 0, (8, 0)), "rows 0 to 7"),
        ("target", ("conv9", 0), "did you mean"),
        ("target", True, "target is True"),
        ("target", len, "recording.gradients takes functions, too"),
        ("show", "gradients", "did you mean 'gradient'"),
        ("overlay", "gradcam", 'takes "grad-cam", "gradient" or None'),
        ("overlay_opacity", 2, "from 0 to 1"),
        ("ablated", ("conv3", 32), "0 to 31"),
        ("ablated", "conv3", r"takes \(layer, channel\), or None"),
        ("ablated", ("conv9", 3), "did you mean"),
    ],
)
def test_what_cannot_be_explained_leaves_the_widget_as_it_was(
    widget: ActivationWidget, name: str, value: object, message: str
) -> None:
    widget.target, widget.sort = "star", "importance"
    before = widget.view_state
    with pytest.raises(TraitError, match=message):
        setattr(widget, name, value)
    assert widget.view_state == before


def test_a_model_without_classes_explains_channels_alone() -> None:
    inputs = keras.Input((8, 8, 3))
    model = keras.Model(inputs, layers.Conv2D(4, 3, name="conv")(inputs), name="maps")
    widget = ActivationWidget(model, np.ones((8, 8, 3), np.float32))
    assert widget.classes == []
    for name, value in (("target", "top"), ("show", "gradient"), ("sort", "importance")):
        with pytest.raises(TraitError, match="maps has no classes"):
            setattr(widget, name, value)
    widget.target = ("conv", 1)
    widget.show = "gradient"
    assert widget.layer_maps.maps[..., 1].all()


def test_a_recording_without_its_model_says_how_to_give_it(
    recorded: Recording, tmp_path: Any
) -> None:
    recorded.save(tmp_path / "saved.zarr")
    loaded = Recording.load(tmp_path / "saved.zarr")
    widget = ActivationWidget(loaded)
    assert not widget.has_model
    widget.target = "top"
    with pytest.raises(RuntimeError, match=r"recording\.attach\(model\)"):
        widget.show = "gradient"
    assert widget.show == "activation"


def test_a_page_that_follows_is_sent_the_picture(widget: ActivationWidget) -> None:
    state = widget.get_state()
    assert state["target"] is None
    widget.set_state({"target": ["conv3", 2, [1, 4]], "show": "gradient"})
    assert widget.target == ("conv3", 2, (1, 4))
    picture = widget.get_state("picture")["picture"]
    assert json.loads(picture["variant"]) == ["gradient", ["conv3", 2, [1, 4]]]


class Rolled(layers.Layer):
    """Shifts its input, which no rule of sizes tells."""

    def call(self, x: Any) -> Any:
        return keras.ops.roll(x, 2, axis=1)


def test_what_no_rule_tells_is_looked_at() -> None:
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(2, 3, padding="same", name="before")(inputs)
    x = layers.Conv2D(2, 3, padding="same", name="behind")(Rolled(name="rolled")(x))
    x = layers.UpSampling2D(2, name="upsampled")(x)
    widget = ActivationWidget(keras.Model(inputs, x), np.ones((12, 12, 3), np.float32))
    names = [layer["path"] for layer in widget.layers]
    content, _ = ask(widget, kind="field", layer=names.index("upsampled"))
    assert content["field"] == "probe"
    content, _ = ask(widget, kind="box", layer=names.index("upsampled"), row=10, column=9)
    field = widget.recording.receptive_field("upsampled")
    assert content["box"] == list(field.box(10, 9))


def test_a_volume_has_importance_and_no_grad_cam() -> None:
    inputs = keras.Input((4, 8, 8, 1))
    x = layers.GlobalAveragePooling3D()(layers.Conv3D(3, 3, name="conv")(inputs))
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
    widget = ActivationWidget(model, np.ones((1, 4, 8, 8, 1), np.float32))
    content, _ = ask(widget, kind="attribution", target='"top"', layer=1, image=0)
    assert len(content["importance"]) == 3
    assert content["cam"] is None
    assert "volume" in content["reason"]


def test_a_model_that_has_changed_says_so() -> None:
    inputs = keras.Input((8, 8, 1))
    x = layers.Flatten()(layers.Conv2D(2, 3, name="conv")(inputs))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="dense")(x))
    widget = ActivationWidget(model, np.ones((8, 8, 1), np.float32))
    kernel, bias = model.get_layer("dense").get_weights()
    model.get_layer("dense").set_weights([kernel + 1, bias + np.array([3, 0, 0])])
    with pytest.warns(UserWarning, match="has changed since it was recorded"):
        gradients = widget.recording.gradients()
    assert "has changed since it was recorded" in gradients.note


@pytest.mark.parametrize(
    "variant", ["gradient", "3", "[]", '["gradient"]', '["without","x",1]', "["]
)
def test_a_variant_that_is_none_is_an_error_of_its_request(
    widget: ActivationWidget, variant: str
) -> None:
    content, _ = ask(widget, kind="overview", layer=1, image=0, input=False, variant=variant)
    assert (content["kind"], content["id"]) == ("error", 1)
    assert ask(widget, kind="overview", layer=1, image=0, input=False)[0]["kind"] == "overview"


def test_each_of_several_models_is_asked_of_its_own(recorded: Recording) -> None:
    other = record(shapes_cnn_architecture.build(seed=1), shapes_cnn.images()[:3])
    widget = compare({"trained": recorded, "other": other}, layer="conv3", class_names=CLASS_NAMES)
    number = widget.choices.paths.index("conv3")
    for place, recording in enumerate((recorded, other)):
        likeliest = CLASS_NAMES[int(np.argmax(recording["softmax"].maps[1]))]
        for target in ("top", "circle", CLASS_NAMES.index("circle")):
            text = json.dumps(target)
            fields = {"target": text, "layer": number, "image": 1, "recording": place}
            content, (codes,) = ask(widget, kind="attribution", **fields)
            expected = recording.gradients(target)
            assert content["name"] == f"logit of {likeliest if target == 'top' else 'circle'}"
            np.testing.assert_allclose(
                content["importance"], expected.importance("conv3")[1], rtol=1e-4
            )
            assert codes
            saliency, _ = ask(widget, kind="saliency", target=text, image=1, recording=place)
            largest = np.abs(expected.input[1]).max()
            assert saliency["map"]["maximum"] == pytest.approx(largest, rel=1e-5)
    content, _ = ask(widget, kind="attribution", target="1", layer=1, image=0, recording=2)
    assert "there is none of this number to compare" in content["message"]
    widget.close()


def test_bars_of_a_comparisons_figure_are_each_models_own(recorded: Recording) -> None:
    other = record(shapes_cnn_architecture.build(seed=1), shapes_cnn.images()[:3])
    widget = compare({"trained": recorded, "other": other}, layer="conv3", class_names=CLASS_NAMES)
    widget.target = "circle"
    panels = snapshot_panels(widget)
    for panel, recording in zip(panels, (recorded, other), strict=True):
        expected = recording.gradients("circle").importance("conv3")[0]
        assert panel.shown.effects == numbers(expected)
    assert [panel.name for panel in panels] == ["trained", "other"]
    assert {panel.shown.explained for panel in panels} == {"effect on the logit of circle"}
    widget.target, widget.image_index = "top", 1
    first, second = (panel.name for panel in snapshot_panels(widget))
    likeliest = [CLASS_NAMES[int(each["softmax"].maps[1].argmax())] for each in (recorded, other)]
    assert likeliest[0] != likeliest[1]
    assert first == f"trained · logit of {likeliest[0]}"
    assert second == f"other · logit of {likeliest[1]}"
    widget.mode = "difference"
    (one,) = snapshot_panels(widget)
    assert one.shown.effects == numbers(recorded.gradients("top").importance("conv3")[1])
    widget.close()


def test_a_model_without_the_target_has_no_bars_and_a_loaded_one_those_that_it_kept(
    recorded: Recording, tmp_path: Path
) -> None:
    images = shapes_cnn.images()[:3]
    inputs = keras.Input((48, 48, 1))
    maps = layers.Conv2D(8, 3, name="conv3")(inputs)
    three = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(maps))
    record(shapes_cnn.model(), images).save(tmp_path / "saved")
    loaded = Recording.load(tmp_path / "saved")
    fewer = record(keras.Model(inputs, three), images)
    widget = compare({"five": recorded, "three": fewer, "loaded": loaded}, layer="conv3")
    widget.target = 4
    panels = snapshot_panels(widget)
    assert [panel.name for panel in panels] == ["five", "three", "loaded"]
    # What was saved of a recording has them for its likeliest classes.
    assert [panel.shown.effects is None for panel in panels] == [False, True, False]
    number = widget.choices.paths.index("conv3")
    fields = {"target": "4", "layer": number, "image": 0}
    content, _ = ask(widget, kind="attribution", **fields, recording=1)
    assert "class 4" in content["message"]
    content, _ = ask(widget, kind="attribution", **fields, recording=2)
    assert content["importance"] == panels[2].shown.effects
    widget.close()
