"""The page's messages come in several threads: Jupyter's subshells."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import ipywidgets
import pytest
from recordings import Make, recorded
from replies import reply_to

ROUNDS = 60


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let threads change over as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient")
def test_a_step_and_a_question_at_once_leave_linked_widgets_in_agreement(make: Make) -> None:
    sizes = {f"layer{number}": (6, 7, 3) for number in range(ROUNDS)}
    one, other = make(recorded(sizes)), make(recorded(sizes))
    ipywidgets.link((one, "layer"), (other, "layer"))
    ipywidgets.dlink((one, "limits"), (other, "limits"))
    for number in range(2, ROUNDS):
        question = {"id": number, "kind": "overview", "layer": number, "image": 0, "input": False}
        threads = [
            threading.Thread(target=one.set_state, args=({"layer": f"layer{number - 1}"},)),
            threading.Thread(target=reply_to, args=(one, question)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        path = f"layer{number - 1}"
        assert (one.layer, other.layer) == (path, path)
        assert one.limits == other.limits == one.view_state.limits
