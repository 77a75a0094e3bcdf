"""A layer is chosen by its path, its number, or as a layer of the model."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets
from recordings import Make, of_maps

from actwidget import record
from actwidget.examples import shapes_cnn


@pytest.mark.parametrize(
    ("layer", "path"), [(0, "input"), (2, "conv2"), (-1, "conv3"), (np.int64(1), "conv1")]
)
def test_a_number_counts_from_the_input_or_from_the_end(
    make: Make, layer: object, path: str
) -> None:
    maps = np.zeros((1, 3, 3, 2), "f4")
    widget = make(of_maps(conv1=maps, conv2=maps, conv3=maps), layer=layer)
    assert widget.layer == widget.view_state.layer == path
    widget.layer = "conv1"
    widget.layer = layer
    assert widget.layer == widget.view_state.layer == path


@pytest.mark.parametrize("layer", [4, -5, True, 1.0, None, "conv9", object()])
def test_what_is_no_layer_changes_nothing(make: Make, layer: object) -> None:
    maps = np.zeros((1, 3, 3, 2), "f4")
    widget = make(of_maps(conv1=maps, conv2=maps, conv3=maps))
    with pytest.raises(traitlets.TraitError):
        widget.layer = layer
    assert widget.layer == widget.view_state.layer == "conv1"


def test_an_unknown_number_says_which_there_are(make: Make) -> None:
    maps = np.zeros((1, 3, 3, 2), "f4")
    with pytest.raises(traitlets.TraitError, match="layer is 9; the recording has layers 0 to 1"):
        make(of_maps(conv1=maps), layer=9)


def test_a_layer_of_the_model_is_found_by_its_name(make: Make) -> None:
    model = shapes_cnn.model()
    recording = record(model, shapes_cnn.images()[:1])
    layer = model.get_layer("conv2")
    widget = make(recording, layer=layer)
    assert widget.layer == "conv2"
    widget.layer = model.get_layer("conv1")
    assert widget.layer == "conv1"
