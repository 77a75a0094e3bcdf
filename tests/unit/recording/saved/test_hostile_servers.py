"""Servers that are silent, endless, packed or lying hold neither the kernel nor its memory."""

from __future__ import annotations

import itertools
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_server import Handler, hostile_server
from saved_recordings import small_recording

from actwidget import Recording

TIMEOUT = 0.4

ZEROS = bytes(1 << 20)


def silent(handler: Handler) -> None:
    handler.ended.wait()


def silent_after_the_headers(handler: Handler) -> None:
    handler.begin(Content_Length="300")
    handler.ended.wait()


def silent_half_way(handler: Handler) -> None:
    handler.begin(Content_Length="300")
    handler.wfile.write(b"{" * 100)
    handler.ended.wait()


def endless(handler: Handler) -> None:
    handler.begin()
    handler.repeat(ZEROS)


def endless_in_chunks(handler: Handler) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.begin(Transfer_Encoding="chunked")
    handler.repeat(b"10000\r\n" + ZEROS[: 1 << 16] + b"\r\n")


def endless_packed(handler: Handler) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    handler.begin(Content_Encoding="gzip")
    handler.wfile.write(packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH))
    block = packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    assert len(block) < 2000
    handler.repeat(block)


def endless_packed_nothing(handler: Handler) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    handler.begin(Content_Encoding="gzip")
    handler.wfile.write(packer.compress(b"{") + packer.flush(zlib.Z_FULL_FLUSH))
    handler.repeat(b"\x00\x00\x00\xff\xff" * 10_000)


def longer_than_anything(handler: Handler) -> None:
    handler.begin(Content_Length=str(10**15))
    handler.ended.wait()


def shorter_than_it_says(handler: Handler) -> None:
    handler.begin(Content_Length="300")
    handler.wfile.write(b"{")


def longer_than_it_says(handler: Handler) -> None:
    handler.begin(Content_Length="3")
    handler.repeat(ZEROS)


def packed_and_cut_short(handler: Handler) -> None:
    handler.begin(Content_Encoding="gzip")
    handler.wfile.write(zlib.compress(ZEROS, wbits=31)[:200])


def in_an_unknown_encoding(handler: Handler) -> None:
    handler.begin(Content_Encoding="br")
    handler.wfile.write(b"123")


def not_packed_as_it_says(handler: Handler) -> None:
    handler.begin(Content_Encoding="gzip")
    handler.wfile.write(b"no gzip at all")


def endless_error(handler: Handler) -> None:
    handler.begin(500)
    handler.repeat(ZEROS)


def redirected_for_ever(handler: Handler) -> None:
    handler.begin(302, Location=handler.path)


def endless_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for number in itertools.count():
        handler.wfile.write(b"X-Header-%d: %s\r\n" % (number, b"x" * 1000))
        if handler.ended.is_set():
            return


def garbage(handler: Handler) -> None:
    handler.repeat(bytes(range(256)) * 256)


SILENT = [silent, silent_after_the_headers, silent_half_way]

OTHERS = [
    endless,
    endless_in_chunks,
    endless_packed,
    endless_packed_nothing,
    longer_than_anything,
    shorter_than_it_says,
    longer_than_it_says,
    packed_and_cut_short,
    in_an_unknown_encoding,
    not_packed_as_it_says,
    endless_error,
    redirected_for_ever,
    endless_headers,
    garbage,
]

FILES: dict[str, Callable[[str], bool]] = {
    "description": lambda path: path.count("/") == 2 and path.endswith("zarr.json"),
    "array": lambda path: path.count("/") > 2 and path.endswith("zarr.json"),
    "chunk": lambda path: "/c." in path,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    small_recording().save(folder / "net.zarr")
    return folder


def read_all(url: str) -> None:
    recording = Recording.load(f"{url}/net.zarr", timeout=TIMEOUT)
    try:
        recording["conv1"].maps[0]
    finally:
        recording.close()


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("answer", SILENT)
def test_a_silent_server_is_given_up(
    folder: Path, answer: Callable[[Handler], None], file: str
) -> None:
    with hostile_server(folder, answer, FILES[file]) as url:
        began = time.monotonic()
        with pytest.raises(TimeoutError, match=r"http://.*nothing came for 0\.4 s.*timeout=4 "):
            read_all(url)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("answer", OTHERS)
def test_a_hostile_answer_is_an_error_and_takes_little_memory(
    folder: Path, answer: Callable[[Handler], None], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The full length takes seconds to send: see the slow test below.
    monkeypatch.setattr("actwidget.recording.saved.store.DESCRIPTION_BYTES", 4 << 20)
    tracemalloc.start()
    try:
        with (
            hostile_server(folder, answer, FILES[file]) as url,
            pytest.raises((ValueError, OSError), match=r"http://"),
        ):
            read_all(url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.slow
@pytest.mark.parametrize("answer", [endless, endless_packed])
def test_a_description_without_end_is_read_up_to_its_limit(
    folder: Path, answer: Callable[[Handler], None]
) -> None:
    tracemalloc.start()
    try:
        with (
            hostile_server(folder, answer, FILES["description"]) as url,
            pytest.raises(ValueError, match="longer than the 268,435,456 bytes"),
        ):
            Recording.load(f"{url}/net.zarr", memory_limit="1 GB")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 700_000_000


def test_a_packed_recording_is_read(folder: Path) -> None:
    """Servers may pack what they send, such as a bucket that holds packed files."""

    def pack(handler: Handler) -> None:
        content = (folder / handler.path.lstrip("/")).read_bytes()
        handler.begin(Content_Encoding="gzip")
        handler.wfile.write(zlib.compress(content, wbits=31))

    with hostile_server(folder, pack, lambda _: True) as url:
        loaded = Recording.load(f"{url}/net.zarr")
        assert loaded["conv1"].maps[0].shape == (12, 10, 8)
        loaded.close()


def test_a_missing_recording_with_an_endless_page_is_missing(folder: Path) -> None:
    def missing(handler: Handler) -> None:
        handler.begin(404)
        handler.repeat(ZEROS)

    with (
        hostile_server(folder, missing, lambda _: True) as url,
        pytest.raises(FileNotFoundError, match=r"no zarr\.json"),
    ):
        Recording.load(f"{url}/net.zarr")


def test_a_slow_answer_is_waited_for(folder: Path) -> None:
    """The deadline is that of the next byte, not of the whole file."""

    def slowly(handler: Handler) -> None:
        content = (folder / handler.path.lstrip("/")).read_bytes()
        handler.begin(Content_Length=str(len(content)))
        step = -(-len(content) // 4)
        for start in range(0, len(content), step):
            handler.ended.wait(0.2)
            handler.wfile.write(content[start : start + step])

    with hostile_server(folder, slowly, FILES["description"]) as url:
        began = time.monotonic()
        Recording.load(f"{url}/net.zarr", timeout=TIMEOUT).close()
        assert time.monotonic() - began > TIMEOUT


@pytest.mark.parametrize("timeout", [0, -1, "10", True, float("nan")])
def test_a_timeout_that_is_none_is_refused(folder: Path, timeout: object) -> None:
    with pytest.raises(ValueError, match=r"timeout is .*it takes seconds"):
        Recording.load(folder / "net.zarr", timeout=timeout)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "reference::http://127.0.0.1:9/a.json",
        "simplecache::http://127.0.0.1:9/a.zarr",
        "filecache::http://127.0.0.1:9/a.zarr",
        "zip::simplecache::http://127.0.0.1:9/a.zip",
        "reference://a",
    ],
)
def test_what_fetches_or_follows_more_than_is_asked_for_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="more may be fetched than is asked for"):
        Recording.load(url)


@pytest.mark.parametrize(
    "answer", [silent, silent_after_the_headers, endless, longer_than_anything]
)
def test_an_archive_on_a_hostile_server_is_given_up(
    folder: Path, answer: Callable[[Handler], None]
) -> None:
    with (
        hostile_server(folder, answer, lambda _: True) as url,
        pytest.raises((ValueError, OSError)),
    ):
        Recording.load(f"zip::{url}/net.zip", timeout=TIMEOUT)
