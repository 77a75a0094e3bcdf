"""Results of cells in a real IPython shell, which keeps them under several names."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from recordings import recorded
from traitlets.config import Config

from actwidget import ActivationWidget

Weak = weakref.ref[ActivationWidget]


def make() -> ActivationWidget:
    return ActivationWidget(recorded(layer=(6, 6, 4)))


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    config = Config()
    # No file of a user's history.
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    shell.user_ns["make"] = make
    yield shell
    shell.reset(new_session=False)
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, code: str) -> Weak:
    """Run a cell whose result is a widget, which a page then shows."""
    assert shell.run_cell(code, store_history=True).success
    widget = shell.user_ns["_"]
    widget._handle_custom_msg({"kind": "views", "page": "page", "count": 1}, [])
    return weakref.ref(widget)


def leave(widget: Weak) -> None:
    """Have the page report that it has no view of a widget any more."""
    found = widget()
    assert found is not None
    found._handle_custom_msg({"kind": "views", "page": "page", "count": 0}, [])


@pytest.mark.parametrize("later", [0, 1, 2, 3, 5])
def test_a_result_whose_output_is_gone_is_freed(shell: InteractiveShell, later: int) -> None:
    first = run(shell, "make()")
    others = [run(shell, "make()") for _ in range(later)]
    leave(first)
    gc.collect()
    assert first() is None
    assert all(other() is not None for other in others)
    if others:
        assert shell.user_ns["_"] is others[-1]()


def test_one_that_has_a_name_stays(shell: InteractiveShell) -> None:
    widget = run(shell, "w = make(); w")
    leave(widget)
    gc.collect()
    assert widget() is not None
    assert shell.user_ns["w"] is widget()
    shell.run_cell("del w", store_history=True)
    gc.collect()
    assert widget() is None


def test_results_that_are_shown_stay(shell: InteractiveShell) -> None:
    widget = run(shell, "make()")
    shell.run_cell("1 + 1", store_history=True)
    gc.collect()
    assert widget() is not None
    assert shell.user_ns["Out"][1] is widget()
