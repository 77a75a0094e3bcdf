"""Images at URLs are read as those in folders are, with fsspec."""

from __future__ import annotations

import pickle
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
import numpy as np
import pytest
from file_server import serving
from image_files import levels, write_classes, write_image

from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource

SHAPE = (12, 16, 3)


def opened(images: Any, *given: Any, shape: Any = SHAPE, resize: Any = None) -> ImageSource:
    return open_images(images, *given, shape=shape, resize=resize)


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Any]:
    """A file system in memory that holds the images of `write_classes`."""
    write_classes(tmp_path)
    system = fsspec.filesystem("memory")
    system.put(str(tmp_path) + "/", "/bucket/", recursive=True)
    yield system
    system.rm("/bucket", recursive=True)


def test_a_folder_has_its_classes(bucket: Any, tmp_path: Path) -> None:
    source, local = opened("memory://bucket"), opened(tmp_path)

    assert source.length == 4
    assert source.class_names == ("cats", "dogs")
    assert source.labels is not None
    assert source.labels.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(source.batch(0, 4).images, local.batch(0, 4).images)
    assert source.name(3) == "memory:///bucket/dogs/old/b.png"
    ordered = opened("memory://bucket/", None, ["dogs", "cats"])
    assert levels(ordered.batch(0, 4)) == [20, 30, 0, 10]


def test_a_pattern_is_sorted_by_name(bucket: Any) -> None:
    bucket.pipe("/bucket/cats/notes.txt", b"no image")

    source = opened("memory://bucket/cats/*", ["a", "b"])

    assert levels(source.batch(0, 2)) == [0, 10]
    assert source.class_names == ("a", "b")
    assert opened("memory://bucket/**/*.png").length == 4


def test_a_list_of_urls_keeps_its_order(bucket: Any) -> None:
    names = ["dogs/a.png", "none.png", "cats/9.png"]

    source = opened([f"memory://bucket/{name}" for name in names])

    batch = source.batch(0, 3)
    assert levels(batch) == [20, 10]
    assert batch.unreadable == [(1, "memory:///bucket/none.png", "there is no such file")]


def test_what_cannot_be_read_is_named(bucket: Any) -> None:
    bucket.pipe("/bucket/cats/10.png", b"")
    bucket.pipe("/bucket/cats/9.png", b"This is a text.")
    png = bucket.cat("/bucket/dogs/a.png")
    bucket.pipe("/bucket/dogs/a.png", png[:-25])

    batch = opened("memory://bucket").batch(0, 4)

    assert batch.numbers.tolist() == [3]
    reasons = [found.reason for found in batch.unreadable]
    assert reasons[:2] == ["the file is empty", "it is not an image that Pillow reads"]
    assert reasons[2].startswith("the file is damaged, or was not copied whole")


def test_a_fingerprint_changes_with_a_file(bucket: Any) -> None:
    first = opened("memory://bucket").fingerprint()

    assert first == opened("memory://bucket/").fingerprint()
    png = bucket.cat("/bucket/dogs/a.png")
    bucket.pipe("/bucket/dogs/a.png", png)
    assert first != opened("memory://bucket").fingerprint()


def test_what_is_in_memory_stays_in_its_process(bucket: Any) -> None:
    assert not opened("memory://bucket").is_picklable


def test_images_of_a_web_server(tmp_path: Path) -> None:
    paths = write_classes(tmp_path)
    with serving(tmp_path) as server:
        urls = [f"{server.url}/{path.relative_to(tmp_path)}" for path in paths]
        source = opened([*urls, f"{server.url}/none.png"])
        batch = source.batch(0, 5)
        assert levels(batch) == [0, 10, 20, 30]
        assert batch.unreadable == [(4, f"{server.url}/none.png", "there is no such file")]
        assert source.is_picklable
        assert levels(pickle.loads(pickle.dumps(source)).batch(1, 3)) == [10, 20]
        # The page that lists a folder is read for its links.
        assert levels(opened(f"{server.url}/cats/*.png").batch(0, 2)) == [0, 10]


def test_a_passing_failure_is_not_the_fault_of_an_image(tmp_path: Path) -> None:
    content = write_image(tmp_path / "a.png", 5).read_bytes()
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            fails = self.path == "/never.png" or (len(asked) > 1 and asked.count(self.path) == 1)
            self.send_response(503 if fails else 200)
            self.end_headers()
            if not fails:
                self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        batch = opened([f"{root}/a.png", f"{root}/b.png", f"{root}/never.png"]).batch(0, 3)
        server.shutdown()

    assert batch.numbers.tolist() == [0, 1]
    assert [found.number for found in batch.unreadable] == [2]
    assert "503" in batch.unreadable[0].reason


def test_images_in_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photographs.zip", "w") as archive:
        for path in write_classes(tmp_path / "photographs"):
            archive.write(path, path.relative_to(tmp_path / "photographs"))

    source = opened(f"zip://**/*.png::{tmp_path / 'photographs.zip'}")

    assert sorted(levels(source.batch(0, 4))) == [0, 10, 20, 30]
    assert source.is_picklable
    assert pickle.loads(pickle.dumps(source)).batch(0, 4).unreadable == []


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        ("memory://bucket/birds/*.png", FileNotFoundError, "no image has such a name: give a"),
        ("memory://bucket/cats/9.*x", FileNotFoundError, "no image has such a name"),
        ("memory://elsewhere", FileNotFoundError, "no image has such a name"),
        ("memory://bucket/cats/9.png", FileNotFoundError, "a list of URLs"),
        ("nothing://bucket", ValueError, "which fsspec does not open .*Protocol not known"),
        (["memory://a.png", "b.png"], ValueError, r"several kinds \(memory, no protocol\)"),
        ("http://127.0.0.1:9/*.png", OSError, "it cannot be read: "),
    ],
)
def test_what_is_not_there_is_told(bucket: Any, images: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        opened(images)


def test_a_missing_package_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)

    with pytest.raises(ImportError, match=r'opens s3:// .* pip install "fsspec\[s3\]'):
        opened("s3://bucket/*.jpg")
