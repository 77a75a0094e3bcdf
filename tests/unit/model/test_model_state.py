"""The model, and all that a pass could change besides, stay as they were."""

from __future__ import annotations

import pickle
import random
import threading
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from recorded import called, numbers

from actwidget import record


def drawn() -> dict[str, Any]:
    """What the global generators give next."""
    return {
        "keras": keras.ops.convert_to_numpy(keras.random.normal((3,))).tolist(),
        "tensorflow": tf.random.normal((3,)).numpy().tolist(),
        "generator": tf.random.get_global_generator().normal((3,)).numpy().tolist(),
        "numpy": np.random.random(3).tolist(),  # noqa: NPY002
        "python": random.random(),
    }


def seed() -> None:
    keras.utils.set_random_seed(7)
    # Older releases keep the shared generator as it is.
    keras.src.backend.common.global_state.set_global_attribute("global_seed_generator", None)


def seeded(work: Any) -> dict[str, Any]:
    seed()
    keras.random.normal((1,))  # which makes the shared generator
    tf.random.get_global_generator().reset_from_seed(7)
    work()
    return drawn()


def usual_model() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.RandomFlip(),
            layers.RandomRotation(0.2),
            layers.RandomContrast(0.2),
            layers.GaussianNoise(0.1),
            layers.Conv2D(2, 3),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


def test_a_pass_in_another_thread_does_not_take_back_what_was_drawn_meanwhile() -> None:
    """As while a live layer is compiled, or a click explained, and a cell runs."""
    inside, drawn_then = threading.Event(), threading.Event()

    class Drawing(layers.Layer):
        def call(self, inputs: Any) -> Any:
            inside.set()
            assert drawn_then.wait(20)
            return inputs

    drawn_then.set()
    model = usual_model()
    model.add(Drawing())
    image = numbers(8, 8, 3)
    record(model, image)
    inside.clear()
    drawn_then.clear()
    seed()
    thread = threading.Thread(target=record, args=(model, image))
    thread.start()
    assert inside.wait(20)
    found = [random.random()]
    drawn_then.set()
    thread.join()
    found.append(random.random())
    seed()
    assert found == [random.random(), random.random()]


def test_no_generator_gives_other_numbers_after_a_recording() -> None:
    model = usual_model()
    assert seeded(lambda: record(model, numbers(8, 8, 3))) == seeded(lambda: None)
    seeds = [
        np.asarray(generator.state)
        for layer in model.layers
        for generator in getattr(layer, "_seed_generators", ())
    ]
    record(model, numbers(8, 8, 3))
    after = [
        np.asarray(generator.state)
        for layer in model.layers
        for generator in getattr(layer, "_seed_generators", ())
    ]
    assert len(seeds) >= 4
    np.testing.assert_array_equal(seeds, after)


class Sampling(layers.Layer):
    """Draws at inference, from each of the generators that can be put back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.generator = keras.random.SeedGenerator(3)

    def call(self, x: Any) -> Any:
        shape = keras.ops.shape(x)
        noise = keras.random.normal(shape, seed=self.generator) + keras.random.normal(shape)
        return x + noise + np.random.random() + random.random()  # noqa: NPY002


def sampling_model() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), Sampling(name="sampling"), layers.Dense(2)])


def test_what_a_layer_draws_at_inference_is_put_back() -> None:
    model = sampling_model()
    one = numbers(1, 4)
    assert seeded(lambda: record(model, one)) == seeded(lambda: None)
    seed()
    recording = record(model, one)
    # So the next call of the model gives what was recorded.
    expected = called(model, one)["sampling"][0]
    np.testing.assert_array_equal(recording["sampling"].maps[:, 0, 0], expected)
    again = called(model, one)["sampling"][0]
    assert not np.array_equal(again, expected)


def test_the_shared_generator_is_put_back_where_the_pass_makes_it() -> None:
    model = sampling_model()
    seed()
    record(model, numbers(1, 4))
    first = np.asarray(keras.random.normal((3,)))
    seed()
    np.testing.assert_array_equal(first, keras.random.normal((3,)))


def test_two_models_that_recording_builds_do_not_share_their_weights() -> None:
    class Late(keras.Model):
        def build(self, input_shape: Any) -> None:
            self.dense = layers.Dense(3, name="dense")

        def call(self, x: Any) -> Any:
            return self.dense(x)

    recordings = []
    for _ in range(2):
        model = Late()
        model.spare = layers.Dense(1, name="spare")
        recordings.append(record(model, numbers(1, 4)))
    first, second = (recording["dense"].maps for recording in recordings)
    assert not np.array_equal(first, second)


def test_a_stateful_layer_remembers_what_it_did_before() -> None:
    inputs = keras.Input(batch_shape=(1, 5, 3))
    model = keras.Model(inputs, layers.LSTM(4, stateful=True, name="lstm")(inputs))
    model(numbers(1, 5, 3))
    states = [np.asarray(state) for state in model.get_layer("lstm").states]
    assert np.any(states[0])
    recording = record(model, numbers(1, 5, 3, seed=6))
    for before, after in zip(states, model.get_layer("lstm").states, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(
        recording["lstm"].maps[:, 0, 0], model(numbers(1, 5, 3, seed=6), training=False)
    )


def test_weights_and_batch_statistics_stay() -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.BatchNormalization(name="norm")(layers.Conv2D(2, 3)(inputs))
    model = keras.Model(inputs, x)
    model.layers[1].trainable = False
    before = [np.array(weight) for weight in model.get_weights()]
    trainable = [variable.path for variable in model.trainable_variables]
    record(model, numbers(6, 6) * 9)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert [variable.path for variable in model.trainable_variables] == trainable


class Interrupting(layers.Layer):
    """Is interrupted, as by the stop button, in the middle of the pass."""

    error: type[BaseException] = KeyboardInterrupt

    def call(self, x: Any) -> Any:
        if isinstance(x, tf.Tensor) and tf.executing_eagerly():
            self.generator_drew = keras.random.normal((2,))
            raise self.error
        return x


@pytest.mark.parametrize("error", [KeyboardInterrupt, ArithmeticError, SystemExit])
def test_a_pass_that_ends_early_leaves_no_trace(error: type[BaseException]) -> None:
    inputs = keras.Input((7, 4))
    attention = layers.MultiHeadAttention(2, 4, name="attention")
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(inputs)
    x = layers.Lambda(lambda x: x * 2)(attention(x, x))
    # A first call leaves Keras's own traces.
    keras.Model(inputs, x)(numbers(1, 7, 4))
    model = keras.Model(inputs, Interrupting(name="stop")(x))
    model.get_layer("stop").error = error
    every = list(model._flatten_layers())
    before = [list(layer.__dict__) for layer in every]

    def broken() -> None:
        with pytest.raises(error):
            record(model, numbers(7, 4), layers="all")

    assert seeded(broken) == seeded(lambda: None)
    for layer, attributes in zip(every, before, strict=True):
        added = set(layer.__dict__) - set(attributes)
        assert added <= {"generator_drew"}
        assert "call" not in layer.__dict__
    assert not tf.config.functions_run_eagerly()


def test_threads_that_record_and_call_at_once_do_not_disturb_each_other() -> None:
    model = usual_model()
    batches = [numbers(1, 8, 8, 3, seed=seed) for seed in range(4)]
    expected = [np.asarray(model(batch, training=False)) for batch in batches]
    results: list[list[np.ndarray]] = [[] for _ in batches]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(5):
                if number % 2:
                    results[number].append(np.asarray(model(batches[number], training=False)))
                else:
                    last = list(record(model, batches[number]).values())[-1]
                    results[number].append(last.maps[:, 0, 0])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for number, found in enumerate(results):
        assert len(found) == 5
        for values in found:
            np.testing.assert_array_equal(values, expected[number])
    assert all("call" not in layer.__dict__ for layer in model._flatten_layers())


# Recording again


def test_a_recording_is_made_again_with_other_images_and_the_same_options() -> None:
    model = usual_model()
    conv = next(layer.name for layer in model.layers if "conv" in layer.name)
    first = record(
        model,
        numbers(8, 8, 3),
        preprocess=lambda x: x * 2,
        layers=["conv*", "dense*"],
        channel_axis={conv: 1},
    )
    other = numbers(3, 8, 8, 3, seed=6)
    second = first.rerun(other)
    assert list(second) == list(first)
    assert len(second.images) == 3
    np.testing.assert_array_equal(second.images, other)
    np.testing.assert_array_equal(second.inputs, other * 2)
    assert second[conv].maps.shape == (3, 6, 2, 6)
    np.testing.assert_array_equal(second.rerun(other)[conv].maps, second[conv].maps)


def test_a_recording_without_its_model_says_so() -> None:
    recording = record(usual_model(), numbers(8, 8, 3), layers="dense*")
    # A function of one's own in `layers` could not be pickled, nor need the model be.
    copy = pickle.loads(pickle.dumps(recording))
    np.testing.assert_array_equal(copy.inputs, recording.inputs)
    with pytest.raises(RuntimeError, match=r"holds no model.*record"):
        copy.rerun(numbers(8, 8, 3))
    recording.close()
    with pytest.raises(RuntimeError, match="is closed"):
        recording.rerun(numbers(8, 8, 3))
