"""Calling a model with hooks around its layers, after which it is as before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from actwidget.capture.turn import Turn
from actwidget.model.call_hooks import CallHooks, CallListener, unwrap
from actwidget.model.eager_functions import EagerFunctions
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.state import ModelState
from actwidget.utils.all_steps import run_all
from actwidget.utils.interrupts import HeldInterrupts
from actwidget.utils.progress import Progress


class Replacement(Protocol):
    """Something of a library's that is another thing for the length of a pass."""

    def install(self) -> None:
        """Replace it."""

    def restore(self) -> None:
        """Restore what was there before; may be called again, and without `install`."""


class HookedPass:
    """One call of a model with hooks around its layers; whatever happens, it is as before.

    Attributes
    ----------
    functions : EagerFunctions
        Lets a listener run functions eagerly that would hide layers.
    state : ModelState
        What is put back afterwards.
    progress : Progress
    """

    def __init__(
        self, tree: LayerTree, progress: Progress, replacements: Iterable[Replacement] = ()
    ) -> None:
        self._tree = tree
        self._replacements = list(replacements)
        self._turn = Turn()
        self._interrupts = HeldInterrupts()
        self.functions = EagerFunctions(tree.model)
        self.state = ModelState(tree.model)
        self.progress = progress
        self._hooks: CallHooks | None = None

    @property
    def failing(self) -> LayerNode | None:
        """The layer whose exception ended the pass."""
        return self._hooks.failing if self._hooks else None

    def run(
        self, listener: CallListener, watched: Iterable[LayerNode], call: Callable[[], Any]
    ) -> Any:
        """Call the model and return what that returns.

        Parameters
        ----------
        listener : CallListener
            Is told of the calls of the watched layers, and of the model's own.
        watched : iterable of LayerNode
        call : callable
            Calls the model.
        """
        self._hooks = CallHooks(listener)
        try:
            try:
                return self._call(self._hooks, list(watched), call)
            finally:
                self._restore()
        finally:
            # Again, as an interrupt may have come just before the first time, or within.
            self._restore()

    def _call(self, hooks: CallHooks, watched: list[LayerNode], call: Callable[[], Any]) -> Any:
        layers = [node.layer for node in self._tree]
        self._turn.take()
        self._interrupts.start()
        if self._turn.is_outermost:
            unwrap([self._tree.model, *layers])
        self.state.remember(layers)
        self.functions.install(alone=self._turn.is_outermost)
        for each in self._replacements:
            each.install()
        self.progress.total = len(watched)
        self.progress.start()
        for node in [self._tree.root, *watched]:
            hooks.wrap(node)
        hooks.is_running = True
        try:
            self._interrupts.allow()
            return call()
        finally:
            hooks.is_running = False

    def _restore(self) -> None:
        """Restore all that `_call` changes; interrupts wait until that is done."""
        self._interrupts.hold()
        run_all(
            [
                *([self._hooks.restore] if self._hooks else []),
                *(each.restore for each in self._replacements),
                self.functions.restore,
                self.state.restore,
                self._turn.give_up,
                self.progress.close,
                self._interrupts.stop,
            ]
        )
