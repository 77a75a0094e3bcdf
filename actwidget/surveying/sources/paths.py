"""Names of files, folders and patterns that were given as a data set."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from actwidget.images.fit import Resize
from actwidget.surveying.sources.files import Files, FileSource, open_files
from actwidget.surveying.sources.fitting import Shape
from actwidget.surveying.sources.folder import Listing, is_image_name, list_folder
from actwidget.surveying.sources.labels import Labels, read_labels
from actwidget.surveying.sources.local_files import LocalFiles
from actwidget.surveying.sources.remote_files import files_at, list_url
from actwidget.utils.messages import quoted
from actwidget.utils.urls import is_url


def open_path(
    path: str,
    labels: Any,
    class_names: Any,
    *,
    shape: Shape | None,
    resize: Resize | None,
    argument: str,
) -> FileSource:
    """Open a folder, or the files of a pattern, here or at a URL: see `open_images`."""
    in_order = class_names if labels is None else None
    files: Files
    if is_url(path):
        files, listing = list_url(path, in_order, argument=argument)
    else:
        listing = _list(path, in_order, argument)
        files = LocalFiles(listing.names)
    if labels is None and listing.labels is not None:
        known = Labels(listing.labels, listing.class_names)
    else:
        known = read_labels(labels, class_names, len(listing.names))
    return open_files(files, known, shape=shape, resize=resize, argument=argument)


def open_names(
    names: Sequence[str | os.PathLike[str]],
    labels: Any,
    class_names: Any,
    *,
    shape: Shape | None,
    resize: Resize | None,
    argument: str,
) -> FileSource:
    """Open files by their names or URLs: see `open_images`."""
    texts = [os.fspath(name) for name in names]
    files: Files
    if any(map(is_url, texts)):
        files = files_at(texts, argument=argument)
    else:
        files = LocalFiles(list(map(os.path.expanduser, texts)))
    known = read_labels(labels, class_names, len(files.names))
    return open_files(files, known, shape=shape, resize=resize, argument=argument)


def _list(name: str, class_names: Any, argument: str) -> Listing:
    path = Path(name).expanduser()
    if _exists(path):
        if path.is_dir():
            return list_folder(path, class_names, argument=argument)
        raise ValueError(
            f"{argument} is {quoted(name)}, which is one file; give a folder of images, a pattern, "
            f"or [{quoted(name)}] for this one"
        )
    if not glob.has_magic(name):
        place = "" if path.is_absolute() else f" in {quoted(os.getcwd())}"
        raise FileNotFoundError(f"{argument} is {quoted(name)}, and there is no such folder{place}")
    found = glob.glob(str(path), recursive=True)
    names = sorted(each for each in found if is_image_name(each) and os.path.isfile(each))
    if not names:
        others = f", but {len(found):,} other" if found else ""
        raise FileNotFoundError(f"{argument} is {quoted(name)}; no image has such a name{others}")
    return Listing(names, None, ())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Too long for a path, or with a null character.
        return False
