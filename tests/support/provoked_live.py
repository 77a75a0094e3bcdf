"""Messages about live frames."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from advice import run
from keras import layers
from provoked import Case, refusal
from provoked_images import cnn
from traitlets import TraitError

from actwidget import ActivationWidget


def to_shares(images: np.ndarray) -> np.ndarray:
    return images / np.float32(255)


def live_widget() -> ActivationWidget:
    frames = np.zeros((4, 16, 18, 3), np.uint8)
    return ActivationWidget(cnn(16, 18, 3), live=frames, preprocess=to_shares)


def several_inputs() -> list[str]:
    """With the image of a model of several inputs it goes live."""
    one, other = keras.Input((8, 8, 3), name="one"), keras.Input((8, 8, 3), name="other")
    joined = layers.Concatenate(name="joined")([one, other])
    model = keras.Model([one, other], layers.Conv2D(2, 3, name="conv")(joined))
    told = refusal(ActivationWidget, model, live="camera")
    assert "image=" in told
    images = [np.zeros((1, 8, 8, 3), np.float32)] * 2
    ActivationWidget(model, image=images, live="camera").close()
    return [told]


def nothing_live() -> list[str]:
    """What it names makes the widget live."""
    widget = ActivationWidget(cnn(16, 18, 3), np.zeros((16, 18, 3), np.float32))
    told = refusal(widget.freeze)
    code = told.partition(": ")[2].partition(" ")[0]
    run(code, widget=widget)
    assert widget.live_source["kind"] == "camera"
    assert 'widget.live("clip.mp4")' in told
    widget.close()
    return [told]


def explained_while_live() -> list[str]:
    """The recording of a frame is explained."""
    widget = live_widget()
    with pytest.raises(TraitError) as refused:
        widget.target = "top"
    told = str(refused.value)
    frame = np.zeros((16, 18, 3), np.uint8)
    assert widget._live_session is not None
    widget._live_session.kept.add(1, frame)
    code = told.rpartition("see ")[2]
    opened = run(code, widget=widget, ActivationWidget=ActivationWidget)
    opened.target = (opened.recording.layers[-1], 0)
    for each in (opened, widget):
        each.close()
    return [told]


CASES: list[Case] = [several_inputs, nothing_live, explained_while_live]
