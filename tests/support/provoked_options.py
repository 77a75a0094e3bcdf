"""Messages about models and options."""

from __future__ import annotations

import shutil
from functools import partial
from typing import Any

import keras
import numpy as np
from advice import code_in, run
from keras import layers
from provoked import Case, keywords_in, quoted_in, refusal, warned
from provoked_images import RGB, cnn
from recordings import of_maps, recorded

from actwidget import ActivationWidget, Affine, Normalization, Recording, record
from actwidget.examples.weights import DrawnWeights
from actwidget.numerics.mosaic import columns_for
from actwidget.utils.sizes import parse_size


def models() -> list[str]:
    """A file of a model is loaded, and a layer becomes a model."""
    told: list[str] = []
    cnn(16, 18, 3).save("a.keras")
    for given in ("a.keras", layers.Conv2D(2, 3), layers.LSTM(2)):
        image = RGB[..., 0] if isinstance(given, layers.LSTM) else RGB
        told.append(refusal(record, given, image))
        record(run(code_in(told[-1])[-1], model=given), image)
    told.append(refusal(record, "model", RGB))
    told.append(refusal(record, object(), RGB))
    for kind in ("keras.Sequential", "keras.Model"):
        assert kind in told[-1]
        assert issubclass(run(kind), keras.Model)
    return told


def models_that_no_line_helps() -> list[str]:
    """Where one line does not make a model, none is told."""
    cnn(16, 18, 3).save_weights("a.weights.h5")
    wrong: tuple[Any, ...] = (
        *("a.weights.h5", "."),
        *(layers.Add(), layers.MultiHeadAttention(2, 2), layers.LSTMCell(2)),
        keras.Input((3,))._keras_history[0],
    )
    told = [refusal(record, given, RGB) for given in wrong]
    assert not any(code_in(message) for message in told)
    return told


def preprocess() -> list[str]:
    told = [refusal(record, cnn(16, 18, 3), RGB, preprocess=3)]
    code = told[0].partition("such as ")[2]
    record(cnn(16, 18, 3), RGB, preprocess=run(code))
    return told


def layer_choices() -> list[str]:
    """The layers that a message names can be chosen, and the function that it writes chooses."""
    model = cnn(16, 18, 3)
    choose = partial(record, model, RGB)
    told = [refusal(choose, layers=lambda layer: False), refusal(choose, layers=3)]
    told.append(refusal(choose, layers=model.layers[0]))
    chosen = run(told[0][told[0].index("lambda") :])
    for given in (chosen, *quoted_in(told[1]), *quoted_in(told[2])):
        assert "conv" in choose(layers=given)
    return told


def channel_axes() -> list[str]:
    """The example holds for any model: of vectors, of sequences, of images."""
    told = [refusal(record, cnn(16, 18, 3), RGB, channel_axis=3)]
    example = run(told[0].partition("such as ")[2])
    rows = keras.Sequential([keras.Input((5, 4)), layers.LSTM(3, return_sequences=True)])
    vectors = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    for model, image in ((cnn(16, 18, 3), RGB), (rows, RGB[:5, :4, 0]), (vectors, RGB[0, :4, 0])):
        record(model, image, channel_axis=example)
    return told


def sizes() -> list[str]:
    told = [refusal(parse_size, "large", "max_size")]
    assert parse_size(quoted_in(told[0])[-1], "max_size") == 10_000_000
    return told


def columns() -> list[str]:
    told = [refusal(columns_for, 7, "many")]
    for example in (16, *quoted_in(told[0])[1:]):
        columns_for(7, example)  # type: ignore[arg-type]
    assert quoted_in(told[0])[1:] == ["auto", "square"]
    return told


def _own(statistics: Any) -> Affine:
    zeros = np.zeros_like(statistics.mean)
    return Affine(zeros + 1, zeros, (0.0, 1.0), ((0.0, "#000000"), (1.0, "#ffffff")), "own")


def normalizations() -> list[str]:
    """Functions become normalizations, one or several, in a list or not."""
    recording = recorded(layer=(6, 6, 4))
    told: list[str] = []
    for given in (_own, Normalization("own", _own)):
        told.append(refusal(ActivationWidget, recording, normalizations=given))
        code = told[-1][told[-1].rindex("[") :]
        ActivationWidget(recording, normalizations=run(code, normalizations=given)).close()
    several: list[Any] = [_own, _own]
    for number in range(2):
        told.append(refusal(ActivationWidget, recording, normalizations=several))
        several[number] = run(code_in(told[-1])[-1], normalizations=several)
    ActivationWidget(recording, normalizations=several).close()
    assert not code_in(refusal(ActivationWidget, recording, normalizations={_own}))
    return told


def affines() -> list[str]:
    """What a normalization of the user's own gives."""
    statistics = recorded(layer=(6, 6, 4))["layer"].statistics
    good = _own(statistics)

    def given(**changed: Any) -> str:
        def affine(_: Any) -> Affine:
            return Affine(**vars(good) | changed)

        return refusal(Normalization("own", affine), statistics)

    told = [
        given(scale=2.0),
        given(colours=3),
        given(colours=((0, "red"), (1, "#ffffff"))),
        given(limits=(1.0, 0.0)),
    ]
    scale = run(code_in(told[0])[-1], statistics=statistics)
    colour = quoted_in(told[2])[-1]
    limits = run(told[3].rpartition(": ")[2])
    assert (colour, limits) == ("#rrggbb", (0.0, 1.0))
    Normalization("own", lambda _: Affine(**vars(good) | {"scale": scale, "limits": limits}))(
        statistics
    )
    assert not code_in(given(scale=np.inf))
    return told


def previews() -> list[str]:
    """A picture that cannot be made is warned of once, and not made if that is asked for."""

    def show(**options: Any) -> list[str]:
        of_maps(layer=np.ones((1, 6, 6, 4), "f4")).save("saved")
        widget = ActivationWidget(Recording.load("saved"), **options)
        shutil.rmtree("saved")
        widget.channel = 2
        told = warned(widget._repr_mimebundle_)
        widget.close()
        return told

    (message,) = show()
    assert show(**keywords_in(message)) == []
    return [message]


def drawn_weights() -> list[str]:
    """What it says has the shape that it takes."""
    kernels = np.arange(3 * 3 * 1 * 4.0).reshape(3, 3, 1, 4)
    told = refusal(DrawnWeights, kernels)
    DrawnWeights(run(code_in(told)[-1], kernels=np.repeat(kernels, 2, axis=2)))
    return [told]


CASES: list[Case] = [
    *(models, models_that_no_line_helps, preprocess, layer_choices, channel_axes),
    *(sizes, columns, normalizations, affines, previews, drawn_weights),
]
