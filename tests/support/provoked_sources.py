"""Messages about the sources of live mode."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from advice import code_in, run
from packaging.requirements import Requirement
from played import write_video
from provoked import Case, pip_command_in, refusal

from actwidget.live.sources import open_source


def functions() -> list[str]:
    """What is to be given in place of a function plays its frames."""

    def one() -> np.ndarray:
        return np.ones((2, 2))

    def several() -> Iterator[np.ndarray]:
        yield one()

    told = []
    for function in (one, several):
        told.append(refusal(open_source, function))
        code = told[-1].rpartition(": ")[2]
        frames = run(code, source=function, itertools=itertools)
        np.testing.assert_array_equal(open_source(frames).next_frame(), one())
    return told


def videos() -> list[str]:
    """The extra brings PyAV."""
    path = write_video(Path("clip.mp4"), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "av", None)
        told = refusal(open_source, path)
    (wanted,) = pip_command_in(told)
    assert Requirement(wanted).extras == {"video"}
    open_source(path)
    return [told]


def what_no_line_helps() -> list[str]:
    """What frames can come from is named in words."""
    told = [refusal(open_source, given) for given in (3, b"", {"a": 1}, np.ones(3))]
    assert not any(code_in(message) for message in told[1:3])
    return told


CASES: list[Case] = [functions, videos, what_no_line_helps]
