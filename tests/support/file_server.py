"""A web server of plain files that counts what is fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Fetched:
    """What was fetched from a server at ``url``."""

    url: str
    files: list[tuple[str, int]] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.files)


class _Server(ThreadingHTTPServer):
    # With the usual five a burst of requests waits a second for its connection.
    request_queue_size = 64


@contextmanager
def serving(folder: Path) -> Iterator[Fetched]:
    """Serve a folder on loopback, as ``python -m http.server`` does."""

    class Handler(SimpleHTTPRequestHandler):
        def copyfile(self, source: Any, outputfile: Any) -> None:
            content = source.read()
            fetched.files.append((self.path, len(content)))
            outputfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    with _Server(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        fetched = Fetched(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield fetched
        finally:
            server.shutdown()
            thread.join()
