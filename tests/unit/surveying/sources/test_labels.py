"""Labels are class numbers or class names, one for each image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from actwidget.surveying.sources.labels import read_labels


@pytest.mark.parametrize(
    "labels",
    [
        [2, 0, 1],
        (2, 0, 1),
        np.array([2, 0, 1], np.uint8),
        np.array([[2], [0], [1]]),
        tf.constant([2, 0, 1]),
        iter([2, 0, 1]),
    ],
)
def test_numbers_are_taken_of_any_kind(labels: Any) -> None:
    numbers, class_names = read_labels(labels, None, 3)

    assert numbers is not None
    assert numbers.dtype == np.int64
    assert numbers.tolist() == [2, 0, 1]
    assert class_names == ()


@pytest.mark.parametrize("kind", [list, np.array, lambda given: np.array(given, object)])
def test_names_become_numbers(kind: Any) -> None:
    numbers, class_names = read_labels(kind(["dog", "cat", "dog"]), None, 3)

    assert class_names == ("cat", "dog")
    assert numbers is not None
    assert numbers.tolist() == [1, 0, 1]
    numbers, class_names = read_labels(kind(["dog", "cat", "dog"]), ["dog", "bird", "cat"], 3)
    assert class_names == ("dog", "bird", "cat")
    assert numbers is not None
    assert numbers.tolist() == [0, 2, 0]


def test_there_may_be_none() -> None:
    assert read_labels(None, None, 3) == (None, ())
    assert read_labels(None, ["a", "b"], 3) == (None, ("a", "b"))
    numbers, _ = read_labels([1, 2], None, None)
    assert numbers is not None


@pytest.mark.parametrize(
    ("labels", "class_names", "words"),
    [
        ([0, 1], None, "labels holds 2, and there are 3 images; give one for each"),
        ([0, 1, 2, 3], None, "labels holds 4, and there are 3 images"),
        ([0, -1, 0], None, "label 1 is -1; it takes 0 or more"),
        ([0, 1, 2], ["a", "b"], "label 2 is 2; it takes 0 to 1, as class_names holds 2"),
        (["cat", "doog", "cat"], ["cat", "dog"], "label 1 is 'doog', .* did you mean 'dog'"),
        (["a", "a", "b"], [], "class_names is empty"),
        ([0, 1, 2], "abc", "class_names is 'abc'; it takes a list of names"),
        ([0, 1, 2], [0, 1, 2], "class_names holds 0; it takes a list of names"),
        ([0, 1, 2], ["a", "b", "a"], "class_names holds 'a' more than once"),
        ("cat", None, "labels is 'cat'; it takes one class number or class name for each image"),
        (3, None, "labels is 3; it takes"),
        ({"a": 1}, None, "labels is {'a': 1}; it takes"),
        (object(), None, "labels is of type object, which cannot be read"),
        ([0.0, 1.0, 2.0], None, "labels holds float64 values; .* give np.asarray"),
        ([0.5, 1.0, 2.0], None, "labels holds values of type float64"),
        ([None, 1, 2], None, "labels holds values of type object"),
        ([b"a", b"b", b"c"], None, "labels holds values of type"),
        (np.eye(3), None, r"labels has shape \(3, 3\); .* np.argmax"),
        (np.zeros((3, 1, 1)), None, r"labels has shape \(3, 1, 1\)"),
        ([[1], [1, 2], [3]], None, "labels is of type list, which cannot be read"),
    ],
)
def test_what_is_no_label_is_refused(labels: Any, class_names: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        read_labels(labels, class_names, 3)
