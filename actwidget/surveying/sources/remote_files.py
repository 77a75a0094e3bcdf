"""Image files at URLs, fetched by fsspec many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from actwidget.surveying.sources.files import File
from actwidget.surveying.sources.folder import Listing, by_folder, is_image_name
from actwidget.utils.messages import listed, quoted, shortened
from actwidget.utils.urls import installation

STAMPS = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "updated", "created")
"""What file systems call that by which it is seen that a file has changed."""


class RemoteFiles:
    """Files of one file system of fsspec.

    Parameters
    ----------
    system
        It.
    paths
        As it calls the files.
    stamps
        The size of each file and when it was changed, as far as that is known.
    """

    def __init__(self, system: Any, paths: Sequence[str], stamps: Sequence[str]) -> None:
        self._system = system
        self._paths, self._stamps = paths, stamps
        self.names = [str(system.unstrip_protocol(path)) for path in paths]
        # What is in this process's memory is nowhere else.
        self.is_picklable = "memory" not in _protocols(system)

    def fetch(self, numbers: Sequence[int]) -> list[File]:
        """Return what is in the files, or why they could not be fetched in two attempts."""
        found = self._fetch(numbers)
        again = [at for at, file in enumerate(found) if _is_passing(file)]
        if again:
            for at, file in zip(again, self._fetch([numbers[at] for at in again]), strict=True):
                found[at] = file
        return found

    def _fetch(self, numbers: Sequence[int]) -> list[File]:
        paths = [self._paths[number] for number in numbers]
        found: list[File] = self._system.cat_ranges(paths, None, None, on_error="return")
        return found

    def stamps(self) -> Iterator[str]:
        """Return each file's name, size and time."""
        return (f"{name} {stamp}" for name, stamp in zip(self.names, self._stamps, strict=True))


class RemoteListing(NamedTuple):
    """Files at URLs and their classes: the names in the listing are theirs."""

    files: RemoteFiles
    listing: Listing


def list_url(url: str, class_names: Any, *, argument: str) -> RemoteListing:
    """List the images that a URL names: a folder's, or those of a pattern.

    Raises
    ------
    FileNotFoundError
        If there are none.
    ImportError
        If what opens the URL is not installed.
    OSError
        If the server does not answer.
    ValueError
        If it is one file, or nothing that fsspec opens.
    """
    system, path = _system_of(url, argument)
    has_pattern = any(sign in path for sign in "*?[")
    try:
        list_below = system.glob if has_pattern else system.find
        found = list_below(path, detail=True) if has_pattern or system.isdir(path) else {}
    except Exception as error:
        # fsspec passes on the exceptions of some ten libraries.
        raise OSError(f"{argument} is {quoted(url)}; it cannot be read: {_text(error)}") from error
    if found and not has_pattern:
        listing = _by_folder(found, path.rstrip("/"), url, class_names, argument)
    else:
        listing = Listing(sorted(filter(is_image_name, found)), None, ())
    if not listing.names:
        others = f", but {len(found):,} other" if found else ""
        raise FileNotFoundError(
            f"{argument} is {quoted(url)}; no image has such a name{others}: give a folder, a "
            "pattern that ends in a suffix of images, or a list of URLs"
        )
    stamps = [_stamp(found[name]) for name in listing.names]
    return RemoteListing(RemoteFiles(system, listing.names, stamps), listing)


def files_at(urls: Sequence[str], *, argument: str) -> RemoteFiles:
    """Return files by their URLs, which are looked at when they are read.

    Raises ImportError if what opens them is not installed, ValueError if they belong to several
    file systems.
    """
    protocols = {url.partition("://")[0] if "://" in url else "no protocol" for url in urls}
    if len(protocols) > 1:
        raise ValueError(
            f"{argument} holds names of several kinds ({listed(sorted(protocols))}); give those of "
            "one kind"
        )
    system, _ = _system_of(urls[0], argument)
    paths = [str(system._strip_protocol(url)) for url in urls]
    return RemoteFiles(system, paths, [""] * len(paths))


def _system_of(url: str, argument: str) -> tuple[Any, str]:
    """Return the file system of a URL, and what it calls the place."""
    protocol = url.rpartition("::")[2].partition("://")[0]
    try:
        import fsspec  # type: ignore[import-untyped]

        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise ImportError(
            f"{argument} is {quoted(url)}, and the package that opens {protocol}:// is not "
            f"installed ({shortened(error)}){installation(protocol)}"
        ) from error
    except Exception as error:
        # Whatever a library raises of a URL that it does not understand.
        raise ValueError(
            f"{argument} is {quoted(url)}, which fsspec does not open ({_text(error)}); it takes a "
            "URL that starts with http://, https://, s3://, gs:// or another protocol of fsspec"
        ) from error
    return system, path


def _by_folder(
    found: dict[str, Any], root: str, url: str, class_names: Any, argument: str
) -> Listing:
    files = [path[len(root) + 1 :] for path in found]
    folders = {file.partition("/")[0] for file in files if "/" in file}
    listing = by_folder(files, folders, url, class_names, argument=argument)
    return listing._replace(names=[f"{root}/{name}" for name in listing.names])


def _is_passing(file: File) -> bool:
    """Check for an error that another attempt may not meet."""
    return isinstance(file, Exception) and not isinstance(
        file, (FileNotFoundError, PermissionError)
    )


def _stamp(details: dict[str, Any]) -> str:
    changed = next((details[name] for name in STAMPS if details.get(name)), "")
    return f"{details.get('size')} {changed}"


def _protocols(system: Any) -> set[str]:
    protocol = system.protocol
    return {protocol} if isinstance(protocol, str) else set(protocol)


def _text(error: Exception) -> str:
    return shortened(f"{type(error).__name__}: {error}")
