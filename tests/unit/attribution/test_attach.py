"""A recording that was loaded is given its model, and then explained."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from differentiable_models import KINDS

from actwidget import Recording, record


@pytest.mark.parametrize("name", ["functional", "recurrent", "several inputs", "volumes", "shared"])
def test_gradients_are_those_of_the_recording_that_was_saved(name: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    model, given = KINDS[name]()
    recording = record(model, given)
    recording.save(tmp_path / "saved.zarr")
    loaded = Recording.load(tmp_path / "saved.zarr")
    with pytest.raises(RuntimeError, match=r"recording\.attach\(model\)"):
        loaded.gradients(1)
    loaded.attach(model)
    one, other = recording.gradients(1), loaded.gradients(1)
    assert list(one) == list(other)
    for path in one:
        np.testing.assert_allclose(one[path], other[path], rtol=1e-5, atol=1e-7)


def test_another_model_is_refused(tmp_path: Path) -> None:
    model, given = KINDS["functional"]()
    record(model, given).save(tmp_path / "saved.zarr")
    loaded = Recording.load(tmp_path / "saved.zarr")
    other = keras.Sequential([keras.Input((8, 9, 3)), keras.layers.Flatten(name="flat")])
    with pytest.raises(ValueError, match="has no layer conv"):
        loaded.attach(other)
    with pytest.raises(TypeError, match="model"):
        loaded.attach("model.keras")


def test_other_weights_are_told(tmp_path: Path) -> None:
    model, given = KINDS["functional"]()
    record(model, given).save(tmp_path / "saved.zarr")
    loaded = Recording.load(tmp_path / "saved.zarr")
    model.get_layer("dense").kernel.assign(model.get_layer("dense").kernel * 5)
    with pytest.warns(UserWarning, match="dense gives something else than was recorded"):
        loaded.attach(model)
