"""Whether some recordings can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from actwidget.comparison.matching import match_layers
from actwidget.recording.recording import Recording
from actwidget.utils.messages import listed, quoted

MOST = 4
"""How many recordings are shown beside each other: of more nothing could be told apart."""


def check_names(names: Sequence[object]) -> list[str]:
    """Check that there are two to four names that differ, and return them.

    Raises
    ------
    TypeError, ValueError
        If they are not.
    """
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise TypeError(
                f'recordings has the name {quoted(name)}; it takes a text, such as "epoch 9"'
            )
    found = [" ".join(str(name).split()) for name in names]
    repeated = next((name for name in found if found.count(name) > 1), None)
    if repeated is not None:
        raise ValueError(
            f"recordings has the name {quoted(repeated)} {found.count(repeated)} times; each needs "
            'a name of its own: give a dict such as {"before": one, "after": other}'
        )
    if not 2 <= len(found) <= MOST:
        raise ValueError(
            f"recordings has {len(found)}; it takes 2 to {MOST}, of which the first is what the "
            "others are compared with: leave some out"
        )
    return found


def check_recordings(names: Sequence[str], recordings: Sequence[Recording]) -> None:
    """Check that recordings are open, differ, have as many images and a layer in common.

    Raises
    ------
    ValueError
        If one is there twice, the numbers of images differ, or no layer is in two of them.
    RuntimeError
        If one is closed.
    """
    for name, recording in zip(names, recordings, strict=True):
        if recording.closed:
            raise RuntimeError(
                f"the recording {quoted(name)} is closed and its activations are freed: record it "
                "again"
            )
    for number, recording in enumerate(recordings):
        first = next(place for place, each in enumerate(recordings) if each is recording)
        if first != number:
            raise ValueError(
                f"{quoted(names[first])} and {quoted(names[number])} are the same recording, which "
                "does not differ from itself: give another, or compare two of its images with "
                "compare(recording, images=[0, 1])"
            )
    counts = [len(recording.images) for recording in recordings]
    if len(set(counts)) > 1:
        told = listed(f"{name}: {count}" for name, count in zip(names, counts, strict=True))
        raise ValueError(
            f"the recordings have different numbers of images ({told}); record each on the same "
            "images"
        )
    layers = match_layers(recordings)[1:]
    if not any(len(layer.entries) > 1 for layer in layers):
        paths = [next(iter(recording.layers), "none") for recording in recordings]
        raise ValueError(
            "the recordings have no layer in common: layers are matched by their paths, which "
            f"begin with {listed(map(quoted, paths))}"
        )


def check_images(images: object, recording: Recording) -> list[int]:
    """Check that `images` are numbers of two to four different images of a recording.

    Raises
    ------
    TypeError, ValueError
        If they are not.
    """
    if recording.closed:
        raise RuntimeError("the recording is closed and its activations are freed: record it again")
    count = len(recording.images)
    takes = f"it takes 2 to {MOST} numbers of images, from 0 to {count - 1}"
    numbers: list[int] = []
    if not isinstance(images, Sequence) or isinstance(images, str):
        raise TypeError(f"images is {quoted(images)}; {takes}: images=[0, 1]")
    for number in images:
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            raise TypeError(f"images is {quoted(images)}; {takes}: images=[0, 1]")
        numbers.append(number.__index__())
    outside = [number for number in numbers if not 0 <= number < count]
    if count < 2:
        raise ValueError(
            "images chooses among several, and the recording has one: compare it with another "
            "recording"
        )
    if outside or len(set(numbers)) < len(numbers) or not 2 <= len(numbers) <= MOST:
        raise ValueError(f"images is {quoted(images)}; {takes}, each once: images=[0, 1]")
    return numbers
