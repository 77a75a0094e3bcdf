"""A recording is saved completely or not at all."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from saved_recordings import WIDE, bits, change_description, data_folder, make_recording

from actwidget import Recording
from actwidget.numerics import clipping
from actwidget.numerics.normalization import Affine


class Interrupted(BaseException):
    """As KeyboardInterrupt, which pytest keeps for itself."""


def interrupt(monkeypatch: pytest.MonkeyPatch, *, after: int, error: BaseException) -> None:
    calls = []

    def affine_fingerprint(affine: Affine) -> list[float]:
        calls.append(1)
        if len(calls) > after:
            raise error
        return clipping.affine_fingerprint(affine)

    monkeypatch.setattr("actwidget.recording.saved.writer.affine_fingerprint", affine_fingerprint)


@pytest.mark.parametrize("error", [Interrupted(), OSError(28, "No space left on device")])
def test_an_interrupted_save_leaves_nothing(
    live: Recording, path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    interrupt(monkeypatch, after=15, error=error)
    with pytest.raises(type(error)):
        live.save(path)
    assert list(path.parent.iterdir()) == []


def test_an_interrupted_overwrite_keeps_the_old_one(
    live: Recording, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.save(path)
    interrupt(monkeypatch, after=15, error=Interrupted())
    with pytest.raises(Interrupted):
        make_recording(model_name="new").save(path, overwrite=True)
    assert list(path.parent.iterdir()) == [path]
    assert Recording.load(path).model_name == "net"


def test_a_killed_save_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    code = f"""
        import sys, time
        sys.path[:0] = {sys.path!r}
        import actwidget.recording.saved.writer
        from saved_recordings import make_recording

        def wait(*_):
            print("half way", flush=True)
            time.sleep(60)

        actwidget.recording.saved.writer.affine_fingerprint = wait
        make_recording().save({str(tmp_path / "net.zarr")!r})
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half way\n"
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "net.zarr").exists()
    # What it wrote has another name, and is none that could be opened.
    (part,) = tmp_path.iterdir()
    assert part.name.startswith(".net.zarr.")
    assert part.name.endswith(".part")
    with pytest.raises(ValueError, match="not a saved recording"):
        Recording.load(part)
    make_recording().save(tmp_path / "net.zarr")
    assert Recording.load(tmp_path / "net.zarr").model_name == "net"


def test_a_recording_is_replaced_only_when_asked(live: Recording, path: Path) -> None:
    live.save(path)
    new = make_recording(model_name="new")
    with pytest.raises(FileExistsError, match="overwrite=True replaces it"):
        new.save(path)
    assert Recording.load(path).model_name == "net"
    new.save(str(path), overwrite=True)
    assert Recording.load(path).model_name == "new"
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_or_newer_recording_can_be_replaced(live: Recording, path: Path) -> None:
    live.save(path)
    shutil.rmtree(data_folder(path))
    live.save(path, overwrite=True)
    change_description(path, format=99)
    live.save(path, overwrite=True)
    assert Recording.load(path).model_name == "net"


@pytest.mark.parametrize("kind", ["file", "folder", "empty folder"])
def test_what_is_not_a_recording_is_never_replaced(live: Recording, path: Path, kind: str) -> None:
    if kind == "file":
        path.write_text("my thesis")
    else:
        path.mkdir()
    if kind == "folder":
        (path / "thesis.tex").write_text("my thesis")
    with pytest.raises(FileExistsError, match=r"net\.zarr.*not a saved recording"):
        live.save(path, overwrite=True)
    assert path.exists()
    assert kind != "folder" or (path / "thesis.tex").read_text() == "my thesis"


def test_a_loaded_recording_can_replace_itself(live: Recording, path: Path) -> None:
    live.save(path)
    loaded = Recording.load(path)
    loaded.save(path, overwrite=True)
    again = Recording.load(path)
    np.testing.assert_array_equal(bits(again[WIDE].maps), bits(live[WIDE].maps))


def test_a_replaced_recording_reads_nothing_of_the_new_one(live: Recording, path: Path) -> None:
    live.save(path)
    loaded = Recording.load(path)
    make_recording(model_name="new").save(path, overwrite=True)
    with pytest.raises(ValueError, match=r"net\.zarr.*was replaced.*Open it again"):
        loaded["conv1"].maps[0]


def test_a_symbolic_link_stays_one(live: Recording, path: Path) -> None:
    live.save(path)
    link = path.parent / "link.zarr"
    link.symlink_to(path)
    make_recording(model_name="new").save(link, overwrite=True)
    assert link.is_symlink()
    assert Recording.load(path).model_name == "new"


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("https://example.org/a.zarr", ValueError, "a URL; save writes to a local folder"),
        ("a.zip", ValueError, r"save writes a folder, such as 'a\.zarr'"),
        ("no/such/folder/a.zarr", FileNotFoundError, "there is no folder .*make it first"),
    ],
)
def test_a_path_that_cannot_be_written_to_is_reported(
    live: Recording, path: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        live.save(path)


def test_a_closed_recording_cannot_be_saved(live: Recording, path: Path) -> None:
    live.close()
    with pytest.raises(RuntimeError, match="closed"):
        live.save(path)
    assert not path.exists()
