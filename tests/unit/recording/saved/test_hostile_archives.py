"""Zip archives that unpack to more than a recording, or are none."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from saved_recordings import maps_folder, small_recording

from actwidget import Recording


def archive(path: Path, name: str, **written: Any) -> Path:
    """Put a saved recording into a zip archive, each file written by ``zipfile``."""
    packed = path.parent / f"{name}.zip"
    with zipfile.ZipFile(packed, "w", **written) as file:
        for each in sorted(path.rglob("*")):
            if each.is_file():
                file.write(each, str(each.relative_to(path)))
    return packed


def test_an_archive_that_unpacks_to_more_than_is_described_is_not_unpacked(path: Path) -> None:
    small_recording().save(path)
    chunk = maps_folder(path, "conv1") / "c.0.0.0.0"
    chunk.write_bytes(bytes(20_000_000))
    packed = archive(path, "bomb", compression=zipfile.ZIP_DEFLATED, compresslevel=1)
    assert packed.stat().st_size < 200_000
    tracemalloc.start()
    try:
        loaded = Recording.load(packed)
        with pytest.raises(ValueError, match=r"bomb\.zip.*c\.0\.0\.0\.0 is longer than"):
            loaded["conv1"].maps[0]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_an_archive_that_lies_about_a_length_is_not_unpacked(path: Path) -> None:
    small_recording().save(path)
    (path / "zarr.json").write_bytes(b'{"a": "' + b"b" * 3000 + b'"}')
    packed = archive(path, "lying", compression=zipfile.ZIP_DEFLATED)
    content = packed.read_bytes()
    for told in (10, 2**31):
        length, lie = struct.pack("<I", 3009), struct.pack("<I", told)
        assert length in content
        packed.write_bytes(content.replace(length, lie))
        with pytest.raises((ValueError, OSError)):
            Recording.load(packed)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_packed_in_another_way_is_reported(path: Path, compression: int) -> None:
    small_recording().save(path)
    packed = archive(path, "other", compression=compression)
    with pytest.raises(ValueError, match=r"other\.zip.*in another way than deflate"):
        Recording.load(packed)


def test_an_encrypted_archive_is_reported(path: Path) -> None:
    small_recording().save(path)
    packed = archive(path, "secret")
    content = bytearray(packed.read_bytes())
    # The flags of the central directory's entries.
    start = content.find(b"PK\x01\x02")
    while start >= 0:
        content[start + 8] |= 1
        start = content.find(b"PK\x01\x02", start + 4)
    packed.write_bytes(content)
    with pytest.raises(ValueError, match=r"secret\.zip.*encrypted"):
        Recording.load(packed)


@pytest.mark.parametrize("start", [0, 4, 16, 22])
def test_a_broken_archive_is_reported(path: Path, start: int) -> None:
    small_recording().save(path)
    packed = archive(path, "broken")
    content = bytearray(packed.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    content[end - 40 + start : end + start - 20] = b"\xff" * 20
    packed.write_bytes(content)
    with pytest.raises((ValueError, OSError), match=r"broken\.zip"):
        Recording.load(packed)
