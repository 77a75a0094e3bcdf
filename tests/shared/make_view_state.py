"""Write view_state.json: where Python's state moves, to check the page's twin against.

python tests/shared/make_view_state.py [file]
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from actwidget.protocol.variants import MODES
from actwidget.view.choices import Choices, LayerChoice
from actwidget.view.view_state import ViewState

LAYERS = [
    LayerChoice("input", 3, is_image=True),
    LayerChoice("narrow", 4),
    LayerChoice("wide", 40),
    LayerChoice("deep", 8, 16),
    LayerChoice("pooled", 8, 6),
    LayerChoice("flat", 1),
]
CHOICES = {
    "volumes": Choices(LAYERS, 3, ("raw", "symmetric", "own mode")),
    "maps": Choices(LAYERS[:3], 1, ("raw", "symmetric")),
    "recordings": Choices(LAYERS[:3], 2, ("raw", "symmetric"), 3),
}
STEPS = 220


def any_changes(choices: Choices, random_numbers: random.Random) -> dict[str, Any]:
    """Some changes of any traits, among them ones that do not exist."""
    values: dict[str, Any] = {
        "layer": random_numbers.choice([*choices.paths, "missing"]),
        "channel": random_numbers.choice([None, -1, 0, 1, 3, 4, 7, 39, 40]),
        "normalization": random_numbers.choice([*choices.normalizations, "missing"]),
        "image_index": random_numbers.randint(-1, 3),
        "slice": random_numbers.randint(-1, 17),
        "sort": random_numbers.choice(["number", "strongest", "missing"]),
        "alive_only": random_numbers.choice([True, False]),
        "dead_only": random_numbers.choice([True, False]),
        "hold_scale": random_numbers.choice([True, False]),
        "limits": random_numbers.choice([None, (-0.5, 7.0), (0.0, 1.0)]),
        "alpha_overlay": random_numbers.choice([0, 0.5, 1, -0.1, 1.5]),
    }
    if random_numbers.random() < 0.5:
        values = {
            "layer": random_numbers.choice(choices.paths),
            "sort": random_numbers.choice(["importance", "number"]),
            "target": random_numbers.choice([None, "top", 3, ("wide", 39), ("narrow", 1, (0, 2))]),
            "show": random_numbers.choice(["activation", "gradient", "missing"]),
            "overlay": random_numbers.choice([None, "grad-cam", "gradient", "missing"]),
            "overlay_opacity": random_numbers.choice([0, 1, -0.1, 1.5]),
            "ablated": random_numbers.choice([None, ("wide", 39), ("wide", 40), ("missing", 0)]),
            "explored": random_numbers.choice([None, 0, 512]),
            "hold_scale": random_numbers.choice([True, False]),
        }
    if choices.panels > 1:
        values["mode"] = random_numbers.choice([*MODES, "missing"])
        values["panel"] = random_numbers.randint(-1, 3)
    names = random_numbers.sample(list(values), random_numbers.choice([1, 1, 1, 2, 3]))
    return {name: values[name] for name in names}


def moves(choices: Choices) -> dict[str, Any]:
    """A walk through what can be shown."""
    random_numbers = random.Random(0)
    state = ViewState("narrow", limits=(-1.0, 1.0), limits_are_due=False)
    steps = []
    for number in range(STEPS):
        changes = any_changes(choices, random_numbers)
        state = state.moved(choices, **changes)
        steps.append({"changes": changes, "state": as_page(state), "slice_shown": slice_of(state)})
        if number % 3:
            state = state.with_own_limits((-1.0 - number, 1.0 + number))
    return {
        "layers": [asdict(layer) for layer in choices.layers],
        "images": choices.images,
        "normalizations": choices.normalizations,
        "panels": choices.panels,
        "steps": steps,
    }


def as_page(state: ViewState) -> dict[str, Any]:
    """A state with the page's name for what is not a trait."""
    traits = asdict(state)
    due = traits.pop("limits_are_due")
    return {**traits, "limitsAreDue": due}


def slice_of(state: ViewState) -> int:
    layer = next(layer for layer in LAYERS if layer.path == state.layer)
    return state.slice_shown(layer)


if __name__ == "__main__":
    default = Path(__file__).with_name("view_state.json")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    walks = {name: moves(choices) for name, choices in CHOICES.items()}
    file.write_text(json.dumps(walks, indent=1) + "\n", "utf-8")
