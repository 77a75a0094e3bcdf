"""Folders of image files, listed as Keras lists them: classes are their sub-folders."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
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
    """List the image files of a folder.

    The order is that of ``keras.utils.image_dataset_from_directory(folder, shuffle=False)``: by
    class, then by path. Sub-folders whose names begin with a dot are left out.

    Parameters
    ----------
    folder
    class_names
        The sub-folders in another order than by name, which numbers the classes.
    argument
        What errors call the data set.

    Raises
    ------
    ValueError
        If there is no image in it, or `class_names` are not the names of its sub-folders.
    """
    entries = sorted(os.listdir(folder))
    found = {
        name: list(_images_below(folder / name))
        for name in entries
        if not name.startswith(".") and (folder / name).is_dir()
    }
    images = [folder / name for name in entries if is_image_name(name)]
    own = [str(image) for image in images if image.is_file()]
    if any(found.values()):
        if own:
            warnings.warn(
                f"{argument} is {quoted(str(folder))}, whose classes are its sub-folders; "
                f"{len(own):,} images beside them are left out",
                stacklevel=find_stack_level(),
            )
        ordered = _in_order(tuple(found), class_names, folder)
        labels = np.repeat(np.arange(len(ordered)), [len(found[name]) for name in ordered])
        return Listing([each for name in ordered for each in found[name]], labels, ordered)
    if not own:
        raise ValueError(
            f"{argument} is {quoted(str(folder))}, a folder without images, also in its "
            f"sub-folders; images are files that end in {listed(SUFFIXES)}"
        )
    return Listing(own, None, ())


def is_image_name(name: str) -> bool:
    """Check by its name whether a file is an image."""
    return name.lower().endswith(SUFFIXES)


def _images_below(folder: Path) -> Iterator[str]:
    """Return the images in a folder and in those in it, sorted by folder, then by name."""
    for root, _, names in sorted(os.walk(folder), key=lambda found: found[0]):
        for name in sorted(names):
            if is_image_name(name):
                yield os.path.join(root, name)


def _in_order(folders: tuple[str, ...], class_names: Any, folder: Path) -> tuple[str, ...]:
    if class_names is None:
        return folders
    ordered = tuple(class_names)
    if set(ordered) != set(folders):
        raise ValueError(
            f"class_names holds {listed(map(quoted, ordered))}, and the sub-folders of "
            f"{quoted(str(folder))} are {listed(map(quoted, folders))}; give these in any order"
        )
    return ordered
