"""A mouse that moves as a real one does: it does not wait for the page between two moves.

Playwright's waits for the page to have handled each move, which takes two frames: a drag would have
no more than 28 moves a second.
"""

from __future__ import annotations

import json
import time
from urllib.request import urlopen

import websocket
from playwright.sync_api import Page

MOVES = 125
"""Moves a second, as those of a usual mouse."""


class Mouse:
    """The mouse over a page, by Chromium's own protocol.

    Parameters
    ----------
    page : Page
    port : int
        On which the browser listens.
    """

    def __init__(self, page: Page, port: int) -> None:
        with urlopen(f"http://127.0.0.1:{port}/json") as found:
            targets = json.load(found)
        [target] = [each for each in targets if each["url"] == page.url and each["type"] == "page"]
        address = target["webSocketDebuggerUrl"]
        self._socket = websocket.create_connection(address, suppress_origin=True)
        self._sent = 0

    def drag(self, start: tuple[float, float], end: tuple[float, float], seconds: float) -> None:
        """Press, move evenly from start to end within so many seconds, and release."""
        self._send("mouseMoved", start, pressed=False)
        self._send("mousePressed", start)
        began = time.perf_counter()
        for number in range(1, int(seconds * MOVES) + 1):
            share = number / (seconds * MOVES)
            time.sleep(max(0.0, began + share * seconds - time.perf_counter()))
            self._send("mouseMoved", (start[0] + share * (end[0] - start[0]), start[1]))
        self._send("mouseMoved", end)
        self._send("mouseReleased", end)
        # The answers come in order: with the last one all has been handled.
        while json.loads(self._socket.recv()).get("id") != self._sent:
            pass

    def close(self) -> None:
        self._socket.close()

    def _send(self, kind: str, place: tuple[float, float], *, pressed: bool = True) -> None:
        self._sent += 1
        button = {"button": "left", "buttons": 1, "clickCount": 1} if pressed else {}
        event = {"type": kind, "x": place[0], "y": place[1], **button}
        message = {"id": self._sent, "method": "Input.dispatchMouseEvent", "params": event}
        self._socket.send(json.dumps(message))
