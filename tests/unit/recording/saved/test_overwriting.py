"""What `save(overwrite=True)` deletes, and what it never deletes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zarr
from saved_recordings import change_description, data_folder, small_recording

from actwidget import Recording


def contents(folder: Path) -> dict[str, bytes]:
    """All that is in a folder, except devices."""
    return {
        str(each.relative_to(folder)): each.read_bytes() if each.is_file() else b""
        for each in folder.rglob("*")
    }


# What is no recording


def a_group(path: Path) -> None:
    zarr.create_group(path, attributes={"title": "made with actwidget"})


def a_group_with_an_attribute(path: Path) -> None:
    zarr.create_group(path, attributes={"actwidget": "0.1.0"})


def a_group_with_a_mapping(path: Path) -> None:
    zarr.create_group(path, attributes={"actwidget": {"format": "f4", "version": 2}})


def a_group_with_numbers(path: Path) -> None:
    group = zarr.create_group(path, attributes={"actwidget": {"format": 2}})
    group.create_array("sea_ice", shape=(3,), dtype="f4")


def a_group_of_recordings(path: Path) -> None:
    zarr.create_group(path)
    small_recording().save(path / "net.zarr")


def a_folder_of_recordings(path: Path) -> None:
    path.mkdir()
    small_recording().save(path / "net.zarr")


def an_array(path: Path) -> None:
    zarr.create_array(path, shape=(2,), dtype="f4", attributes={"actwidget": {"format": 2}})


def an_array_that_says_it_is_one(path: Path) -> None:
    marker: Any = {"format": 2, "folder": "a1", "maps": []}
    zarr.create_array(path, shape=(2,), dtype="f4", attributes={"actwidget": marker})


def json_of_another_kind(path: Path) -> None:
    path.mkdir()
    (path / "zarr.json").write_text('["actwidget"]')


def text(path: Path) -> None:
    path.mkdir()
    (path / "zarr.json").write_text('"actwidget" is a fine widget')


def older_zarr(path: Path) -> None:
    zarr.create_group(path, zarr_format=2, attributes={"actwidget": {"format": 2}})


def a_pipe(path: Path) -> None:
    path.mkdir()
    os.mkfifo(path / "zarr.json")


NO_RECORDINGS = [
    a_group,
    a_group_with_an_attribute,
    a_group_with_a_mapping,
    a_group_with_numbers,
    a_group_of_recordings,
    a_folder_of_recordings,
    an_array,
    an_array_that_says_it_is_one,
    json_of_another_kind,
    text,
    older_zarr,
    a_pipe,
]


@pytest.mark.parametrize("made", NO_RECORDINGS)
def test_what_is_no_recording_stays(path: Path, made: Callable[[Path], None]) -> None:
    made(path)
    before = contents(path)
    with pytest.raises(FileExistsError, match=r"net\.zarr.*not a saved recording.*another path"):
        small_recording("new").save(path, overwrite=True)
    assert contents(path) == before
    assert os.listdir(path.parent) == [path.name]


# Recordings that hold something else


def in_the_data(name: str) -> Callable[[Path], Path]:
    return lambda path: data_folder(path) / name


FOREIGN: dict[str, Callable[[Path], Path]] = {
    "notes.txt": lambda path: path / "notes.txt",
    ".git/config": lambda path: path / ".git" / "config",
    "thesis/": lambda path: path / "thesis" / "chapter" / "one.tex",
    "README": in_the_data("README"),
    "maps/mine.npy": in_the_data("maps/mine.npy"),
    "maps/0/c.notes": in_the_data("maps/0/c.notes"),
    "maps/0/c": in_the_data("maps/0/c"),
    "maps/0/old/c.0": in_the_data("maps/0/old/c.0"),
    "gradients/0/zarr.json": in_the_data("gradients/0/zarr.json"),
    "images/copy of c.0": in_the_data("images/copy of c.0"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_recording_with_files_that_no_save_wrote_is_refused_with_their_names(
    path: Path, kind: str
) -> None:
    small_recording().save(path)
    mine = FOREIGN[kind](path)
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine")
    before = contents(path)
    first = mine.relative_to(path)
    # The topmost folder that no save made stands for all that is in it.
    names = [str(first), *(f"{parent}/" for parent in first.parents)]
    with pytest.raises(FileExistsError, match="what no save wrote: ") as raised:
        small_recording("new").save(path, overwrite=True)
    assert any(repr(name) in str(raised.value) for name in names)
    assert contents(path) == before
    assert os.listdir(path.parent) == [path.name]


def test_links_devices_and_empty_folders_are_refused_by_name(path: Path) -> None:
    small_recording().save(path)
    chunk = next(data_folder(path).glob("maps/0/c.*"))
    elsewhere = path.parent / "elsewhere"
    chunk.rename(elsewhere)
    chunk.symlink_to(elsewhere)
    os.mkfifo(data_folder(path) / "maps" / "0" / "c.7.7.7.7")
    (path / "mine").mkdir()
    with pytest.raises(FileExistsError) as raised:
        small_recording("new").save(path, overwrite=True)
    for name in (str(chunk.relative_to(path)), "mine/", "c.7.7.7.7"):
        assert name in str(raised.value)
    assert elsewhere.exists()


def test_of_many_foreign_files_some_are_named(path: Path) -> None:
    small_recording().save(path)
    for number in range(1200):
        (path / f"{number:04}.txt").touch()
    with pytest.raises(FileExistsError, match=r"'0000\.txt', .* and 1,195 more\. It is"):
        small_recording("new").save(path, overwrite=True)


def test_what_a_file_manager_adds_is_deleted_with_a_recording(path: Path) -> None:
    small_recording().save(path)
    (path / ".DS_Store").write_bytes(b"1")
    (data_folder(path) / "maps" / "Thumbs.db").write_bytes(b"1")
    small_recording("new").save(path, overwrite=True)
    assert Recording.load(path).model_name == "new"
    assert not (path / ".DS_Store").exists()


def test_attributes_of_ones_own_do_not_keep_a_recording(path: Path) -> None:
    small_recording().save(path)
    zarr.open_group(path).attrs["title"] = "my title"
    small_recording("new").save(path, overwrite=True)
    assert Recording.load(path).model_name == "new"


@pytest.mark.parametrize("replaced", [{"format": 99}, {"entries": None}, {"maps": []}])
def test_a_damaged_recording_is_replaced(path: Path, replaced: dict[str, Any]) -> None:
    small_recording().save(path)
    change_description(path, **replaced)
    small_recording("new").save(path, overwrite=True)
    assert Recording.load(path).model_name == "new"


def test_a_hostile_description_does_not_make_other_files_ones_own(path: Path) -> None:
    path.mkdir()
    (path / "thesis").mkdir()
    (path / "thesis" / "zarr.json").write_text("mine")
    for folder in ("thesis/..", "..", ".", "", "thesis|.*", "a/b"):
        marker: Any = {"format": 2, "folder": folder, "maps": []}
        group = {"zarr_format": 3, "node_type": "group", "attributes": {"actwidget": marker}}
        (path / "zarr.json").write_text(json.dumps(group))
        with pytest.raises(FileExistsError, match="not a saved recording"):
            small_recording("new").save(path, overwrite=True)
    assert (path / "thesis" / "zarr.json").exists()
