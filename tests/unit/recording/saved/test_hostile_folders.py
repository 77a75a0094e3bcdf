"""Folders that ask for more than a recording may take."""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved_recordings import (
    change_description,
    data_folder,
    maps_folder,
    read_description,
    small_recording,
)

from actwidget import ActivationWidget, Recording

# Files that are none


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def own_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        # A socket's path must be short.
        before = os.getcwd()
        os.chdir(path.parent)
        made.bind(path.name)
        os.chdir(before)


def folder(path: Path) -> None:
    path.mkdir()


NO_FILES = [pipe, endless_device, own_socket, folder]


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_path_that_is_no_file_is_reported(tmp_path: Path, kind: Callable[[Path], None]) -> None:
    kind(tmp_path / "net.zarr")
    with pytest.raises(ValueError, match=r"net\.zarr.*it takes a folder that recording\.save"):
        Recording.load(tmp_path / "net.zarr")


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_description_that_is_no_file_is_reported(
    tmp_path: Path, kind: Callable[[Path], None]
) -> None:
    kind(tmp_path / "zarr.json")
    with pytest.raises(
        ValueError, match=r"not a saved recording \(.*zarr\.json is a .* not a file"
    ):
        Recording.load(tmp_path)


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize("part", ["zarr.json", "c.0.0.0.0"])
def test_a_part_that_is_no_file_is_reported(
    path: Path, kind: Callable[[Path], None], part: str
) -> None:
    small_recording().save(path)
    loaded = Recording.load(path)
    file = maps_folder(path, "conv1") / part
    file.unlink()
    kind(file)
    with pytest.raises(ValueError, match=r"net\.zarr.* not a file"):
        loaded["conv1"].maps[0]


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_folder_with_such_a_part_is_not_complete(
    path: Path, kind: Callable[[Path], None]
) -> None:
    small_recording().save(path)
    file = maps_folder(path, "conv1") / "c.0.0.0.0"
    file.unlink()
    kind(file)
    with pytest.raises(ValueError, match=r"net\.zarr.*not complete"):
        Recording.load(path)


# Sizes


def described(path: Path, layer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The description of a recording, and the part of it about a layer's maps."""
    description = read_description(path)
    return description, description["maps"][int(maps_folder(path, layer).name)]


def store_as_described(path: Path) -> None:
    """Make the number of files and of bytes what the description says."""
    sizes = [each.stat().st_size for each in data_folder(path).rglob("*") if each.is_file()]
    change_description(path, files=len(sizes), bytes=sum(sizes))


def test_an_array_of_terabytes_is_not_described(path: Path) -> None:
    small_recording().save(path)
    for shape in ([2, 10**6, 10**6, 8], [2, 2**62, 2**62, 8], [10**30, 1, 1, 8]):
        description, known = described(path, "conv1")
        known["shape"] = shape
        change_description(path, maps=description["maps"])
        with pytest.raises(ValueError, match=r"damaged \(maps\[1\]: shape is .*copy it again"):
            Recording.load(path)


def huge(path: Path, side: int, *, chunk: int) -> None:
    """Change a recording to one of a layer of zeros, all of whose chunks are one file."""
    from zarr import create_array
    from zarr.codecs import BloscCodec, Crc32cCodec, TransposeCodec

    description, known = described(path, "conv1")
    target = maps_folder(path, "conv1")
    shutil.rmtree(target)
    small = path.parent / "small"
    array = create_array(
        small,
        shape=(1, chunk, chunk, 1),
        chunks=(1, chunk, chunk, 1),
        dtype="f4",
        filters=[TransposeCodec(order=(0, 3, 1, 2))],
        compressors=[BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"), Crc32cCodec()],
        chunk_key_encoding={"name": "default", "separator": "."},
        fill_value=0,
        config={"write_empty_chunks": True},
    )
    array[:] = np.zeros((1, chunk, chunk, 1), "f4")
    metadata = json.loads((small / "zarr.json").read_text())
    metadata["shape"] = [2, side, side, 8]
    target.mkdir()
    (target / "zarr.json").write_text(json.dumps(metadata))
    for image, row, column, channel in np.ndindex(2, side // chunk, side // chunk, 8):
        os.link(small / "c.0.0.0.0", target / f"c.{image}.{row}.{column}.{channel}")
    known |= {"shape": [2, side, side, 8], "block": 7, "statistics": {}}
    change_description(path, maps=description["maps"])
    store_as_described(path)


def test_a_layer_larger_than_the_memory_limit_is_read_in_parts(path: Path) -> None:
    small_recording().save(path)
    # 17 MB in 64 links to one file of a few hundred bytes.
    huge(path, 512, chunk=256)
    loaded = Recording.load(path, memory_limit="6 MB")
    entry = loaded["conv1"]
    assert entry.maps.nbytes == 2 * 512 * 512 * 8 * 4
    tracemalloc.start()
    try:
        assert entry.all_finite
        assert entry.map_array.block_extremes(0, 64).shape == (8, 8, 8)
        assert entry.maps[0, :, :, 3].sum() == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 14_000_000
    wholes: list[Callable[[], Any]]
    wholes = [lambda: entry.maps[...], lambda: entry.maps + 1, lambda: entry.maps[0]]
    for whole in wholes:
        with pytest.raises(MemoryError, match=r"takes .* and memory_limit is 6 MB: index less"):
            whole()
    assert entry.statistics.finite.tolist() == [2 * 512 * 512] * 8
    assert loaded.health()[0].zeros == small_recording().health()[0].zeros
    widget = ActivationWidget(loaded, layer="conv1")
    assert widget.get_state("picture")["picture"]["data"]
    widget.close()


def test_a_chunk_of_gigabytes_is_not_read(path: Path) -> None:
    small_recording().save(path)
    description, known = described(path, "conv1")
    # Its chunk is a whole image: 4 GB.
    known |= {"shape": [2, 2**15, 2**15, 1], "groups": 1}
    change_description(path, maps=description["maps"])
    loaded = Recording.load(path, memory_limit="1 GB")
    with pytest.raises(MemoryError, match=r"a chunk of .*maps/1 takes .* memory_limit is 1 GB"):
        loaded["conv1"].maps[0, 0, 0, 0]


def test_a_channel_that_would_fill_the_memory_is_not_described(path: Path) -> None:
    small_recording().save(path)
    description, known = described(path, "dense")
    known["shape"] = [2, 1, 1, 2**28]
    change_description(path, maps=description["maps"])
    with pytest.raises(
        ValueError, match=r"damaged \(maps\[2\]: the number of channels is 268435456"
    ):
        Recording.load(path, memory_limit="1 GB")


def test_a_description_that_takes_too_much_memory_is_not_read(path: Path) -> None:
    path.mkdir()
    (path / "zarr.json").write_bytes(b"[" + b"[]," * 10**6 + b"[]]")
    with pytest.raises(MemoryError, match=r"its description takes .* memory_limit is 50 MB"):
        Recording.load(path, memory_limit="50 MB")


def test_a_description_that_is_nested_for_ever_is_reported(path: Path) -> None:
    path.mkdir()
    for text in (b"[" * 10**6, b'{"a":' * 10**6):
        (path / "zarr.json").write_bytes(text)
        with pytest.raises(ValueError, match=r"zarr\.json does not describe a recording"):
            Recording.load(path, memory_limit="4 GB")


def damage_chunk(file: Path, change: Callable[[bytearray], bytes]) -> None:
    from google_crc32c import value

    content = change(bytearray(file.read_bytes()[:-4]))
    file.write_bytes(content + struct.pack("<I", value(content)))


@pytest.mark.parametrize(
    "change",
    [
        # Blosc's header tells how many bytes there are to be.
        lambda content: bytes(content[:4] + struct.pack("<I", 2**31 - 1) + content[8:]),
        lambda content: bytes(content[:4] + struct.pack("<I", 12) + content[8:]),
        lambda content: bytes(content[:12] + struct.pack("<I", 2**31 - 1) + content[16:]),
        lambda content: bytes(content[:8]),
        lambda content: b"",
        lambda content: bytes(content) + bytes(10**6),
        lambda content: bytes(content[:16]) + bytes(len(content) - 16),
        lambda content: bytes(content[:8] + struct.pack("<I", 2**31 - 1) + content[12:]),
    ],
    ids=["bomb", "short", "long", "header", "empty", "appended", "zeros", "block"],
)
def test_a_chunk_that_is_not_what_it_should_become_is_not_unpacked(
    path: Path, change: Callable[[bytearray], bytes]
) -> None:
    small_recording().save(path)
    loaded = Recording.load(path)
    damage_chunk(maps_folder(path, "conv1") / "c.0.0.0.0", change)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"net\.zarr.*is damaged"):
            loaded["conv1"].maps[0]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "codecs",
    [
        ["bytes", "blosc", "blosc", "crc32c"],
        ["transpose", "bytes", "blosc", "blosc", "crc32c"],
        ["transpose", "bytes", "crc32c", "blosc"],
        ["transpose", "bytes", "gzip", "crc32c"],
        ["transpose", "bytes", "zstd"],
        ["sharding_indexed"],
        ["numcodecs.pickle"],
        [],
    ],
    ids=str,
)
def test_codecs_in_another_order_are_not_run(path: Path, codecs: list[str]) -> None:
    small_recording().save(path)
    file = maps_folder(path, "conv1") / "zarr.json"
    metadata = json.loads(file.read_text())
    known = {codec["name"]: codec for codec in metadata["codecs"]}
    metadata["codecs"] = [known.get(name, {"name": name, "configuration": {}}) for name in codecs]
    file.write_text(json.dumps(metadata))
    store_as_described(path)
    loaded = Recording.load(path)
    with pytest.raises(ValueError, match="is encoded with"):
        loaded["conv1"].maps[0]


def test_chunks_of_another_shape_are_not_read(path: Path) -> None:
    small_recording().save(path)
    for chunk in ([1, 1, 1, 1], [1, 2**14, 2**14, 8]):
        file = maps_folder(path, "conv1") / "zarr.json"
        metadata = json.loads(file.read_text())
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = chunk
        file.write_text(json.dumps(metadata))
        store_as_described(path)
        loaded = Recording.load(path)
        with pytest.raises(ValueError, match=r"in chunks of .* is expected|is longer than"):
            loaded["conv1"].maps[0, 0, 0, 0]
