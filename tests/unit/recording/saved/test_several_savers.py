"""Several savers of one path: no error, nothing left behind, a recording at any time."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved_recordings import small_recording

from actwidget import Recording
from actwidget.recording.saved import folder_swap

SYSTEMS = [True, False]
"""Whether the system exchanges two folders in one step."""


def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_swap, "FLAGS", {})


def run_together(*tasks: Callable[[], None]) -> list[BaseException]:
    errors: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.parametrize("exchanges", SYSTEMS)
def test_there_is_a_recording_at_any_time_whoever_saves(
    path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        without_exchange(monkeypatch)
    small_recording("first").save(path)
    done = threading.Event()
    seen: set[str] = set()

    def save(name: str) -> None:
        for _ in range(5):
            small_recording(name).save(path, overwrite=True)

    def savers() -> None:
        errors = run_together(lambda: save("one"), lambda: save("two"), lambda: save("three"))
        done.set()
        assert errors == []

    def load() -> None:
        while not done.is_set():
            loaded = Recording.load(path)
            seen.add(loaded.model_name)
            loaded.close()

    errors = run_together(savers, load)
    assert errors == []
    assert len(seen) > 1
    assert os.listdir(path.parent) == [path.name]
    loaded = Recording.load(path)
    np.testing.assert_array_equal(loaded["conv1"].maps, small_recording()["conv1"].maps)


@pytest.mark.parametrize("exchanges", SYSTEMS)
def test_of_two_new_recordings_one_is_kept_and_the_other_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        without_exchange(monkeypatch)
    for _ in range(2):
        errors = run_together(*[lambda: small_recording().save(path) for _ in range(3)])
        assert [type(error) for error in errors] == [FileExistsError] * 2
        assert os.listdir(path.parent) == [path.name]
        shutil.rmtree(path)


@pytest.mark.parametrize("exchanges", SYSTEMS)
@pytest.mark.parametrize("kind", ["folder", "file", "recording", "recording with notes"])
@pytest.mark.parametrize("overwrite", [True, False])
def test_what_appears_while_a_recording_is_written_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool, kind: str, overwrite: bool
) -> None:
    if not exchanges:
        without_exchange(monkeypatch)
    from actwidget.recording.saved import writer

    original = vars(writer)["measure_files"]
    appeared: list[bool] = []

    def appear(folder: Path) -> Any:
        if appeared:
            return original(folder)
        appeared.append(True)
        if kind == "file":
            path.write_text("mine")
        elif kind == "folder":
            path.mkdir()
        else:
            small_recording("theirs").save(path)
            if kind.endswith("notes"):
                (path / "notes.txt").write_text("mine")
        return original(folder)

    monkeypatch.setattr(writer, "measure_files", appear)
    if kind == "recording" and overwrite:
        small_recording("new").save(path, overwrite=True)
        assert Recording.load(path).model_name == "new"
    else:
        with pytest.raises(FileExistsError):
            small_recording("new").save(path, overwrite=overwrite)
        assert path.is_file() if kind == "file" else path.is_dir()
        assert "recording" not in kind or Recording.load(path).model_name == "theirs"
    assert os.listdir(path.parent) == [path.name]


def test_what_takes_the_place_of_a_recording_at_the_last_moment_is_put_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_recording().save(path)
    original = folder_swap._rename

    def rename(source: Path, target: Path, how: str) -> bool:
        if how == "exchange" and (target / "zarr.json").exists():
            shutil.rmtree(target)
            target.mkdir()
            (target / "thesis.tex").write_text("mine")
        return original(source, target, how)

    monkeypatch.setattr(folder_swap, "_rename", rename)
    with pytest.raises(FileExistsError, match="not a saved recording"):
        small_recording("new").save(path, overwrite=True)
    assert (path / "thesis.tex").read_text() == "mine"
    assert os.listdir(path.parent) == [path.name]


def test_a_lock_that_a_killed_process_left_is_taken_over(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_exchange(monkeypatch)
    lock = folder_swap.lock_path(path)
    lock.touch()
    os.utime(lock, (0, 0))
    small_recording().save(path)
    small_recording("new").save(path, overwrite=True)
    assert Recording.load(path).model_name == "new"
    assert os.listdir(path.parent) == [path.name]
