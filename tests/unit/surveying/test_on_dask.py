"""Surveys on a cluster: a real one, of two processes."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import actwidget
from actwidget import IncompleteSurveyError, Survey, SurveyInterrupted
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes
from actwidget.surveying import job as module

distributed: Any = importlib.import_module("distributed")
Client, LocalCluster = distributed.Client, distributed.LocalCluster

MINUTES = 5 * 60


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as found,
    ):
        yield found


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 64)


@pytest.fixture(scope="module")
def shapes() -> tuple[Any, Any]:
    return draw_shapes(700, seed=5)


def survey(shapes: Any, **options: Any) -> Survey:
    images, labels = shapes
    options = {"layers": "relu*", "class_names": shapes_cnn.CLASS_NAMES} | options
    return actwidget.survey(options.pop("model", shapes_cnn.model()), images, labels, **options)


def digest(found: Survey) -> str:
    state: Any = found.arrays
    return str(state.state.digest())


def tasks(client: Any) -> list[str]:
    def of_survey(dask_scheduler: Any) -> list[str]:
        return [str(key) for key in dask_scheduler.tasks if str(key).startswith("survey")]

    found: list[str] = client.run_on_scheduler(of_survey)
    return found


pytestmark = pytest.mark.usefixtures("small_parts")


def test_it_is_that_of_one_machine(client: Any, shapes: Any) -> None:
    here, there = survey(shapes), survey(shapes, client=client)
    assert digest(here) == digest(there)
    assert there.images == 700
    assert here["relu3"].top(4).strip == there["relu3"].top(4).strip
    assert tasks(client) == []


class Slowly:
    """Lets a part take a while, so that something can happen meanwhile."""

    def __init__(self, folder: Path, seconds: float = 0.05) -> None:
        self.folder, self.seconds = folder, seconds

    def __call__(self, batch: Any) -> Any:
        (self.folder / str(os.getpid())).touch()
        time.sleep(self.seconds)
        return batch


def killed_when(condition: Any, killed: list[int]) -> threading.Thread:
    """Kill a worker, given by its number, once a condition holds."""

    def kill() -> None:
        until = time.monotonic() + MINUTES
        while not (number := condition()) and time.monotonic() < until:
            time.sleep(0.02)
        if number:
            os.kill(number, signal.SIGKILL)
            killed.append(number)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_worker_that_is_killed_is_made_up_for(shapes: Any, tmp_path: Path) -> None:
    expected = digest(survey(shapes))
    marks, kept = tmp_path / "marks", tmp_path / "kept"
    marks.mkdir()
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        workers = set(client.run(os.getpid).values())

        def at_a_third() -> int | None:
            done = len(list(kept.glob("*.npz"))) if kept.exists() else 0
            running = workers & {int(path.name) for path in marks.iterdir()}
            return min(running) if done >= 4 and running else None

        killed: list[int] = []
        thread = killed_when(at_a_third, killed)
        found = survey(shapes, client=client, preprocess=Slowly(marks), checkpoint=kept)
        thread.join()
        assert len(killed) == 1
        assert killed[0] not in client.run(os.getpid).values()
    assert digest(found) == expected


class Deadly:
    """Kills the process that prepares a certain image."""

    def __init__(self, image: Any, here: int) -> None:
        self.image, self.here = image, here

    def __call__(self, batch: Any) -> Any:
        if os.getpid() != self.here and any(np.array_equal(each, self.image) for each in batch):
            os.kill(os.getpid(), signal.SIGKILL)
        return batch


@pytest.mark.slow
def test_a_part_that_kills_its_workers_is_named_and_the_rest_is_kept(
    shapes: Any, tmp_path: Path
) -> None:
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
        pytest.raises(IncompleteSurveyError, match="images 256 to 319") as raised,
    ):
        survey(
            shapes,
            client=client,
            checkpoint=tmp_path / "kept",
            preprocess=Deadly(shapes[0][300], os.getpid()),
        )
    assert "killed their worker" in str(raised.value)
    assert raised.value.survey is not None
    assert raised.value.survey.images == 700 - 64
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 10


def test_an_error_on_a_worker_names_the_images(client: Any, shapes: Any) -> None:
    wrong = np.float32(shapes[0][70])

    def refuse(batch: Any) -> Any:
        if len(batch) > 1 and any(np.array_equal(each, wrong) for each in batch):
            raise ValueError("this one is odd")
        return batch

    with pytest.raises(IncompleteSurveyError, match=r"images 64 to 127 .*this one is odd"):
        survey(shapes, client=client, preprocess=refuse)
    assert tasks(client) == []


@pytest.mark.slow
def test_an_interrupt_leaves_no_task_and_a_checkpoint(shapes: Any, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, signal, threading, time
            from pathlib import Path
            import actwidget
            from actwidget.examples import shapes_cnn
            from actwidget.examples.shapes import draw_shapes
            from actwidget.surveying import job as module
            from distributed import Client, LocalCluster

            def slowly(batch):
                time.sleep(0.1)
                return batch

            def interrupt():
                while len(list(Path("kept").glob("*.npz"))) < 3:
                    time.sleep(0.02)
                os.kill(os.getpid(), signal.SIGINT)

            def left(dask_scheduler):
                return [str(key) for key in dask_scheduler.tasks]

            if __name__ == "__main__":
                module.PART = 64
                images, labels = draw_shapes(700, seed=5)
                options = dict(layers="relu*", class_names=shapes_cnn.CLASS_NAMES)
                with (
                    LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as c,
                    Client(c) as client,
                ):
                    options["client"], options["checkpoint"] = client, "kept"
                    threading.Thread(target=interrupt).start()
                    try:
                        actwidget.survey(
                            shapes_cnn.model(), images, labels, preprocess=slowly, **options
                        )
                    except actwidget.SurveyInterrupted as error:
                        print("interrupted after", error.survey.images)
                    print("tasks", client.run_on_scheduler(left))
                    found = actwidget.survey(
                        shapes_cnn.model(), images, labels, preprocess=slowly, **options
                    )
                    print("digest", found.arrays.state.digest())
                    print("files", os.listdir("kept"))
            """
        )
    )
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=MINUTES
    )
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    # Three parts were written, of which the last has 60 images, and one may not be counted yet.
    assert int(lines["interrupted"].split()[-1]) >= 124, done.stderr
    assert lines["tasks"] == "[]"
    assert lines["digest"] == digest(survey(shapes))
    assert lines["files"] == "[]"


def test_a_class_that_only_the_notebook_knows_is_sent_along(client: Any, shapes: Any) -> None:
    class Doubled(layers.Layer):
        # As in a notebook: nobody can import it.
        __module__ = "__main__"
        __qualname__ = "Doubled"

        def call(self, inputs: Any) -> Any:
            return inputs * 2

    model = keras.Sequential(
        [keras.Input((48, 48, 1)), layers.Conv2D(4, 5, activation="relu"), Doubled(name="doubled")]
    )
    here = survey(shapes, model=model, layers="all", pictures=False)
    there = survey(shapes, model=model, layers="all", client=client, pictures=False)
    assert digest(here) == digest(there)


def test_a_function_makes_the_model_on_the_workers(client: Any, shapes: Any) -> None:
    def make() -> Any:
        return shapes_cnn.model()

    assert digest(survey(shapes, model=make, client=client)) == digest(survey(shapes))


class Unsaved(keras.Model):
    """A model that Keras cannot make again from its file."""

    def __init__(self, channels: int) -> None:
        super().__init__(name="unsaved")
        self.conv = layers.Conv2D(channels, 3, activation="relu")

    def call(self, inputs: Any) -> Any:
        return self.conv(inputs)

    def get_config(self) -> Any:
        raise NotImplementedError("it has no configuration")


def test_what_cannot_be_sent_says_the_way_out(client: Any, shapes: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot save and load.*give a function that makes it"):
        survey(shapes, model=Unsaved(3), layers=None, client=client)
    stream = iter(shapes[0])
    with pytest.raises(TypeError, match="images come as a stream"):
        actwidget.survey(shapes_cnn.model(), stream, client=client)


def test_another_version_on_a_worker_is_said(
    client: Any, shapes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from actwidget.surveying import dask_client

    monkeypatch.setattr(dask_client, "PACKAGES", ("keras",))
    # What is sent is the standard library's; here is another.
    monkeypatch.setattr(dask_client, "here", lambda package: "9.9.9")
    with pytest.raises(ValueError, match=r"has keras .*, and this process 9\.9\.9.*pip install"):
        survey(shapes, client=client)
    monkeypatch.setattr(dask_client, "PACKAGES", ("actwidget", "no-such-package"))
    monkeypatch.setattr(dask_client, "here", lambda package: "1.0")
    with pytest.raises(ValueError, match="has actwidget"):
        survey(shapes, client=client)


def test_a_scheduler_that_is_gone(shapes: Any, tmp_path: Path) -> None:
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0")
    client = Client(cluster)
    client.close()
    cluster.close()
    with pytest.raises(ValueError, match="client is closed"):
        survey(shapes, client=client)


def test_interrupted_is_a_keyboard_interrupt() -> None:
    assert issubclass(SurveyInterrupted, KeyboardInterrupt)
