"""Closing a widget frees what it shows."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable

import ipywidgets
import pytest
from recordings import Make, recorded

from actwidget import ActivationWidget
from actwidget.examples import shapes_cnn
from actwidget.recording.recording import Recording


def test_closing_frees_the_activations(make: Make) -> None:
    widget = make(shapes_cnn.model(), shapes_cnn.images()[0])
    widget.layer = "conv2"
    widget.figure()
    held = weakref.ref(widget.recording["conv1"])
    widget.close()
    gc.collect()
    assert held() is None
    assert widget.recording.closed


def test_closing_leaves_a_recording_that_was_given_to_its_owner(
    widget: ActivationWidget, by_hand: Recording
) -> None:
    widget.close()
    assert not by_hand.closed
    assert by_hand["wide"].maps.shape == (2, 6, 6, 40)


def test_closing_a_widget_on_a_recording_lets_go_of_it() -> None:
    recording = recorded(conv=(6, 6, 4))
    held = weakref.ref(recording["conv"])
    widget = ActivationWidget(recording)
    widget.figure()
    widget.close()
    del recording, widget
    gc.collect()
    assert held() is None


def test_closing_twice_is_no_error(widget: ActivationWidget) -> None:
    widget.close()
    widget.close()


def test_closing_closes_every_part(make: Make, by_hand: Recording) -> None:
    make(by_hand).close()
    before = set(ipywidgets.widgets.widget._instances)
    make(by_hand).close()
    left = [
        part._model_name
        for model_id, part in ipywidgets.widgets.widget._instances.items()
        if model_id not in before
    ]
    # Layouts and styles are widgets too, which ipywidgets leaves to the collector.
    assert [name for name in left if not name.endswith(("LayoutModel", "StyleModel"))] == []


AFTER_CLOSING: dict[str, Callable[[ActivationWidget], object]] = {
    "layer": lambda w: setattr(w, "layer", "wide"),
    "channel": lambda w: setattr(w, "channel", 1),
    "all channels": lambda w: setattr(w, "channel", None),
    "normalization": lambda w: setattr(w, "normalization", "symmetric"),
    "image_index": lambda w: setattr(w, "image_index", 1),
    "layer_slider": lambda w: setattr(w.layer_slider, "value", "wide"),
    "channel_slider": lambda w: setattr(w.channel_slider, "value", 1),
    "normalization_slider": lambda w: setattr(w.normalization_slider, "value", "symmetric"),
    "image_slider": lambda w: setattr(w.image_slider, "value", 1),
    "figure": lambda w: w.figure(),
}


@pytest.mark.parametrize("use", list(AFTER_CLOSING))
def test_a_closed_widget_says_that_it_is(make: Make, by_hand: Recording, use: str) -> None:
    widget = make(by_hand, channel=3)
    widget.close()
    with pytest.raises(RuntimeError, match="closed"):
        AFTER_CLOSING[use](widget)


@pytest.mark.parametrize("use", ["layer", "channel", "all channels", "normalization", "figure"])
def test_so_does_one_whose_recording_was_closed(make: Make, by_hand: Recording, use: str) -> None:
    widget = make(by_hand, channel=3)
    by_hand.close()
    with pytest.raises(RuntimeError, match="closed"):
        AFTER_CLOSING[use](widget)


def test_a_recording_made_by_hand_needs_no_tensorflow() -> None:
    code = """
import sys, numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
maps = np.random.default_rng(0).standard_normal((1, 9, 9, 8)).astype("f4")
image = np.zeros((1, 9, 9, 3), np.uint8)
entry = LayerMaps("conv", "Conv2D", None, "maps", maps)
recording = Recording([entry], model_name="net", inputs=image.astype("f4"), images=image)
widget = ActivationWidget(recording, channel=3)
widget.figure(), widget.get_state(), widget.close()
print([name for name in ("tensorflow", "keras", "tf_keras") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
