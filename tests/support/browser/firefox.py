"""Firefox as people have it, driven by WebDriver BiDi.

The commands are those of https://www.w3.org/TR/webdriver-bidi/. Playwright drives a build of its
own, and Selenium needs a driver that Debian does not have.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import websocket
from engine import SIZE, Engine, Point, found_command
from selenium.webdriver.common.keys import Keys

PREFERENCES = """
user_pref("app.normandy.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.server", "");
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
"""


class Firefox(Engine):
    """A tab of Firefox."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(f"{address}/session", suppress_origin=True)
        self._number = 0
        self._problems: list[str] = []
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded"])
        self._context = self._send("browsingContext.getTree")["contexts"][0]["context"]
        viewport = {"width": SIZE[0], "height": SIZE[1]}
        self._send("browsingContext.setViewport", context=self._context, viewport=viewport)

    def go(self, url: str) -> None:
        self._send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def script(self, script: str, *arguments: object) -> Any:
        answer = self._send(
            "script.evaluate",
            expression=f"JSON.stringify((function () {{ {script} }})(...{json.dumps(arguments)}))",
            target={"context": self._context},
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def move(self, place: Point) -> None:
        self._pointer([_move(place)])

    def click(self, place: Point) -> None:
        button = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._pointer([_move(place), *button])

    def wheel(self, place: Point, down: int) -> None:
        x, y = map(round, place)
        turn = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": down}
        inputs = [{"type": "wheel", "id": "wheel", "actions": [{"type": "pause"}, turn]}]
        self._act(inputs)

    def keys(self, *keys: str) -> None:
        codes = [getattr(Keys, key, key) for key in keys]
        presses = [_key(kind, code) for code in codes for kind in ("keyDown", "keyUp")]
        self._act([_keyboard(*presses)])

    def problems(self) -> list[str]:
        # Of whatever was sent before.
        self.script("return 0;")
        return self._problems

    def _pointer(self, actions: list[dict[str, Any]]) -> None:
        mouse = {"pointerType": "mouse"}
        self._act([{"type": "pointer", "id": "mouse", "parameters": mouse, "actions": actions}])

    def _act(self, inputs: list[dict[str, Any]]) -> None:
        self._send("input.performActions", context=self._context, actions=inputs)

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command, and return its answer; what is written to the console is kept."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("method") == "log.entryAdded":
                entry = message["params"]
                if entry["level"] == "error":
                    self._problems.append(f"{entry['text']} {entry.get('stackTrace', '')}")
            elif message.get("id") == self._number:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['message']}")
                result: dict[str, Any] = message["result"]
                return result


def _move(place: Point) -> dict[str, Any]:
    x, y = map(round, place)
    return {"type": "pointerMove", "x": x, "y": y}


def _key(kind: str, code: str) -> dict[str, Any]:
    return {"type": kind, "value": code}


def _keyboard(*actions: dict[str, Any]) -> dict[str, Any]:
    return {"type": "key", "id": "keyboard", "actions": list(actions)}


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Start Firefox without a window.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    command = found_command("firefox-esr", "firefox")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        (Path(profile) / "user.js").write_text(PREFERENCES)
        process = subprocess.Popen(
            [
                command,
                "--headless",
                "--no-remote",
                "--profile",
                profile,
                "--remote-debugging-port=0",
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield Firefox(_address(process))
        finally:
            process.terminate()
            process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    """Return where Firefox says that it listens."""
    said = []
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
        if found:
            return found[1]
        said.append(line)
    raise RuntimeError(f"Firefox ended: {''.join(said)}")
