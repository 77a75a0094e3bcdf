"""WebKitGTK's browser, which has Safari's engine, driven by its WebDriver."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine import SIZE, Engine, Point, found_command
from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.key_input import KeyInput
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.actions.wheel_input import WheelInput
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.webkitgtk.service import Service


class WebKit(Engine):
    """A window of WebKitGTK's small browser."""

    def __init__(self, driver: webdriver.WebKitGTK) -> None:
        self._driver = driver

    def go(self, url: str) -> None:
        self._driver.get(url)

    def script(self, script: str, *arguments: object) -> Any:
        return self._driver.execute_script(script, *arguments)

    def move(self, place: Point) -> None:
        actions = self._actions()
        actions.pointer_action.move_to_location(*_pixel(place))  # type: ignore[no-untyped-call]
        actions.perform()

    def click(self, place: Point) -> None:
        actions = self._actions()
        mouse = actions.pointer_action
        mouse.move_to_location(*_pixel(place))  # type: ignore[no-untyped-call]
        mouse.pointer_down().pointer_up()  # type: ignore[no-untyped-call]
        actions.perform()

    def wheel(self, place: Point, down: int) -> None:
        actions = self._actions()
        actions.wheel_action.scroll(*_pixel(place), 0, down)  # type: ignore[no-untyped-call]
        actions.perform()

    def keys(self, *keys: str) -> None:
        for key in keys:
            actions = self._actions()
            code = getattr(Keys, key, key)
            actions.key_action.key_down(code).key_up(code)
            actions.perform()

    def _actions(self) -> ActionBuilder:
        return ActionBuilder(
            self._driver,
            mouse=PointerInput("mouse", "mouse"),  # type: ignore[no-untyped-call]
            wheel=WheelInput("wheel"),
            keyboard=KeyInput("keyboard"),
            duration=0,
        )


def _pixel(place: Point) -> tuple[int, int]:
    return round(place[0]), round(place[1])


@contextmanager
def webkit() -> Iterator[WebKit]:
    """Start WebKitGTK's browser on a screen that nobody sees.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    command = found_command("WebKitWebDriver")
    with _screen() as display:
        service = Service(command, env={**os.environ, "DISPLAY": display})
        driver = webdriver.WebKitGTK(service=service)
        try:
            driver.set_window_size(*SIZE)
            yield WebKit(driver)
        finally:
            driver.quit()


@contextmanager
def _screen() -> Iterator[str]:
    """Run an X server of our own and return its name."""
    reading, writing = os.pipe()
    size = f"{SIZE[0]}x{SIZE[1] + 100}x24"
    command = [found_command("Xvfb"), "-displayfd", str(writing), "-screen", "0", size]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with open(reading) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
