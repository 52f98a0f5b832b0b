"""Meta-learning on sine waves: the tasks, the network, and Reptile compiled for speed.

Lesson 12 builds `adapt` and Reptile's update by hand before it calls them here. A task is a tuple
`(x, y, x_query, y_query)` of float32 arrays `(n, 1)`: points to adapt to, then points to
score the result on. Weights are lists of arrays, as `model.get_weights()` returns them.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

Task = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Weights = list[np.ndarray]

SHOTS = 10  # points to adapt to
RATE = 0.01  # of the steps within a task
STEPS = 10  # within a task, in meta-training
OUTER_RATE = 0.6  # of the steps from task to task, at the start


def sine_tasks(count: int, seed: int = 0, *, speed: float = 1.0) -> list[Task]:
    """Draw `count` sine waves, each a task: 10 points to adapt to, 50 to score it on.

    Each wave has its own amplitude, from 0.1 to 5, and phase, from 0 to pi; x goes from -5 to 5.
    `speed` 1 gives the waves of Finn, Abbeel and Levine (2017, arXiv:1703.03400); a higher speed
    gives shorter waves. The same seed gives the same tasks.
    """
    rng = np.random.default_rng(seed)
    amplitude = rng.uniform(0.1, 5, (count, 1, 1))
    phase = rng.uniform(0, np.pi, (count, 1, 1))
    x = rng.uniform(-5, 5, (count, SHOTS, 1))
    x_query = np.broadcast_to(np.linspace(-5, 5, 50)[:, None], (count, 50, 1))

    def wave(x: np.ndarray) -> np.ndarray:
        return amplitude * np.sin(speed * x + phase)

    parts = (part.astype("float32") for part in (x, wave(x), x_query, wave(x_query)))
    return list(zip(*parts, strict=True))


def network(seed: int = 0) -> keras.Sequential:
    """Return the network for waves, from x `(n, 1)` to y `(n, 1)`, compiled with plain SGD.

    The same seed gives the same random weights. The architecture is that of Nichol, Achiam and
    Schulman (2018, arXiv:1803.02999): two layers of 64 units with tanh.
    """
    first, second, last = (keras.initializers.GlorotUniform(3 * seed + n) for n in range(3))
    model = keras.Sequential(
        [
            keras.Input((1,)),
            keras.layers.Dense(64, activation="tanh", kernel_initializer=first),
            keras.layers.Dense(64, activation="tanh", kernel_initializer=second),
            keras.layers.Dense(1, kernel_initializer=last),
        ]
    )
    model.compile(keras.optimizers.SGD(RATE), "mse", jit_compile=False)
    return model


def adapt(
    model: keras.Model, weights: Weights, x: np.ndarray, y: np.ndarray, steps: int
) -> list[Weights]:
    """Return the weights after 0, 1, ..., `steps` steps of SGD on one task.

    Leaves `weights` and the model's own weights as they are.
    """
    path = [list(weights)]
    for _ in range(steps):
        path.append([weight.numpy() for weight in _one_step(model, path[-1], x, y)])
    return path


def predict(model: keras.Model, weights: Weights, x: np.ndarray) -> np.ndarray:
    """Return what the model would answer with these weights; leave its own as they are."""
    return model.stateless_call(weights, [], x)[0].numpy()


def errors(model: keras.Model, weights: Weights, tasks: Sequence[Task], steps: int) -> np.ndarray:
    """Return the squared errors on the query points: an array `(tasks, steps + 1)`.

    Each task starts from `weights`; column s is the error after s steps on the task's own points.
    """
    parts = [np.stack(part) for part in zip(*tasks, strict=True)]
    return _errors(model, _tensors(weights), *parts, tf.constant(steps)).numpy()


def reptile(
    model: keras.Model, weights: Weights, tasks: Sequence[Task], outer_rate: float = OUTER_RATE
) -> Weights:
    """Return the weights that Reptile makes of `weights`, one task after the other.

    For each task it takes `STEPS` steps of SGD and moves the start part of the way to where they
    ended; that part falls evenly from `outer_rate` to zero. Source: Nichol, Achiam and Schulman
    (2018), arXiv:1803.02999, algorithm 1.
    """
    x, y, _, _ = (np.stack(part) for part in zip(*tasks, strict=True))
    rates = np.linspace(outer_rate, 0, len(tasks), endpoint=False, dtype="float32")
    return [weight.numpy() for weight in _reptile(model, _tensors(weights), x, y, rates)]


def joint(model: keras.Model, weights: Weights, tasks: Sequence[Task], epochs: int = 5) -> Weights:
    """Return the weights after ordinary training on the points of all tasks together, with Adam.

    This is pre-training as in the lessons before: one network for all tasks. Leaves `model` as it
    is.
    """
    x, y, _, _ = (np.concatenate(part) for part in zip(*tasks, strict=True))
    learner = keras.models.clone_model(model)
    learner.set_weights(weights)
    learner.compile(keras.optimizers.Adam(1e-3), "mse", jit_compile=False)
    learner.fit(x, y, batch_size=100, epochs=epochs, verbose=0)
    return learner.get_weights()


def _step(model: keras.Model, weights: list, x: tf.Tensor, y: tf.Tensor) -> list:
    with tf.GradientTape() as tape:
        tape.watch(weights)
        error = tf.reduce_mean((model.stateless_call(weights, [], x)[0] - y) ** 2)
    gradients = tape.gradient(error, weights)
    return [w - RATE * g for w, g in zip(weights, gradients, strict=True)]


_one_step = tf.function(_step)


@tf.function
def _reptile(
    model: keras.Model, weights: list, x: tf.Tensor, y: tf.Tensor, rates: tf.Tensor
) -> list:
    for task in tf.range(tf.shape(x)[0]):
        adapted = weights
        for _ in range(STEPS):
            adapted = _step(model, adapted, x[task], y[task])
        weights = [w + rates[task] * (a - w) for w, a in zip(weights, adapted, strict=True)]
    return weights


@tf.function
def _errors(
    model: keras.Model,
    weights: list,
    x: tf.Tensor,
    y: tf.Tensor,
    x_query: tf.Tensor,
    y_query: tf.Tensor,
    steps: tf.Tensor,
) -> tf.Tensor:
    def of_one(task: tuple) -> tf.Tensor:
        x, y, x_query, y_query = task
        found = tf.TensorArray(tf.float32, steps + 1)
        adapted = weights
        for step in tf.range(steps + 1):
            answer = model.stateless_call(adapted, [], x_query)[0]
            found = found.write(step, tf.reduce_mean((answer - y_query) ** 2))
            adapted = _step(model, adapted, x, y)
        return found.stack()

    return tf.map_fn(of_one, (x, y, x_query, y_query), fn_output_signature=tf.float32)


def _tensors(weights: Weights) -> list[tf.Tensor]:
    return [tf.constant(weight) for weight in weights]
