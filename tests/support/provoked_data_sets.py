"""Messages about the images and the labels of a data set."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from advice import code_in, run
from image_files import write_image
from packaging.requirements import Requirement
from PIL import Image
from provoked import Case, keywords_in, pip_command_in, refusal

from actwidget import cli
from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.stacking import stacked

IMAGES = np.zeros((4, 12, 16, 3), np.uint8)

SHAPE = (12, 16, 3)


def refused(images: Any, labels: Any = None, **options: Any) -> str:
    return refusal(open_images, images, labels, **{"shape": SHAPE, "resize": None} | options)


def check_opens(images: Any, labels: Any = None, **options: Any) -> None:
    open_images(images, labels, **{"shape": SHAPE, "resize": None} | options).batch(0, 1)


def sizes_of_images() -> list[str]:
    """What is said to be given for resize brings images to one size."""
    paths = [write_image(Path("photographs") / f"{at}.png", at, size=(12, 9)) for at in range(2)]
    told = [refused(paths), refused(paths, resize="fit"), refused({"a": IMAGES}, resize="crop")]
    told.append(
        refusal(stacked, [IMAGES[0], IMAGES[0, 1:]], ["image 0", "image 1"], argument="images")
    )
    assert keywords_in(told[0]) == keywords_in(told[-1]) == {"resize": "stretch"}
    for resize in ("crop", "stretch", None):
        assert str(resize) in told[1]
        check_opens(paths, resize=resize, shape=SHAPE if resize else None)
    return told


def names_of_files() -> list[str]:
    """One file is given in a list."""
    write_image(Path("a.png"), 0)
    told = refused("a.png")
    check_opens(eval(told.partition("or ")[2].partition(" for")[0]))
    return [told]


def arrays_of_images() -> list[str]:
    """One image becomes several, a pair what it consists of, a picture and a function images."""
    told = [
        refused(IMAGES[0]),
        refused((IMAGES, np.arange(4))),
        refused(Image.new("RGB", (16, 12))),
    ]
    check_opens(run(code_in(told[0])[-1], images=IMAGES[0]))
    pair = IMAGES, np.arange(4)
    images, labels = (run(code, images=pair) for code in code_in(told[1]))
    check_opens(images, labels)
    told.append(refused({"train": {1}, "test": {2}}))
    assert run(code_in(told[-1])[-1], images={"train": 1}) == 1
    check_opens(run(told[2].rpartition(": ")[2], images=Image.new("RGB", (16, 12))))
    lengths = refused({"a": IMAGES, "b": IMAGES[1:]})
    assert [run(code, images={"a": 1, "b": 2}) for code in code_in(lengths)] == [1, 2]

    def several() -> Any:
        return IMAGES

    told.append(refused(several))
    check_opens(run(told[-1].rpartition(": ")[2], images=several))
    np.savez("images.npz", x=IMAGES)
    with np.load("images.npz") as held:
        told.append(refused(held))
        check_opens(run(told[-1].rpartition("give ")[2], images=held))
    return [*told, lengths]


def labels_of_images() -> list[str]:
    """What it says makes labels numbers."""
    told = []
    for labels in (np.eye(4), [0.0, 1.0, 2.0, 0.0]):
        told.append(refused(IMAGES, labels))
        (code,) = code_in(told[-1])
        check_opens(IMAGES, run(code, labels=labels))
    return told


def what_is_no_data_set() -> list[str]:
    """What images can come from is named in words."""
    nothing: list[Any] = [None, 3, b"", []]
    return [refused(given) for given in nothing]


OWN_LAYER = """
import keras

@keras.saving.register_keras_serializable("own")
class Own(keras.layers.Conv2D):
    pass

def same(images):
    return images
"""


def survey_command() -> list[str]:
    """What the command says is typed after it, or installed."""
    write_image(Path("photos") / "a.png", 9)
    Path("own_layer.py").write_text(OWN_LAYER)
    make = (
        "import keras, own_layer; "
        "keras.Sequential([keras.Input((12, 16, 3)), own_layer.Own(2, 3)]).save('own.keras')"
    )
    subprocess.run([sys.executable, "-c", make], check=True, env=os.environ | {"PYTHONPATH": "."})
    words = ["own.keras", "photos", "new.zarr"]
    functions = ["own_layer", "os:nothing", "no_such_module:same"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        told = [_printed([*words, "--preprocess", function]) for function in functions]
        assert "module:function" in told[0]
        told.append(_printed(words))
        assert "--preprocess" in told[-1]
        named = ["--preprocess", "own_layer:same"]
        assert not _printed([*words, *named])
        patch.setitem(sys.modules, "distributed", None)
        words[-1] = "other.zarr"
        told.append(_printed([*words, "--scheduler", "tcp://here:1", *named]))
    (wanted,) = pip_command_in(told[-1].strip())
    assert Requirement(wanted).extras == {"dask"}
    return told


def _printed(words: list[str]) -> str:
    """Return what the command says that it cannot do."""
    with mock.patch.object(sys, "stderr", io.StringIO()) as errors:
        cli.main(["survey", *words])
    return "".join(line for line in errors.getvalue().splitlines(True) if "actwidget" in line)


CASES: list[Case] = [
    survey_command,
    sizes_of_images,
    names_of_files,
    arrays_of_images,
    labels_of_images,
    what_is_no_data_set,
]
