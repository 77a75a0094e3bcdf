"""Messages about what is compared."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from advice import code_in, run
from provoked import Case, refusal
from recordings import recorded
from small_models import small_cnn

from actwidget import ActivationWidget, Recording, compare


def one_of_two() -> Recording:
    return recorded(conv=(3, 3, 2))


def names_compared() -> list[str]:
    """The dict and the name that are advised have names that can be told apart."""
    one, other = one_of_two(), one_of_two()
    told = [refusal(compare, [one, other]), refusal(compare, 3)]
    for message in told:
        start = message.rindex("{")
        given = eval(message[start : message.index("}", start) + 1], {"one": one, "other": other})
        compare(given).close()
    unnamed = refusal(compare, {"": one, "net": other})
    name = ast.literal_eval(unnamed.rpartition("such as ")[2])
    compare({"start": one, name: other}).close()
    return [*told, unnamed]


def one_compared_with_itself() -> list[str]:
    """Two images of it are compared as is advised."""
    recording = one_of_two()
    told = [refusal(compare, {"a": recording, "b": recording}), refusal(compare, recording)]
    for message in told:
        (code,) = code_in(message)
        run(code, recording=recording).close()
    return told


def images_compared() -> list[str]:
    """The numbers that are advised are those of images."""
    recording = one_of_two()
    given: list[Any] = [[0, 7], [0], "01", [0, "one"], 3]
    told = [refusal(compare, recording, images=each) for each in given]
    for message in told:
        compare(recording, images=ast.literal_eval(message.rpartition("images=")[2])).close()
    return told


def models_compared() -> list[str]:
    """With an image models are compared."""
    models = {"one": small_cnn(), "other": small_cnn()}
    told = refusal(compare, models)
    image = np.zeros((12, 14, 3), np.float32)
    options = eval(f"dict({told.rpartition('give it with ')[2]})", {"image": image})
    compare(models, **options).close()
    return [told]


def nothing_compared() -> list[str]:
    """What it names compares recordings, and has what was asked for."""
    widget = ActivationWidget(one_of_two())
    told = refusal(setattr, widget, "mode", "difference")
    widget.close()
    function = eval(told.rpartition("see ")[2], {"actwidget": __import__("actwidget")})
    widget = function({"one": one_of_two(), "other": one_of_two()})
    widget.mode = "difference"
    widget.close()
    return [told]


def shapes_compared() -> list[str]:
    """What takes any shape is named."""
    widget = compare({"one": one_of_two(), "other": recorded(conv=(4, 4, 2))})
    found = widget.comparison["conv"]
    told = refusal(lambda: found.distance)
    assert hasattr(found, told.rpartition("; ")[2].split()[0])
    widget.close()
    return [told]


CASES: list[Case] = [
    names_compared,
    one_compared_with_itself,
    images_compared,
    models_compared,
    nothing_compared,
    shapes_compared,
]
