"""All pictures in a widget's state, for notebooks that are read without a kernel."""

from __future__ import annotations

import base64
import json

import keras
import numpy as np
import pytest
from archive_reader import kept_maps
from ipywidgets.embed import dependency_state, embed_data
from recordings import Make, recorded
from skimage.data import astronaut
from skimage.transform import resize

from actwidget import ActivationWidget, compare, record
from actwidget.examples import shapes_cnn, shapes_cnn_architecture
from actwidget.recording.recording import Recording


def test_the_archive_is_part_of_the_saved_state(widget: ActivationWidget) -> None:
    widget.embed()
    saved = embed_data(views=[widget])["manager_state"]["state"]
    buffers = [
        buffer
        for model in saved.values()
        if model["model_name"] == "AnyModel"
        for buffer in model.get("buffers", [])
        if buffer["path"] == ["archive", "data"]
    ]
    (archive,) = buffers
    index = widget.archive["index"]
    maps = widget.recording["narrow"].maps[1]
    shown = kept_maps(
        index, base64.b64decode(archive["data"]), widget.choices.paths.index("narrow"), 1
    )
    span = maps.max(axis=(0, 1)) - maps.min(axis=(0, 1))
    assert np.abs(shown - np.moveaxis(maps, -1, 0).ravel()).max() <= span.max() / 100


def test_embedding_may_be_asked_for_at_once(make: Make, by_hand: Recording) -> None:
    assert make(by_hand, embed=True).archive["data"]


def test_layers_that_are_not_named_are_not_kept(widget: ActivationWidget) -> None:
    widget.embed(layers=["wide"])
    kept = [layer is not None for layer in widget.archive["index"]["layers"]]
    assert kept == [path == "wide" for path in widget.choices.paths]


def test_the_limit_is_that_of_the_notebooks_file(make: Make) -> None:
    widget = make(recorded(large=(200, 200, 16)))
    widget.embed(max_size="500 KB")
    data = widget.archive["data"]
    assert 100_000 < len(base64.b64encode(data)) <= 500_000


def test_a_layer_that_is_kept_coarser_is_shown_coarser(make: Make) -> None:
    widget = make(recorded(large=(200, 200, 16)))
    before = widget.shown.mosaics[1].block
    widget.embed(max_size="50 KB")
    number = widget.choices.paths.index("large")
    kept = widget.archive["index"]["layers"][number]["block"]
    assert widget.shown.mosaics[number].block == widget.layers[number]["block"] == kept > before


def test_what_cannot_fit_changes_nothing(widget: ActivationWidget) -> None:
    with pytest.raises(ValueError, match="max_size is '1 KB'; the pictures take"):
        widget.embed(max_size="1 KB")
    assert widget.archive == {}


def test_a_constructor_whose_archive_fits_nowhere_says_so(make: Make) -> None:
    with pytest.raises(ValueError, match="max_size is '5 MB'"):
        make(recorded({f"layer{n}": (1, 1, 500_000) for n in range(3)}), embed=True)


def test_without_an_archive_a_widget_takes_at_most_400_kb(make: Make) -> None:
    widget = make(record(shapes_cnn.model(), shapes_cnn.images()))
    # Of this widget alone, without Plotly.js: those of other tests may be open still.
    own = dependency_state([widget], drop_defaults=False)
    assert widget.model_id in own
    assert sum(len(str(model)) for model in own.values()) <= 400_000


@pytest.mark.slow
def test_no_layer_of_vgg16_takes_more_than_410_kb(make: Make) -> None:
    keras.utils.set_random_seed(0)
    photograph = resize(astronaut(), (224, 224)).astype("f4") * 255
    widget = make(record(keras.applications.VGG16(weights=None), photograph))
    for path in widget.recording:
        widget.layer = path
        own = dependency_state([widget], drop_defaults=False)
        assert len(json.dumps(own)) <= 410_000, path


def test_what_is_known_of_the_named_layers_stands_at_their_places() -> None:
    recording = record(shapes_cnn.model(), shapes_cnn.images())
    widget = ActivationWidget(recording, class_names=shapes_cnn.CLASS_NAMES)
    widget.embed(layers=["conv2", "relu4"], top_images=True)
    index, data = widget.archive["index"], widget.archive["data"]
    kept = [widget.choices.paths.index(path) for path in ("conv2", "relu4")]
    explained, surveyed = index["attributions"]["layers"], index["survey"]
    assert len(surveyed["facts"]) == len(widget.choices.paths)
    for parts in (index["layers"], explained, surveyed["tops"]):
        assert len(parts) == len(widget.choices.paths)
        assert [number for number, part in enumerate(parts) if part] == kept
    for number in kept:
        layout, start, length = explained[number]["part"]
        size = next(count for name, _, count in layout if name == "importance")
        classes = index["attributions"]["classes"]
        assert size == len(classes) * len(classes[0]) * widget.choices.layers[number].channels
        assert length > 0
        assert start + length <= len(data)
    widget.close()


def test_a_comparison_keeps_what_explains_each_models_classes() -> None:
    images = shapes_cnn.images()[:2]
    recordings = {
        "trained": record(shapes_cnn.model(), images),
        "untrained": record(shapes_cnn_architecture.build(seed=1), images),
    }
    widget = compare(recordings, class_names=shapes_cnn.CLASS_NAMES)
    widget.embed(layers=["conv2"])
    index = widget.archive["index"]
    explained = index["attributions"], index["others"]['["other",1]']["attributions"]
    assert "attributions" not in index["others"]['["difference",1]']
    number = widget.choices.paths.index("conv2")
    for recording, kept in zip(recordings.values(), explained, strict=True):
        likeliest = np.asarray(recording["softmax"].maps).reshape(2, -1).argmax(axis=1)
        assert [classes[0] for classes in kept["classes"]] == likeliest.tolist()
        assert kept["layers"][number]["part"]
    widget.close()
