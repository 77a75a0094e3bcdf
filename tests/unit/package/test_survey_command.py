"""`actwidget survey` writes what excites each channel of a model over a folder of images."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import keras
import numpy as np
import pytest
from distributed import LocalCluster
from image_files import write_image
from keras import layers

from actwidget import Survey, cli


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a model and photographs of two classes; one is damaged."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu", name="conv1"),
            layers.Conv2D(3, 3, activation="relu", name="conv2"),
        ],
        name="net",
    )
    model.save("model.keras")
    for at in range(6):
        write_image(Path("photos") / "ab"[at % 2] / f"{at}.png", 40 * at, size=(8, 8))
    (Path("photos") / "a" / "damaged.png").touch()
    Path("mine.py").write_text("def halve(images):\n    return images / 2\n")
    return tmp_path


def run(*arguments: str) -> int:
    return cli.main(["survey", *arguments])


def test_a_survey_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("model.keras", "photos", "survey.zarr") == 0

    printed = capsys.readouterr()
    assert printed.out.startswith("Wrote survey.zarr (")
    assert printed.out.endswith(": 6 images\n")
    assert "1 could not be read: photos/a/damaged.png (the file is empty)" in printed.err
    with closing(Survey.load("survey.zarr")) as found:
        assert found.images == 6
        assert found.class_names == ("a", "b")
        assert [number for number, _, _ in found.unreadable] == [3]


def test_every_option_reaches_the_survey(folder: Path) -> None:
    for at in range(3):
        write_image(Path("wide") / f"{at}.png", 80 * at, size=(20, 30))

    assert (
        run(
            *("model.keras", "wide", "survey.zarr", "--layers", "conv2", "--top", "2"),
            *("--batch-size", "2", "--statistics", "sampled", "--resize", "crop"),
            *("--checkpoint", "parts", "--preprocess", "mine:halve"),
        )
        == 0
    )

    with closing(Survey.load("survey.zarr")) as found:
        assert list(found) == ["conv2"]
        assert max(len(found["conv2"].top(channel).images) for channel in range(3)) == 2
        halved = keras.models.load_model("model.keras").predict(np.full((1, 8, 8, 3), 80.0))
        np.testing.assert_allclose(
            found["conv2"].statistics.maximum, halved.max(axis=(0, 1, 2)), rtol=1e-5
        )


def test_names_of_files_that_a_shell_made_of_a_pattern(folder: Path) -> None:
    names = sorted(str(path) for path in Path("photos").glob("b/*.png"))

    assert run("model.keras", *names, "survey.zarr", "--statistics", "none") == 0

    with closing(Survey.load("survey.zarr")) as found:
        assert found.images == 3


def test_a_survey_on_a_cluster(folder: Path) -> None:
    # Another folder than the one that the images are named in.
    workers = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**workers) as cluster:  # type: ignore[no-untyped-call]
        cluster.get_client().run(os.chdir, "/")
        address = cluster.scheduler_address
        options = ("--preprocess", "mine:halve")
        assert run("model.keras", "photos", "there.zarr", "--scheduler", address, *options) == 0
    assert run("model.keras", "photos", "here.zarr", *options) == 0

    with closing(Survey.load("there.zarr")) as there, closing(Survey.load("here.zarr")) as here:
        for channel in range(3):
            np.testing.assert_array_equal(
                there["conv2"].top(channel).values, here["conv2"].top(channel).values
            )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("model.keras", "photos", "taken"), "OUTPUT is 'taken', which exists already"),
        (("model.keras", "photos", "none/new"), "there is no folder 'none'; make it first"),
        (("model.keras", "photos", "s3://a/b"), "OUTPUT is 's3://a/b', a URL"),
        (("none.keras", "photos", "new"), "MODEL is 'none.keras', and there is no such file"),
        (("taken", "photos", "new"), "MODEL is 'taken', which Keras does not load"),
        (("model.keras", "none", "new"), "images is 'none', and there is no such folder"),
        (("model.keras", "photos", "new", "--top", "0"), "top is 0; it takes"),
        (("model.keras", "photos", "new", "--preprocess", "a"), "it takes module:function"),
        (("model.keras", "photos", "new", "--preprocess", "a.b:c"), "there is no module 'a.b'"),
        (("model.keras", "photos", "new", "--preprocess", "os:c"), "os has no function 'c'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    folder: Path, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken").write_text("mine")

    assert run(*arguments) == 1

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("actwidget survey: ")
    assert words in line
    assert not Path("new").exists()
    assert Path("taken").read_text() == "mine"


def test_what_exists_is_refused_before_keras_is_loaded(folder: Path) -> None:
    code = (
        "import sys; from actwidget import cli; "
        "code = cli.main(['survey', 'model.keras', 'photos', '.']); "
        "sys.exit(code if not {'keras', 'tensorflow'} & set(sys.modules) else 3)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")


def test_without_dask_it_is_told_how_to_install_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    assert run("model.keras", "photos", "new", "--scheduler", "tcp://localhost:1") == 1

    assert 'pip install "actwidget[dask]"' in capsys.readouterr().err
