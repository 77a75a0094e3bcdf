"""Folders of image files, listed as Keras lists them: classes are their sub-folders."""

from __future__ import annotations

import os
import posixpath
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actwidget.images.files import SUFFIXES
from actwidget.utils.messages import listed, quoted
from actwidget.utils.stacklevel import find_stack_level


class Listing(NamedTuple):
    """Image files and their classes.

    Attributes
    ----------
    names
        Their paths.
    labels
        ``(images,)``, None if they are in no sub-folders.
    class_names
        The names of the sub-folders.
    """

    names: list[str]
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...]


def list_folder(folder: Path, class_names: Any, *, argument: str) -> Listing:
    """List the image files of a folder: see `by_folder`."""
    files, folders = [], []
    for name in os.listdir(folder):
        if (folder / name).is_dir():
            folders.append(name)
            files += [f"{name}/{below}" for below in _files_below(folder / name)]
        else:
            files.append(name)
    listing = by_folder(files, folders, str(folder), class_names, argument=argument)
    return listing._replace(names=[os.path.join(folder, name) for name in listing.names])


def by_folder(
    files: Iterable[str], folders: Iterable[str], folder: str, class_names: Any, *, argument: str
) -> Listing:
    """Return the images among files, with their sub-folders as classes if they are in some.

    The order is that of ``keras.utils.image_dataset_from_directory(folder, shuffle=False)``: by
    class, then by folder, then by name. Sub-folders whose names begin with a dot are left out.

    Parameters
    ----------
    files
        Their paths in the folder, with slashes.
    folders
        The names of its sub-folders, also of those without images.
    folder
        What it is called.
    class_names
        The sub-folders in another order than by name, which numbers the classes.
    argument
        What errors call the data set.

    Raises
    ------
    ValueError
        If there is no image, or `class_names` are not the names of the sub-folders.

    Warns
    -----
    UserWarning
        If there are images beside the sub-folders, which are left out.
    """
    found: dict[str, list[str]] = {name: [] for name in sorted(folders) if name[0] != "."}
    beside = []
    for file in sorted(filter(is_image_name, files), key=posixpath.split):
        name, inside, _ = file.partition("/")
        if not inside:
            beside.append(file)
        elif name in found:
            found[name].append(file)
    if not any(found.values()):
        if not beside:
            raise ValueError(
                f"{argument} is {quoted(folder)}, a folder without images, also in its "
                f"sub-folders; images are files that end in {listed(SUFFIXES)}"
            )
        return Listing(beside, None, ())
    if beside:
        warnings.warn(
            f"{argument} is {quoted(folder)}, whose classes are its sub-folders; "
            f"{len(beside):,} images beside them are left out",
            stacklevel=find_stack_level(),
        )
    ordered = _in_order(tuple(found), class_names, folder)
    labels = np.repeat(np.arange(len(ordered)), [len(found[name]) for name in ordered])
    return Listing([file for name in ordered for file in found[name]], labels, ordered)


def is_image_name(name: str) -> bool:
    """Check by its name whether a file is an image."""
    return name.lower().endswith(SUFFIXES)


def _files_below(folder: Path) -> Iterator[str]:
    """Return the paths of the files in a folder and in those in it, with slashes."""
    for root, _, names in os.walk(folder):
        inside = os.path.relpath(root, folder).replace(os.sep, "/")
        yield from (name if inside == "." else f"{inside}/{name}" for name in names)


def _in_order(folders: tuple[str, ...], class_names: Any, folder: str) -> tuple[str, ...]:
    if class_names is None:
        return folders
    ordered = tuple(class_names)
    if set(ordered) != set(folders):
        raise ValueError(
            f"class_names holds {listed(map(quoted, ordered))}, and the sub-folders of "
            f"{quoted(folder)} are {listed(map(quoted, folders))}; give these in any order"
        )
    return ordered
