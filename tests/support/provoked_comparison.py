"""Messages about what is compared."""

from __future__ import annotations

import ast
from typing import Any

from advice import code_in, run
from provoked import Case, refusal
from recordings import recorded

from actwidget import Recording
from actwidget.comparison.checks import check_images, check_names
from actwidget.comparison.comparison import Comparison


def names_compared() -> list[str]:
    """The dict and the name that are advised have names that can be told apart."""
    one, other = recorded(conv=(3, 3, 2)), recorded(conv=(3, 3, 2))
    repeated = refusal(Comparison, ["net", "net"], [one, other])
    given = eval(repeated.rpartition("such as ")[2], {"one": one, "other": other})
    Comparison(list(given), list(given.values()))
    unnamed = refusal(Comparison, ["", "net"], [one, other])
    name = ast.literal_eval(unnamed.rpartition("such as ")[2])
    assert check_names(["start", name]) == ["start", name]
    return [repeated, unnamed]


def one_compared_with_itself() -> list[str]:
    """Two images of it are compared as is advised."""
    recording = recorded(conv=(3, 3, 2))

    def compare(recording: Recording, images: list[int]) -> list[int]:
        return check_images(images, recording)

    told = refusal(Comparison, ["a", "b"], [recording, recording])
    (code,) = code_in(told)
    assert run(code, compare=compare, recording=recording) == [0, 1]
    return [told]


def images_compared() -> list[str]:
    """The numbers that are advised are those of images."""
    recording = recorded(conv=(3, 3, 2))
    given: list[Any] = [[0, 7], [0], "01", [0, "one"], 3]
    told = [refusal(check_images, each, recording) for each in given]
    for message in told:
        advised = ast.literal_eval(message.rpartition("images=")[2])
        assert check_images(advised, recording) == [0, 1]
    return told


CASES: list[Case] = [names_compared, one_compared_with_itself, images_compared]
