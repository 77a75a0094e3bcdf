"""What is not a recording, or not a complete one, is reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from file_server import serving
from saved_recordings import WIDE, change_description, maps_folder, read_description

from actwidget import Recording


def test_nothing_at_the_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"a\.zarr.*nothing is there"):
        Recording.load(tmp_path / "a.zarr")
    with serving(tmp_path) as fetched:
        url = f"{fetched.url}/a.zarr"
        with pytest.raises(FileNotFoundError, match=r"http://.*no zarr\.json"):
            Recording.load(url)
    with pytest.raises(OSError, match=r"http://.*cannot be read.*Cannot connect"):
        Recording.load(url)


def test_a_foreign_file_is_reported(tmp_path: Path) -> None:
    import zarr

    (tmp_path / "text").write_text("no recording")
    zarr.create_group(tmp_path / "group", attributes={"title": "sea ice"})
    zarr.create_array(tmp_path / "array", shape=(2,), dtype="f4")
    zarr.create_group(tmp_path / "older", zarr_format=2)
    for name, message in (
        ("text", "a file that is not a zip archive"),
        ("group", r"not a saved recording \(its attributes: title\)"),
        ("array", r"zarr\.json does not describe a recording"),
        ("older", r"no zarr\.json"),
        ("", r"no zarr\.json"),
    ):
        with pytest.raises(ValueError, match=f"{message}.*it takes a folder that recording"):
            Recording.load(tmp_path / name)


@pytest.mark.parametrize("found", [3, "1", True, 0, None])
def test_a_newer_format_is_reported(live: Recording, path: Path, found: Any) -> None:
    live.save(path)
    change_description(path, format=found, versions={"actwidget": "7.0"})
    with pytest.raises(
        ValueError,
        match=rf"net\.zarr.*format {found!r}, saved by actwidget 7\.0;.*formats 1 to 2: install",
    ):
        Recording.load(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"entries": [{"path": "a"}]},
        {"entries": 3},
        {"maps": []},
        {"input": {"maps": 99}},
        {"images": {}},
        {"folder": "../elsewhere"},
        {"files": None, "bytes": None},
    ],
    ids=repr,
)
def test_a_damaged_description_is_reported(
    live: Recording, path: Path, changed: dict[str, Any]
) -> None:
    live.save(path)
    change_description(path, **changed)
    with pytest.raises(ValueError, match=r"net\.zarr.*(damaged|not complete).*save it again"):
        Recording.load(path)


def test_a_truncated_copy_is_reported_on_opening(live: Recording, path: Path) -> None:
    live.save(path)
    chunk = max(maps_folder(path, WIDE).glob("c.*"))
    content = chunk.read_bytes()
    chunk.write_bytes(content[:-9])
    with pytest.raises(ValueError, match=r"net\.zarr.*not complete.*copy it again"):
        Recording.load(path)
    chunk.unlink()
    with pytest.raises(ValueError, match=r"net\.zarr.*not complete.*copy it again"):
        Recording.load(path)
    # What a file manager adds is no damage.
    chunk.write_bytes(content)
    (chunk.parent / ".DS_Store").write_bytes(b"1")
    Recording.load(path).close()
    file = path / "zarr.json"
    file.write_text(file.read_text()[:-40])
    with pytest.raises(ValueError, match=r"net\.zarr.*zarr\.json.*damaged.*it takes a folder"):
        Recording.load(path)


@pytest.mark.parametrize("damage", ["changed", "cut short", "missing", "no array"])
def test_a_damaged_part_is_reported_and_never_shown(
    live: Recording, path: Path, damage: str
) -> None:
    live.save(path)
    with serving(path.parent) as fetched:
        loaded = Recording.load(f"{fetched.url}/net.zarr")
        for chunk in maps_folder(path, WIDE).glob("c.0.*"):
            content = bytearray(chunk.read_bytes())
            content[len(content) // 2] ^= 1
            if damage == "changed":
                chunk.write_bytes(content)
            elif damage == "cut short":
                chunk.write_bytes(content[: len(content) // 2])
            else:
                chunk.unlink()
        if damage == "no array":
            (maps_folder(path, WIDE) / "zarr.json").unlink()
        with pytest.raises(ValueError, match=r"http://.*maps/.*(cannot be read|is missing)"):
            loaded[WIDE].maps[0]
        assert loaded["conv1"].maps[0].shape == (12, 10, 8)
        loaded.close()


def test_only_known_codecs_are_run(live: Recording, path: Path) -> None:
    live.save(path)
    array = maps_folder(path, "conv1") / "zarr.json"
    metadata = json.loads(array.read_text())
    metadata["codecs"][-1] = {"name": "gzip", "configuration": {"level": 1}}
    compact = json.dumps(metadata, separators=(",", ":"))
    array.write_text(compact.ljust(array.stat().st_size))
    loaded = Recording.load(path)
    with pytest.raises(ValueError, match=r"gzip.*is expected"):
        loaded["conv1"].maps[0]


def test_an_array_unlike_its_description_is_reported(live: Recording, path: Path) -> None:
    live.save(path)
    description = read_description(path)
    description["maps"][int(maps_folder(path, "conv1").name)] |= {
        "shape": [2, 12, 10, 9],
        "groups": 9,
    }
    change_description(path, maps=description["maps"])
    with pytest.raises(ValueError, match=r"net\.zarr.*\(2, 12, 10, 9\) of float32.*is expected"):
        Recording.load(path)["conv1"].maps[0]
