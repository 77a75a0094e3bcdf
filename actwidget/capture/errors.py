"""What is raised where a recording could not be finished, with what it has."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from actwidget.capture.reasons import INTERRUPTED, NOT_KEPT
from actwidget.recording.recording import Recording

NAMED = 3
"""How many of the lost layers are named."""


class ScratchFullError(OSError):
    """Not all maps that were to go to scratch files found room.

    Parameters
    ----------
    recording : Recording
        Its ``not_shown`` holds the lost layers.
    failure : OSError
        Why the last of them was lost.

    Attributes
    ----------
    recording : Recording
        What was recorded, as usable as any: ``ActivationWidget(error.recording)``.

    Examples
    --------
    >>> try:
    ...     recording = record(model, images, memory_limit="1 MB")
    ... except ScratchFullError as full:
    ...     recording = full.recording
    """

    def __init__(self, recording: Recording, failure: OSError) -> None:
        self.recording = recording
        reasons, kept = recording.not_shown, len(recording.layers)
        lost = [path for path, why in reasons.items() if why.startswith(NOT_KEPT)]
        names = ", ".join(lost[:NAMED]) + (", …" if len(lost) > NAMED else "")
        super().__init__(
            failure.errno or errno.ENOSPC,
            f"{len(lost)} of {len(lost) + kept} layers of {recording.model_name} "
            f"{reasons[lost[0]]} ({names}); the other {kept} are recorded, as the "
            "recording of this error. To have all, choose fewer layers, raise memory_limit, or "
            "set TMPDIR to a folder with more room before Python starts",
        )


class RecordingInterrupted(KeyboardInterrupt):
    """A recording was interrupted, as by a notebook's stop button.

    Parameters
    ----------
    recording : Recording
        Its ``not_shown`` holds the layers that were not reached.

    Attributes
    ----------
    recording : Recording
        What was recorded until then, as usable as any. In a notebook, which keeps the last error:
        ``ActivationWidget(sys.last_value.recording)``.

    Examples
    --------
    >>> try:
    ...     recording = record(model, images)
    ... except RecordingInterrupted as interrupted:
    ...     recording = interrupted.recording
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        kept = len(recording.layers)
        missing = sum(why == INTERRUPTED for why in recording.not_shown.values())
        super().__init__(
            f"{kept} of {kept + missing} layers of {recording.model_name} were recorded before, as "
            "the recording of this error"
        )


@contextmanager
def kept_if_interrupted(recording: Recording) -> Iterator[None]:
    """Hand on a recording that took long by the interrupt of what is made of it."""
    try:
        yield
    except KeyboardInterrupt:
        raise RecordingInterrupted(recording) from None
