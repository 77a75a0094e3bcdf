"""What tests of the widget share: recordings, widgets that get closed, what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest
from recordings import Make, recorded

from actwidget import ActivationWidget
from actwidget.recording.recording import Recording


@pytest.fixture
def by_hand() -> Recording:
    """Few channels, many, so many units that they are reduced and encoded, and a dense layer."""
    return recorded(narrow=(6, 6, 4), wide=(6, 6, 40), big=(81, 80, 64), dense=(1, 1, 10))


@pytest.fixture
def make() -> Iterator[Make]:
    """Make widgets that are closed after the test."""
    made: list[ActivationWidget] = []

    def make_one(*arguments: Any, **options: Any) -> ActivationWidget:
        made.append(ActivationWidget(*arguments, **options))
        return made[-1]

    yield make_one
    for widget in made:
        widget.close()


@pytest.fixture
def widget(make: Make, by_hand: Recording) -> ActivationWidget:
    return make(by_hand)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ipywidgets.Widget, dict[str, Any]]]:
    """What widgets send to the page from now on, in order."""
    messages: list[tuple[ipywidgets.Widget, dict[str, Any]]] = []

    def keep(sender: ipywidgets.Widget, message: dict[str, Any], buffers: Any = None) -> None:
        messages.append((sender, message))

    monkeypatch.setattr(ipywidgets.Widget, "_send", keep)
    return messages
