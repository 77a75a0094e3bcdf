"""A page driven by Chromium's own protocol, where Playwright would disturb the measurement.

Playwright waits for the page to have handled each move of its mouse, which takes two frames: a drag
would have no more than 28 moves a second. And it has the page's process tell it of every websocket
frame, which makes that process grow by the frames' bytes, without end.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import websocket

SECONDS = 60
"""How long anything may take."""

MOVES = 125
"""Moves a second, as an ordinary mouse sends."""

KEYS = {"PageUp": 33, "PageDown": 34, "ArrowLeft": 37, "ArrowRight": 39}
"""The keys that are pressed, with Windows' numbers for them."""


class DevTools:
    """The one page of a browser that shows an address.

    Parameters
    ----------
    port : int
        On which the browser listens.
    url : str
        What the page's address begins with.
    """

    def __init__(self, port: int, url: str) -> None:
        page = _page(port, url)
        self._socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], suppress_origin=True, timeout=SECONDS
        )
        self._sent = 0

    def post(self, method: str, **parameters: Any) -> None:
        """Send a command and do not wait for its answer."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command, and wait for its answer and those of all before it."""
        self.post(method, **parameters)
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found

    def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript, and await its promise."""
        options = {"awaitPromise": True, "returnByValue": True}
        found = self.send("Runtime.evaluate", expression=expression, **options)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Wait until an expression is true; in a page that is loading it may raise."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            found = self.send("Runtime.evaluate", expression=f"Boolean({condition})")
            if found["result"].get("value") is True:
                return
            time.sleep(0.05)
        raise TimeoutError(condition)

    def press(self, key: str) -> None:
        """Press a key on the focused element."""
        for kind in ("keyDown", "keyUp"):
            event = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
            self.send("Input.dispatchKeyEvent", **event)

    def drag(self, start: tuple[float, float], end: tuple[float, float], seconds: float) -> None:
        """Press, move evenly from start to end within so many seconds, and release.

        As a real mouse does: it does not wait for the page between two moves.
        """
        self._move("mouseMoved", start, pressed=False)
        self._move("mousePressed", start)
        began = time.perf_counter()
        moves = int(seconds * MOVES)
        for share in (number / moves for number in range(1, moves + 1)):
            time.sleep(max(0.0, began + share * seconds - time.perf_counter()))
            self._move("mouseMoved", (start[0] + share * (end[0] - start[0]), start[1]))
        self._move("mouseReleased", end)
        self.evaluate("0")

    def _move(self, kind: str, place: tuple[float, float], *, pressed: bool = True) -> None:
        button = {"button": "left", "buttons": 1, "clickCount": 1} if pressed else {}
        self.post("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], **button)

    def close(self) -> None:
        self._socket.close()


def _page(port: int, url: str) -> dict[str, Any]:
    """Wait for a page, of a browser that may just be starting."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/json") as found:
                for each in json.load(found):
                    if each["type"] == "page" and each["url"].startswith(url):
                        page: dict[str, Any] = each
                        return page
        except URLError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"no page of {url} on port {port}")
