"""A web server of a folder, some files of which it answers as it likes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    """What answers a request; `ended` is set once the test is over."""

    ended: threading.Event
    answer: Callable[[Handler], None]
    hostile: Callable[[str], bool]

    def do_GET(self) -> None:
        """Answer a request."""
        with suppress(OSError):
            if self.hostile(self.path):
                type(self).answer(self)
            else:
                super().do_GET()
        self.close_connection = True

    def begin(self, status: int = 200, **headers: str) -> None:
        """Send what comes before the body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def repeat(self, part: bytes) -> None:
        """Send the same for ever, until the other side hangs up."""
        while not self.ended.is_set():
            self.wfile.write(part)

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


@contextmanager
def hostile_server(
    folder: Path, answer: Callable[[Handler], None], hostile: Callable[[str], bool]
) -> Iterator[str]:
    """Serve a folder on loopback at the URL that is yielded; `hostile` paths get the answer."""
    ended_event = threading.Event()

    class Answering(Handler):
        ended = ended_event

    # As attributes of a class they would be taken for methods.
    Answering.answer = staticmethod(answer)
    Answering.hostile = staticmethod(hostile)
    with _Server(("127.0.0.1", 0), partial(Answering, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            ended_event.set()
            server.shutdown()
            thread.join()
