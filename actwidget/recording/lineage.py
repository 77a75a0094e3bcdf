"""Which of a model's inputs a layer's output depends on."""

from __future__ import annotations

from collections.abc import Sequence

from actwidget.recording.layer import LayerMaps


def shares_input_grid(entries: Sequence[LayerMaps]) -> list[bool]:
    """Check for each entry whether positions in it correspond to positions in the first, an input.

    So they do between images, and between sequences, where a position is a time; but not if all
    that an entry came from is known and is another input, as in the other tower of a model with
    two.

    Parameters
    ----------
    entries : sequence of LayerMaps
        The input that is shown as the image, then the others in execution order.
    """
    known: dict[str, bool] = {}
    found = []
    for number, entry in enumerate(entries):
        if number == 0 or not entry.inputs:
            # An operation outside layers leaves no trace; another input came from nothing.
            depends = number == 0 or not entry.is_input
        else:
            depends = any(known.get(path, True) for path in entry.inputs)
        known[entry.path] = depends
        found.append(depends and entry.kind == entries[0].kind)
    return found
