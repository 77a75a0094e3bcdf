"""How long a widget lives: as long as somebody refers to it, or a page shows it.

ipywidgets refers to every widget until it is closed, in its registry and through the callback of
the comm: https://github.com/jupyter-widgets/ipywidgets/issues/1345. A widget here may hold
gigabytes and files, and few people call ``close()``.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets

CACHED = re.compile(r"_{1,3}|_\d+")
"""The names under which IPython keeps results, beside ``Out``."""


def weak_method(owner: object, name: str) -> Callable[..., Any]:
    """Return a function that calls a method of an object, if it is there, without keeping it."""
    reference = weakref.ref(owner)

    def call(*arguments: Any) -> Any:
        found = reference()
        return None if found is None else getattr(found, name)(*arguments)

    return call


def register_weakly(widget: ipywidgets.Widget) -> None:
    """Have ipywidgets know a widget, which has a comm, without keeping it alive."""
    # marimo closes what a cell has made by itself, and refers to it nowhere else.
    if "marimo" in sys.modules:
        return
    _registry()[widget.model_id] = weakref.proxy(widget)
    widget.comm.on_msg(weak_method(widget, "_handle_msg"))


class Lifetime:
    """Keeps a widget alive while a page shows it, or is about to.

    Pages report whether they have a view of it, with messages of kind ``"views"``: see
    js/view/presence.js. What one that is displayed waits for may come late, while a cell runs.
    """

    def __init__(self, widget: ipywidgets.Widget) -> None:
        self._widget = weakref.ref(widget)
        self._pages: set[str] = set()

    def keep(self) -> None:
        """Keep the widget alive from now on: it is displayed."""
        widget = self._widget()
        if widget is not None and widget.comm is not None:
            _registry()[widget.model_id] = widget

    def receive(self, content: object) -> bool:
        """Take note of a page's message; return whether it is one of these."""
        if not isinstance(content, dict) or content.get("kind") != "views":
            return False
        page, count = content.get("page"), content.get("count")
        if count:
            self._pages.add(str(page))
            self.keep()
        elif str(page) in self._pages:
            self._pages.remove(str(page))
            if not self._pages:
                self._release()
        return True

    def _release(self) -> None:
        """Leave the widget to those who refer to it: no page shows it any more."""
        widget = self._widget()
        if widget is not None and widget.comm is not None:
            register_weakly(widget)
            _forget_result(widget)


def _registry() -> dict[str, Any]:
    registry: dict[str, Any] = ipywidgets.widgets.widget._instances
    return registry


def _forget_result(widget: ipywidgets.Widget) -> None:
    """Have IPython forget the result of a cell whose output is gone, as its `del_var` does.

    Variables stay: only what IPython itself has kept is let go of.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        return
    results, hook = shell.history_manager.output_hist, shell.displayhook
    for number in [number for number, result in results.items() if result is widget]:
        del results[number]
    # The second tells which names %who leaves out, and holds what they stand for.
    for names in (shell.user_ns, shell.user_ns_hidden):
        for name in [name for name, value in names.items() if value is widget]:
            if CACHED.fullmatch(name):
                del names[name]
    for name in ("_", "__", "___"):
        if getattr(hook, name, None) is widget:
            setattr(hook, name, None)
    if getattr(shell.last_execution_result, "result", None) is widget:
        shell.last_execution_result = None
