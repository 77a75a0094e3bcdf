"""Where recordings are read from, how little of them is read, and closing them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from file_server import serving
from saved_recordings import WIDE, bits, picture

from actwidget import ActivationWidget, Recording
from actwidget.recording.saved.file import SavedArray


def test_a_zip_archive_is_opened(live: Recording, path: Path, tmp_path: Path) -> None:
    live.save(path)
    archive = shutil.make_archive(str(tmp_path / "net"), "zip", path)
    for opened in (archive, f"zip::file://{archive}"):
        loaded = Recording.load(opened)
        np.testing.assert_array_equal(bits(loaded[WIDE].maps), bits(live[WIDE].maps))
        loaded.close()
    with open(archive, "r+b") as file:
        file.truncate(os.path.getsize(archive) // 2)
    with pytest.raises(ValueError, match="not a zip archive, or a truncated one"):
        Recording.load(archive)


def test_any_store_of_zarr_is_opened(live: Recording, path: Path) -> None:
    from zarr.storage import LocalStore

    live.save(path)
    loaded = Recording.load(LocalStore(path, read_only=True))
    np.testing.assert_array_equal(bits(loaded[WIDE].maps), bits(live[WIDE].maps))


def test_storage_options_go_with_urls(live: Recording, path: Path) -> None:
    live.save(path)
    with pytest.raises(TypeError, match=r"anon given.*go with a URL"):
        Recording.load(path, anon=True)
    with serving(path.parent) as fetched:
        loaded = Recording.load(f"{fetched.url}/net.zarr", block_size=2**16)
        assert loaded["conv1"].maps[0].shape == (12, 10, 8)


def test_an_unknown_kind_of_url_is_reported() -> None:
    with pytest.raises(ValueError, match=r"foo://a.*Protocol not known.*http://"):
        Recording.load("foo://a")


@pytest.mark.parametrize(
    ("missing", "way_out"),
    [("fsspec", 'pip install "fsspec[http]>=2024.12"'), ("zarr", '"zarr>=3.0.8"')],
)
def test_a_missing_package_is_reported(missing: str, way_out: str) -> None:
    code = f"""
        import sys
        sys.modules["{missing}"] = None
        from actwidget import Recording
        try:
            Recording.load("http://127.0.0.1/a.zarr")
        except ImportError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert way_out in done.stdout


def test_the_first_picture_over_http_takes_few_bytes(vgg16: Path) -> None:
    total = sum(file.stat().st_size for file in vgg16.rglob("*") if file.is_file())
    with serving(vgg16.parent) as fetched:
        recording = Recording.load(f"{fetched.url}/{vgg16.name}")
        remote = picture(recording)
        spent = fetched.bytes
        print(f"{spent:,} bytes in {len(fetched.files)} requests, of {total:,} in all")
        recording.close()
    assert remote == picture(Recording.load(vgg16))
    assert spent < 1_000_000
    assert spent < total / 30


def test_opening_takes_little_time_and_memory(vgg16: Path) -> None:
    Recording.load(vgg16).close()
    began = time.process_time()
    Recording.load(vgg16).close()
    assert time.process_time() - began < 0.5
    tracemalloc.start()
    try:
        recording = Recording.load(vgg16)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = sum(entry.maps.nbytes for entry in recording.values())
    assert size > 60_000_000
    assert peak < 2_000_000


def test_loading_needs_no_keras_and_no_tensorflow(vgg16: Path) -> None:
    code = f"""
        import sys, time
        banned = ("tensorflow", "keras", "tf_keras", "jax", "torch")
        sys.modules |= dict.fromkeys(banned)  # an import of them raises
        from actwidget import ActivationWidget, Recording
        began = time.process_time()
        recording = Recording.load({str(vgg16)!r})
        took = time.process_time() - began
        widget = ActivationWidget(recording)
        assert widget.get_state("picture")["picture"]["data"]
        assert [name for name in banned if sys.modules[name]] == []
        print(took)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    # With zarr's import.
    assert float(done.stdout) < 1


def test_zarr_is_imported_by_the_first_recording_only() -> None:
    code = "import sys, actwidget; print({'zarr', 'fsspec', 'xarray'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_closing_closes_the_file(loaded: Recording) -> None:
    maps = loaded["conv1"].maps
    assert isinstance(maps, SavedArray)
    widget = ActivationWidget(loaded)
    widget.close()
    assert maps[0].shape == (12, 10, 8), "a widget closes no recording that it was given"
    loaded.close()
    loaded.close()
    assert loaded.closed
    with pytest.raises(RuntimeError, match=r"net\.zarr' is closed: Recording\.load opens"):
        maps[0]
    with pytest.raises(RuntimeError, match=r"recording of net is closed.*load it again"):
        loaded["conv1"]


def test_a_widget_of_a_closed_recording_says_so(loaded: Recording) -> None:
    loaded.close()
    with pytest.raises(RuntimeError, match="closed"):
        ActivationWidget(loaded)
