"""A scratch folder without room: what was recorded before stays usable."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from recorded import numbers
from recordings import Make

from actwidget import ScratchFullError, record

MEGABYTE = 10**6


def cnn() -> keras.Model:
    """Maps of 2.1, 2.1, 4.2, 0.5 MB and few bytes for an image of 256 × 256."""
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.Input((256, 256, 3)),
            layers.Conv2D(8, 3, padding="same", name="first"),
            layers.ReLU(name="second"),
            layers.Conv2D(16, 3, padding="same", name="large"),
            layers.MaxPooling2D(4, name="small"),
            layers.GlobalAveragePooling2D(name="average"),
        ],
        name="cnn",
    )


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of 6 MB, which only root can mount."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(tmp_path)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a file system can be mounted by root on Linux only")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def full(limit: int | str = 1) -> ScratchFullError:
    with (
        pytest.warns(UserWarning, match=r"8.65 MB of this recording's 8.65 MB are to go to files"),
        pytest.raises(ScratchFullError) as caught,
    ):
        record(cnn(), numbers(1, 256, 256, 3), memory_limit=limit)
    return caught.value


def test_the_error_says_what_was_lost_and_what_can_be_done(small_disk: Path) -> None:
    error = full()
    assert isinstance(error, OSError)
    assert error.errno == errno.ENOSPC
    message = str(error)
    assert f"1 of 5 layers of cnn could not be kept in {small_disk}: No space left" in message
    assert "(large)" in message
    assert "raise memory_limit, or set TMPDIR" in message


def test_what_was_recorded_is_usable(small_disk: Path, make: Make) -> None:
    error = full()
    plain = record(cnn(), numbers(1, 256, 256, 3))
    kept = error.recording
    assert kept.layers == ("first", "second", "small", "average")
    for path, entry in kept.items():
        assert entry.maps.tobytes() == plain[path].maps.tobytes()
    assert kept.not_shown["large"].startswith("could not be kept")
    widget = make(kept)
    widget.layer = "second"
    widget.figure()


def test_an_earlier_recording_stays_whole(small_disk: Path) -> None:
    images = numbers(1, 256, 256, 3)
    earlier = record(cnn(), images, memory_limit=1, layers=["first", "small"])
    with (
        pytest.warns(UserWarning, match="are to go to files"),
        pytest.raises(ScratchFullError) as caught,
    ):
        record(cnn(), images, memory_limit=1)
    assert list(caught.value.recording.layers) == ["first", "small", "average"]
    plain = record(cnn(), images)
    np.testing.assert_array_equal(earlier["first"].maps, plain["first"].maps)


def test_room_is_there_again_once_recordings_are_closed(small_disk: Path) -> None:
    def free() -> int:
        return os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize

    before = free()
    kept = full().recording
    assert free() < before - 4 * MEGABYTE
    kept.close()
    assert free() == before


def test_the_disk_is_not_filled_to_the_brim(small_disk: Path) -> None:
    error = full()
    status = os.statvfs(small_disk)
    assert status.f_bavail * status.f_frsize > MEGABYTE
    error.recording.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of a file's size")
def test_a_write_that_fails_half_way_is_no_worse() -> None:
    code = (
        "import resource, numpy\n"
        "from actwidget import ScratchFullError, record\n"
        "from test_full_disk import cnn, numbers\n"
        "model, images = cnn(), numbers(1, 256, 256, 3)\n"
        "plain = record(model, images)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    record(model, images, memory_limit=1)\n"
        "except ScratchFullError as error:\n"
        "    print(error)\n"
        "    kept = error.recording\n"
        "for path, entry in kept.items():\n"
        "    numpy.testing.assert_array_equal(entry.maps, plain[path].maps)\n"
        "print(*kept)\n"
    )
    paths = [str(Path(__file__).parent), *sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    message, kept = done.stdout.splitlines()
    assert "1 of 5 layers of cnn could not be kept" in message
    assert "File too large" in message
    assert kept == "input first second small average"


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    images = numbers(1, 256, 256, 3)
    assert len(record(cnn(), images).layers) == 5
    with (
        pytest.warns(UserWarning, match="are to go to files"),
        pytest.raises(ScratchFullError, match="missing: No such file"),
    ):
        record(cnn(), images, memory_limit=1)
