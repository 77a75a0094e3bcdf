"""Messages about surveys: their options, what is sent to other processes, interruptions."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest
from advice import code_in, run
from image_files import write_image
from keras import layers
from packaging.requirements import Requirement
from provoked import Case, keywords_in, pip_command_in, quoted_in, refusal

import actwidget
from actwidget import Survey, SurveyInterrupted
from actwidget.surveying import dask_client, on_dask
from actwidget.surveying import job as module
from actwidget.surveying.model_transfer import SentModel

IMAGES = np.random.default_rng(0).random((9, 6, 6, 2), "f4")


def small() -> Any:
    return keras.Sequential(
        [keras.Input((6, 6, 2)), layers.Conv2D(3, 3, name="conv"), layers.ReLU(name="relu")],
        name="net",
    )


def survey(*given: Any, **options: Any) -> Survey:
    keras.utils.set_random_seed(0)
    return actwidget.survey(small(), *(given or (IMAGES,)), pictures=False, **options)


def options() -> list[str]:
    """What is said that an option takes, it takes."""
    told = [
        refusal(survey, statistics="all"),
        refusal(survey, on_unreadable="ignore"),
        refusal(survey, IMAGES, [0] * 9, statistics=None),
    ]
    for value in (*quoted_in(told[0])[1:], None):
        survey(statistics=value)
    for value in quoted_in(told[1])[1:]:
        survey(on_unreadable=value)
    survey(IMAGES, [0] * 9, **keywords_in(told[2].partition(": give ")[2]))
    return told


def layers_that_are_left_out() -> list[str]:
    """The reason says what surveys them."""
    found = survey()
    told = found.not_shown["conv"]
    assert "conv" in survey(**keywords_in(told))
    return [told, refusal(lambda: found["conv"])]


def classes() -> list[str]:
    """Labels make classes."""
    told = refusal(lambda: survey()["relu"].class_selectivity)
    assert "labels=[...]" in told
    assert len(survey(IMAGES, labels=[0, 1, 2] * 3)["relu"].class_selectivity) == 3
    return [told]


def images_that_cannot_be_read() -> list[str]:
    """They can be passed over."""
    folder = Path("photographs")
    for at in range(3):
        write_image(folder / f"{at}.png", at, size=(6, 6))
    (folder / "1.png").write_bytes(b"no picture")
    model = keras.Sequential([keras.Input((6, 6, 3)), layers.ReLU()])
    told = refusal(actwidget.survey, model, folder, on_unreadable="raise")
    assert actwidget.survey(model, folder, **keywords_in(told)).images == 2
    return [told]


def interruptions() -> list[str]:
    """What was done is in the error, and goes on from the checkpoint."""
    batches: list[int] = []

    def stop(batch: Any) -> Any:
        batches.append(len(batch))
        if len(batches) == 4:
            raise KeyboardInterrupt
        return batch

    calls: dict[str, Any] = {"batch_size": 2, "preprocess": stop, "checkpoint": "kept"}
    with mock.patch.object(module, "PART", 2), pytest.raises(SurveyInterrupted) as caught:
        survey(**calls)
    told = str(caught.value)
    with mock.patch.object(sys, "last_value", caught.value, create=True):
        code = told.partition("notebook: ")[2].partition(")")[0]
        assert run(code, sys=sys).images > 0
    with mock.patch.object(module, "PART", 2):
        assert survey(**calls | keywords_in(told.replace("'", '"'))).images == 9
    kept: Any = SimpleNamespace(folder=Path("kept"))
    return [told, on_dask._kept(kept)]


def layers_that_come_and_go() -> list[str]:
    """A layer that does not always run can be left out."""

    class Changing(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(name="changing")
            self.first = layers.ReLU(name="first")
            self.second = layers.ReLU(name="second")

        def call(self, inputs: Any) -> Any:
            x = self.first(inputs)
            return self.second(x) if float(np.asarray(inputs)[0, 0, 0, 0]) > 0 else x

    images = IMAGES.copy()
    images[4:] *= -1
    told = refusal(actwidget.survey, Changing(), images, batch_size=2, pictures=False)
    assert "layers=" in told
    found = actwidget.survey(Changing(), images, batch_size=2, layers="first", pictures=False)
    assert list(found) == ["first"]
    return [told]


class Unsaved(keras.Model):  # type: ignore[misc]
    """A model that Keras cannot make again from its file."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__(name="unsaved")
        self.conv = layers.Conv2D(channels, 3, activation="relu")

    def call(self, inputs: Any) -> Any:
        return self.conv(inputs)

    def get_config(self) -> Any:
        raise NotImplementedError("it has no configuration")


def models_that_cannot_be_sent() -> list[str]:
    """A function that makes the model can."""
    model = Unsaved()
    model(IMAGES[:1])
    told = refusal(SentModel.of, model, model)
    assert "survey(make_model, ...)" in told
    assert SentModel.of(Unsaved, model).build().name == "unsaved"
    return [told]


def clients() -> list[str]:
    """What Dask takes, and what is to be installed where."""
    told = [refusal(survey, client="tcp://127.0.0.1:1")]
    distributed = importlib.import_module("distributed")
    assert hasattr(distributed, code_in(told[0])[-1].partition("(")[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "distributed", None)
        told.append(refusal(survey, client=object()))
    assert Requirement(pip_command_in(told[1])[0]).extras == {"dask"}

    class Client:
        found: Any = None

        def run(self, function: Any, package: str, on_error: str) -> Any:
            return {"tcp://127.0.0.1:1": self.found}

    client = Client()
    for client.found in (ModuleNotFoundError("actwidget"), "0.0.1"):
        told.append(refusal(dask_client._check_versions, client))
        name, here = pip_command_in(told[-1])[0].split("==")
        assert dask_client.here(name) == here
    return told


def wrong_kinds() -> list[str]:
    """A survey is opened by what opens surveys."""
    survey().save("survey.zarr")
    told = refusal(actwidget.Recording.load, "survey.zarr")
    load = run(told.rpartition(": ")[2].partition(" ")[0], actwidget=actwidget)
    assert load("survey.zarr").images == 9
    return [told]


def images_of_a_loaded_survey() -> list[str]:
    """What it says gives a survey its images, and what makes files as large as they have to be."""
    survey().save("again.zarr")
    loaded = Survey.load("again.zarr")
    widget = actwidget.ActivationWidget(small(), IMAGES[0], survey=loaded)
    told = [refusal(setattr, widget, "explored", 1)]
    run(f"loaded.{code_in(told[0])[-1]}", loaded=loaded, images=IMAGES)
    widget.explored = 1
    widget.close()
    told.append(refusal(loaded.attach_images, IMAGES, resize="crop"))
    assert ": give model=, too" in told[1]
    loaded.attach_images(IMAGES, resize="crop", model=small())
    for images in (IMAGES[:3], [write_image(Path(f"{name}.png"), 90) for name in "abcdefghi"]):
        told.append(refusal(loaded.attach_images, images))
        assert code_in(told[-1])[-1] == "survey()"
    return told


CASES: list[Case] = [
    options,
    layers_that_are_left_out,
    classes,
    images_that_cannot_be_read,
    interruptions,
    layers_that_come_and_go,
    models_that_cannot_be_sent,
    clients,
    wrong_kinds,
    images_of_a_loaded_survey,
]
