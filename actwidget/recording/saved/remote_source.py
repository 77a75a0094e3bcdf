"""A saved recording at a URL, read with fsspec."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from typing import Any

from actwidget.recording.saved.source import DamagedPartError, Limits, Source, silent, too_long
from actwidget.recording.saved.zarr_library import zarr
from actwidget.utils.urls import installation

WEB = ("http", "https")

UNBOUNDED = frozenset({"reference", "simplecache", "filecache", "blockcache", "cached", "dask"})
"""Protocols of fsspec that fetch whole files before one byte is read, or follow what a file says
to other places, or run its templates."""

PIECE = 1 << 20
"""How many bytes are asked for at once where bytes cannot be watched as they come."""

PACKED = 1 << 16
"""By how many bytes what is packed may be longer than what it becomes."""

GONE = {404, 410}
"""What a web server answers if there is no such file."""

ENCODINGS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""Encodings of a web server's answer that can be unpacked up to a number of bytes."""


def open_url(url: str, storage_options: Mapping[str, Any], limits: Limits) -> Source:
    """Open a URL with fsspec, which is not a requirement of the package.

    Raises ImportError if the package that opens it is missing, ValueError if it is not a URL that
    is opened, and OSError if it cannot be read.
    """
    protocols = [part.partition("://")[0] for part in url.split("::")]
    protocol = protocols[-1]
    refused = UNBOUNDED.intersection(protocols)
    if refused or set(protocols[:-1]) - {"zip"}:
        raise ValueError(
            f"path is {url!r}, which is not opened because more may be fetched than is asked for; "
            "it takes a local path, a URL that starts with http://, https://, s3://, gs:// or "
            "another protocol of fsspec, or zip:: and such a URL"
        )
    try:
        store = zarr.storage.FsspecStore.from_url(
            url.rstrip("/"),
            storage_options=_options(protocols, storage_options, limits),
            read_only=True,
        )
    except ImportError as error:
        raise ImportError(
            f"path is {url!r}, and the package that opens {protocol}:// is not installed "
            f"({error})" + installation(protocol)
        ) from error
    except ValueError as error:
        raise ValueError(
            f"path is {url!r}, which fsspec does not open ({error}); it takes a local path or a "
            "URL that starts with http://, https://, s3://, gs:// or another protocol of fsspec"
        ) from error
    except OSError:
        raise
    except Exception as error:
        # fsspec passes on the exceptions of some ten libraries.
        raise OSError(f"{url} cannot be read ({type(error).__name__}: {error})") from error
    return open_file_system(store, limits)


def open_file_system(store: Any, limits: Limits) -> Source:
    """Return the source of a store that reads with fsspec."""
    protocol = store.fs.protocol
    names = {protocol} if isinstance(protocol, str) else set(protocol)
    if names.intersection(WEB):
        return WebSource(store.fs, store.path, limits)
    return FileSystemSource(store.fs, store.path, limits)


def _options(protocols: list[str], given: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Return the options of fsspec that keep the limits."""
    options = dict(given)
    if protocols[-1] not in WEB:
        return options
    import aiohttp

    if len(protocols) == 1:
        # Unpacked by `WebSource`, which counts.
        client = {"auto_decompress": False}
        return options | {"client_kwargs": client | dict(options.get("client_kwargs", {}))}
    seconds = limits.seconds
    client_timeout = aiohttp.ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds)
    inner = dict(options.get(protocols[-1], {}))
    client = {"timeout": client_timeout} | dict(inner.get("client_kwargs", {}))
    return options | {protocols[-1]: inner | {"client_kwargs": client}}


class WebSource(Source):
    """A web server."""

    def __init__(self, system: Any, root: str, limits: Limits) -> None:
        self._system, self._root, self._limits = system, root.rstrip("/"), limits

    async def read(self, key: str, limit: int) -> bytes | None:
        """Return a file: bytes are counted as they come, and as they are unpacked."""
        try:
            answer = await self._wait(self._request(f"{self._root}/{key}"))
            try:
                if answer.status in GONE:
                    return None
                answer.raise_for_status()
                return await self._body(answer, key, limit)
            finally:
                # What was not read is not waited for.
                answer.close()
        except asyncio.TimeoutError:
            raise silent(self._limits) from None

    async def _request(self, url: str) -> Any:
        import aiohttp

        options = dict(self._system.kwargs)
        headers = {"Accept-Encoding": "gzip, deflate"} | dict(options.pop("headers", {}))
        session = await self._system.set_session()
        # In all, aiohttp would give up after five minutes, however fast the bytes come.
        options["timeout"] = aiohttp.ClientTimeout(total=None)
        return await session.get(self._system.encode_url(url), headers=headers, **options)

    async def _body(self, answer: Any, key: str, limit: int) -> bytes:
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if getattr(self._system._session, "auto_decompress", False):
            encoding = "identity"
        if encoding not in {"identity", *ENCODINGS}:
            raise DamagedPartError(f"{key} was sent in the encoding {encoding!r}")
        length = answer.headers.get("Content-Length", "")
        if encoding == "identity" and length.isdigit() and int(length) > limit:
            raise too_long(key, limit)
        unpacker = zlib.decompressobj(ENCODINGS[encoding]) if encoding in ENCODINGS else None
        content, received = bytearray(), 0
        while part := await self._wait(answer.content.readany()):
            received += len(part)
            content += unpacker.decompress(part, limit + 1 - len(content)) if unpacker else part
            # What is packed may become nothing, for ever.
            if len(content) > limit or received > limit + PACKED:
                raise too_long(key, limit)
        if unpacker and not unpacker.eof:
            raise DamagedPartError(f"{key} is cut short")
        return bytes(content)

    async def _wait(self, reading: Any) -> Any:
        return await asyncio.wait_for(reading, self._limits.seconds)


class FileSystemSource(Source):
    """Another file system of fsspec, of which pieces are read."""

    def __init__(self, system: Any, root: str, limits: Limits) -> None:
        self._system, self._root, self._limits = system, root.rstrip("/"), limits

    async def read(self, key: str, limit: int) -> bytes | None:
        """Return a file, a piece at a time."""
        path = f"{self._root}/{key}" if self._root else key
        content = bytearray()
        while len(content) <= limit:
            wanted = min(PIECE, limit + 1 - len(content))
            try:
                part = await self._piece(path, len(content), wanted)
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError, KeyError):
                return None
            content += part
            if len(part) < wanted:
                return bytes(content)
        raise too_long(key, limit)

    async def _piece(self, path: str, start: int, length: int) -> bytes:
        reading = self._system._cat_file(path, start=start, end=start + length)
        try:
            part = await asyncio.wait_for(reading, self._limits.seconds)
        except asyncio.TimeoutError:
            raise silent(self._limits) from None
        except OSError as error:
            # S3's answer to a range that begins at a file's end.
            if start and "not satisfiable" in str(error):
                return b""
            raise
        return bytes(part[:length])
