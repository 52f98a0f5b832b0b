"""Keras goes over as a graph with identities, weights and flags; nothing gigantic is built."""

import contextlib
import copy
import random

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.carry import CarryError, frames
from autograder.carry.frames import Limits
from autograder.carry.objects import Foreign
from autograder.carry.parcels import Parcels

layers = keras.layers


class Conversation:
    """A judge and a student in this process, without a transport."""

    def __init__(self):
        self.judge, self.student = (
            Parcels(is_judge=is_judge, call=None, trusted=("transferlab",), limits=Limits())
            for is_judge in (True, False)
        )
        self.sizes = []

    def call(self, function, *args):
        """Call a function as a student's: what it gets and what it gives are carried."""
        frame = self.judge.pack("call", list(args))
        _, there = self.student.unpack(frame)
        back = self.student.pack("return", function(*there))
        self.sizes.append((len(frame), len(back)))
        return self.judge.unpack(back)[1]


pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Keras's, of lists of inputs


@pytest.fixture
def talk():
    return Conversation()


def chain():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="tanh", name="first"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5),
            layers.Dense(3, activation="softmax", name="last"),
        ]
    )


X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def calls_of(model):
    return [len(layer._inbound_nodes) for layer in model.layers]


def test_a_model_comes_back_as_itself_and_frozen(talk):
    def freeze(model):
        for layer in model.layers[:-1]:
            layer.trainable = False
        return model

    model = chain()
    assert talk.call(freeze, model) is model
    assert [layer.trainable for layer in model.layers] == [False, False, False, True]
    assert [weight.path for weight in model.trainable_weights] == [
        weight.path for weight in model.layers[-1].weights
    ]
    assert model.trainable


def test_flags_on_every_level_are_those_that_were_set(talk):
    def mix(model):
        model.layers[0].trainable = False
        model.layers[0].layers[0].trainable = True

    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Dense(4)])
    model = keras.Sequential([keras.Input((4,)), inner, layers.Dense(2)])
    talk.call(mix, model)
    assert [inner.trainable, *(layer.trainable for layer in inner.layers)] == [False, True, False]


def test_a_cut_is_made_of_the_judges_own_layers(talk):
    model = chain()
    before = calls_of(model)
    cut = talk.call(lambda m: keras.Model(m.inputs, m.layers[-2].output, name="cut"), model)
    assert cut.name == "cut"
    assert [layer for layer in cut.layers[1:]] == model.layers[:-1]
    assert calls_of(model) == before
    assert all(any(w is mine for mine in model.weights) for w in cut.weights)
    assert np.allclose(cut(X), keras.Model(model.inputs, model.layers[-2].output)(X))


def test_a_new_head_has_the_students_weights_names_and_paths(talk):
    kept = []

    def replace(model):
        base = keras.Model(model.inputs[0], model.layers[-1].input)
        base.trainable = False
        outputs = layers.Dense(7, activation="softmax", name="head")(base.outputs[0])
        kept.append(keras.Model(base.inputs[0], outputs))
        return kept[0]

    model = chain()
    answer = talk.call(replace, model)
    assert answer is not kept[0]
    assert [w.path for w in answer.weights] == [w.path for w in kept[0].weights]
    assert [w.path for w in answer.trainable_weights] == ["head/kernel", "head/bias"]
    assert [layer.name for layer in answer.layers] == [layer.name for layer in kept[0].layers]
    assert np.allclose(answer(X), kept[0](X))
    assert type(answer) is type(kept[0])


def test_names_do_not_clash_with_the_judges(talk):
    answer = talk.call(lambda m: keras.Sequential([*m.layers, layers.Dense(2)]), chain())
    assert len({layer.name for layer in answer.layers}) == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda m: keras.Sequential([keras.Input((4,)), m, layers.Dense(2)]),
        lambda m: keras.Model(m.inputs, [m.layers[0].output, m.outputs[0]]),
        lambda m: keras.Model(m.inputs, {"b": m.outputs[0], "a": m.layers[0].output}),
        lambda m: keras.models.clone_model(m),
        lambda m: keras.Sequential(m.layers[:2]),
        lambda m: keras.Model(m.layers[1].input, m.outputs[0]),
    ],
    ids=["nested", "two outputs", "named outputs", "clone", "unbuilt chain", "from the middle"],
)
def test_models_made_of_models(talk, make):
    model, kept = chain(), []

    def student(m):
        kept.append(make(m))
        return kept[0]

    answer = talk.call(student, model)
    shape = getattr(kept[0], "inputs", [None])[0] if kept[0].built else None
    inputs = np.ones((2, *shape.shape[1:]), "float32") if shape is not None else X
    for mine, theirs in zip(
        keras.tree.flatten(answer(inputs)), keras.tree.flatten(kept[0](inputs)), strict=True
    ):
        assert np.allclose(mine, theirs, atol=1e-6)
    assert len(answer.weights) == len(kept[0].weights)


def test_twins_share_one_base(talk):
    def twin(base):
        first, second = keras.Input((4,)), keras.Input((4,))
        both = layers.Dot(axes=1, normalize=True)([base(first), base(second)])
        return keras.Model([first, second], both)

    base = chain()
    answer = talk.call(twin, base)
    assert base in answer.layers
    assert len(answer.weights) == len(base.weights)
    assert np.allclose(answer([X, X]), 1, atol=1e-5)


def test_operations_that_are_no_layers(talk):
    inputs = keras.Input((4,))
    first = layers.Dense(4, name="first")(inputs)
    both = first + inputs * 2.0
    parts = [both[:, 1:3], keras.ops.mean(both, axis=1, keepdims=True), keras.ops.exp(-both)]
    model = keras.Model(inputs, keras.ops.concatenate(parts, axis=-1))

    def add(m):
        more = keras.ops.reshape(m.outputs[0], (-1, 7, 1)) ** 2 - 1.0
        return m, keras.Model(m.inputs, more)

    same, answer = talk.call(add, model)
    assert same is model
    assert np.allclose(answer(X), np.asarray(model(X))[..., None] ** 2 - 1, atol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True, dropout=0.2)),
        lambda: layers.TimeDistributed(layers.Dense(2)),
        lambda: layers.GRU(3),
        lambda: layers.Conv1D(2, 3, padding="same", kernel_regularizer="l2"),
        lambda: layers.SeparableConv1D(2, 2),
        lambda: layers.LayerNormalization(),
        lambda: layers.GlobalAveragePooling1D(),
        lambda: layers.Rescaling(1 / 255, offset=0.1),
        lambda: layers.Activation(keras.activations.gelu),
        lambda: layers.PReLU(),
    ],
)
def test_kinds_of_layers(talk, layer):
    def build(model):
        return keras.Model(model.inputs, layer()(model.outputs[0])), answers.append

    inputs = keras.Input((5, 3))
    model = keras.Model(inputs, layers.Dense(4)(inputs))
    answers = []

    def student(m):
        made, _ = build(m)
        answers.append(made)
        return made

    answer = talk.call(student, model)
    x = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    assert np.allclose(answer(x), answers[0](x), atol=1e-5)
    assert [w.path for w in answer.weights] == [w.path for w in answers[0].weights]


def test_attention_and_masks(talk):
    inputs = keras.Input((None,), dtype="int32")
    embedded = layers.Embedding(9, 4, mask_zero=True)(inputs)
    model = keras.Model(inputs, layers.MultiHeadAttention(2, 3)(embedded, embedded))

    def pool(m):
        return keras.Model(m.inputs, layers.GlobalAveragePooling1D()(m.layers[1].output))

    answer = talk.call(pool, model)
    assert np.allclose(answer(np.array([[1, 2]])), answer(np.array([[1, 2, 0, 0]])), atol=1e-6)


def test_a_layer_that_is_popped_or_added_is_so_for_the_judge(talk):
    model = chain()
    first, second = model.layers[0], model.layers[1]
    outputs = talk.call(lambda m: [m.pop() and None, m.pop() and None, m.outputs[0]][-1], model)
    assert model.layers == [first, second]
    assert outputs is model.outputs[0]
    talk.call(lambda m: m.add(layers.Dense(9, name="new")), model)
    assert [layer.name for layer in model.layers] == ["first", "norm", "new"]
    assert model(X).shape == (6, 9)


def test_weights_and_settings_that_were_changed(talk):
    def change(model):
        model.layers[0].set_weights([w + 1 for w in model.layers[0].get_weights()])
        model.layers[-1].activation = keras.activations.linear
        model.layers[-1].name = "scores"
        model.layers[1].momentum = 0.5

    model = chain()
    kernel = model.layers[0].kernel.numpy()
    talk.call(change, model)
    assert np.allclose(model.layers[0].kernel.numpy(), kernel + 1)
    assert model.layers[-1].activation is keras.activations.linear
    assert model.layers[-1].name == "scores"
    assert model.layers[1].momentum == 0.5


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.assign(v + 1),
        lambda v: v.assign_add([1.0] * 5),
        lambda v: v.value.assign_sub([-1.0] * 5),
        lambda v: v.value.scatter_nd_add([[n] for n in range(5)], [1.0] * 5),
        lambda v: tf.raw_ops.ResourceApplyGradientDescent(
            var=v.value.handle, alpha=1.0, delta=[-1.0] * 5
        ),
        lambda v: tf.raw_ops.ResourceScatterAdd(
            resource=v.value.handle, indices=range(5), updates=[1.0] * 5
        ),
    ],
    ids=["assign", "assign_add", "assign_sub", "scatter", "descent", "raw_scatter"],
)
@pytest.mark.parametrize("times", [1, 2])
def test_weights_changed_where_they_are_in_memory(talk, change, times):
    model = chain()
    bias = model.layers[0].bias
    for _ in range(times):
        talk.call(lambda m: change(m.layers[0].bias), model)
        change(bias)
    assert bias.numpy() == pytest.approx([2.0 * times] * 5)


def test_what_the_judge_changes_is_known_to_the_student(talk):
    model = chain()
    talk.call(lambda m: None, model)
    model.trainable = False
    model.layers[0].set_weights([w * 0 for w in model.layers[0].get_weights()])
    flag, total = talk.call(lambda m: (m.trainable, float(np.sum(m.layers[0].kernel))), model)
    assert (flag, total) == (False, 0.0)


def test_weights_are_sent_when_they_have_changed(talk):
    model = keras.Sequential([keras.Input((100,)), layers.Dense(100), layers.Dense(100)])
    for _ in range(2):
        talk.call(lambda m: m, model)
    (there, back), (again, back_again) = talk.sizes
    assert there > 80_000
    assert max(back, again, back_again) < 4000
    talk.call(lambda m: m.layers[0].bias.assign(m.layers[0].bias + 1), model)
    assert 400 < talk.sizes[-1][1] < 6000


def test_compiling_is_carried_both_ways(talk):
    model = chain()
    old = keras.optimizers.Adam(0.01)
    model.compile(old, "sparse_categorical_crossentropy", run_eagerly=True)
    old.build(model.trainable_variables)
    seen = talk.call(
        lambda m: [
            m.loss,
            m.run_eagerly,
            float(m.optimizer.learning_rate),
            len(m.optimizer._trainable_variables),
        ],
        model,
    )
    assert seen == ["sparse_categorical_crossentropy", True, pytest.approx(0.01), 6]
    assert model.optimizer is old

    def anew(m):
        schedule = keras.optimizers.schedules.CosineDecay(0.003, 500)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        m.compile(keras.optimizers.SGD(schedule, momentum=0.9), loss, metrics=["accuracy"])

    talk.call(anew, model)
    assert type(model.optimizer) is keras.optimizers.SGD
    assert model.optimizer.get_config()["learning_rate"]["class_name"] == "CosineDecay"
    assert model.loss.from_logits is True
    assert model.train_on_batch(X, np.arange(6) % 3)


def test_a_loss_of_the_students_own(talk):
    def own(y, outputs):
        return keras.ops.mean(outputs)

    def compiled(m):
        m.compile("sgd", own)
        return own, m

    model = chain()
    loss, same = talk.call(compiled, model)
    assert same is model
    assert model.loss is loss
    assert loss.__name__ == "own"


def test_training_there_is_training_here(talk):
    model = chain()
    model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", run_eagerly=True)
    optimizer = model.optimizer
    talk.call(lambda m: m.fit(X, np.arange(6) % 3, epochs=3, verbose=0) and None, model)
    assert model.optimizer is optimizer
    assert int(optimizer.iterations.numpy()) == 3
    assert optimizer.built
    assert model.train_on_batch(X, np.arange(6) % 3)


def test_public_functions_and_configured_objects(talk):
    model = chain()
    functions = [keras.activations.softmax, keras.losses.sparse_categorical_crossentropy]
    functions += [keras.ops.mean, keras.layers.Dense, keras.Model]
    answer = talk.call(lambda m: functions, model)
    assert all(one is other for one, other in zip(answer, functions, strict=True))
    loss = talk.call(
        lambda m: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), model
    )
    assert type(loss) is keras.losses.CategoricalCrossentropy
    assert loss.get_config()["label_smoothing"] == 0.1


def test_tensors_variables_and_layers_by_themselves(talk):
    model = chain()
    answer = talk.call(
        lambda m: [m.layers[1].output, m.layers[0].kernel, m.layers[2], layers.Dense(3), m.weights],
        model,
    )
    assert answer[0] is model.layers[1].output
    assert answer[1] is model.layers[0].kernel
    assert answer[2] is model.layers[2]
    assert type(answer[3]) is layers.Dense
    assert not answer[3].built
    assert all(one is other for one, other in zip(answer[4], model.weights, strict=True))


def test_a_change_that_cannot_be_carried_is_left_out(talk):
    def change(m):
        m.layers[0].trainable = False
        m.layers[-1].activation = lambda x: x
        m.add(layers.Lambda(lambda x: x))
        m.layers[1]._trainable_variables = None
        return m

    model = chain()
    before = list(model.layers)
    assert talk.call(change, model) is model
    assert model.layers == before
    assert model.layers[-1].activation is keras.activations.softmax
    assert not model.layers[0].trainable


def test_layers_that_are_built_later(talk):
    model = keras.Sequential([layers.Dense(3, name="late"), layers.Dense(2)])
    answer = talk.call(lambda m: (m(X), m)[1], model)
    assert answer is model
    assert [w.shape for w in model.weights] == [(4, 3), (3,), (3, 2), (2,)]
    assert talk.call(lambda m: np.asarray(m(X)), model) == pytest.approx(np.asarray(model(X)))
    layer = talk.call(lambda m: layers.Dense(5), model)
    layer(X)
    assert talk.call(lambda one: one.kernel.shape, layer) == (4, 5)


def test_deep_models(talk):
    inputs = outputs = keras.Input((4,))
    for _ in range(300):
        outputs = layers.ReLU()(outputs)
    answer = talk.call(
        lambda m: keras.Sequential([*m.layers, layers.ReLU()]), keras.Model(inputs, outputs)
    )
    assert len(answer.layers) == 301


class Own(keras.Model):
    def call(self, x):
        return x


class OwnLayer(layers.Dense):
    pass


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda m: Own(), "Own"),
        (lambda m: OwnLayer(3), "OwnLayer"),
        (lambda m: layers.Lambda(abs), "Lambda"),
        (lambda m: keras.Model(m.inputs, layers.Lambda(abs)(m.outputs[0])), "Functional"),
        (lambda m: keras.Model(m.inputs, OwnLayer(3)(m.outputs[0])), "Functional"),
        (lambda m: keras.Sequential([m, OwnLayer(3)]), "Sequential"),
        (
            lambda m: keras.Model(m.inputs, layers.Dense(1, activation=lambda x: x)(m.outputs[0])),
            "Functional",
        ),
        (lambda m: keras.callbacks.History(), "History"),
    ],
)
def test_a_students_own_classes_are_stand_ins(talk, make, name):
    model = chain()
    answer = talk.call(lambda m: [make(m), m], model)
    assert isinstance(answer[0], Foreign)
    assert type(answer[0]).__name__ == name
    assert answer[1] is model


def test_an_own_initializer_has_done_its_work(talk):
    kernel = np.ones((3, 2), "float32")

    def student(m):
        head = layers.Dense(2, kernel_initializer=lambda shape, dtype: keras.ops.array(kernel))
        return keras.Model(m.inputs, head(m.outputs[0]))

    answer = talk.call(student, chain())
    assert (answer.layers[-1].kernel.numpy() == kernel).all()


# What a hostile student may send.


def definitions_of(function, *models):
    """Return the header and the blobs of an honest answer, to be changed."""
    talk = Conversation()
    _, there = talk.student.unpack(talk.judge.pack("call", list(models)))
    frame = talk.student.pack("return", function(*there))
    header, blobs = frames.unpack(frame, Limits())
    return talk, header, blobs


def dense(m):
    return keras.Model(m.inputs, layers.Dense(2, name="head")(m.outputs[0]))


def set_config(key, value):
    """Return a change of the config of the first layer that is defined."""

    def change(layer):
        items = layer["config"][2]
        items[items.index(key) + 1] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_config("units", 10**9),
        set_config("units", 150_000),
        set_config("units", 3),
        set_config("activation", "no_such_function"),
        set_config("name", 3),
        set_config(
            "activation",
            ["dict", 900, ["module", "os", "class_name", "function", "config", "system"]],
        ),
        set_config(
            "kernel_initializer",
            ["dict", 900, ["module", "os", "class_name", "system", "config", "ls"]],
        ),
        set_config(
            "kernel_initializer",
            [
                *("dict", 900),
                ["module", "builtins", "class_name", "__lambda__", "config", ["dict", 901, []]],
            ],
        ),
        lambda layer: layer.update(made_of=["layers", "Lambda"]),
        lambda layer: layer.update(made_of=["layers", "TFSMLayer"]),
        lambda layer: layer.update(made_of=["saving", "load_model"]),
        lambda layer: layer.update(made_of=["core", "Map"]),
        lambda layer: layer.update(
            shapes=["dict", 0, ["input_shape", ["list", 1, [10**9, 10**9]]]]
        ),
        lambda layer: layer.update(shapes=None),
        lambda layer: layer.update(variables=[]),
        lambda layer: layer.update(trainable=["yes"]),
        lambda layer: layer.update(path=["a"]),
    ],
)
def test_layers_that_are_not_what_they_say_are_stand_ins(change):
    talk, header, blobs = definitions_of(dense, chain())
    layer = next(each for each in header["definitions"] if each["define"] == "layer")
    before = dict(layer)
    change(layer)
    lost = {each["id"] for each in before["variables"]} - {
        each["id"] for each in layer["variables"]
    }
    _, answer = talk.judge.unpack(frames.pack(header, blobs))
    assert isinstance(answer, Foreign)
    assert type(answer).__name__ == "Functional"
    assert not lost or layer["variables"] == []
    assert keras.Sequential([keras.Input((2,)), layers.Dense(2)]).built  # nothing is left behind


def test_only_what_was_sent_can_be_changed_or_called():
    model, secret = chain(), chain()
    talk, header, blobs = definitions_of(dense, model)
    for name in ("j999", "j", "s999", None, 3):
        changed = {**header, "changes": [[name, {"trainable": [False]}]]}
        with pytest.raises(CarryError):
            Conversation().judge.unpack(frames.pack(changed, blobs))
    assert secret.trainable
    name = talk.judge.objects.name_of(model)
    for change in (
        {"trainable": [1]},
        {"trainable": []},
        {"name": ""},
        {"chain": {"layers": [name], "ends": None}},
        {"compile": ["dict", 0, []]},
        {"value": ["<f8", [1], 0]},
        {"slots": 3, "built": 3},
        {"config": 3, "__class__": 1},
    ):
        header["definitions"], header["value"] = [], None
        header["changes"] = [[name, change]]
        talk.judge.unpack(frames.pack(header, blobs))
    assert model.trainable
    assert model.name.startswith("sequential")
    assert model(X).shape == (6, 3)


def test_an_optimizer_is_made_of_no_config_that_was_not_checked(monkeypatch):
    """Keras makes an optimizer of a dictionary, and whatever else that one names."""
    model = chain()
    model.compile(keras.optimizers.SGD(0.5), "mse")
    talk, header, blobs = definitions_of(dense, model)
    made = []
    monkeypatch.setattr(keras.optimizers, "deserialize", made.append)
    monkeypatch.setattr("keras.src.optimizers.deserialize", made.append)
    config = ["module", "keras.layers", "class_name", "Dense", "config", ["dict", 901, []]]
    arguments = ["optimizer", ["dict", 900, config], "loss", "mse", "loss_weights", None]
    arguments += ["metrics", None, "weighted_metrics", None, "run_eagerly", False]
    arguments += ["jit_compile", False, "steps_per_execution", 1]
    changes = [[talk.judge.objects.name_of(model), {"compile": ["dict", 899, arguments]}]]
    header["definitions"], header["value"], header["changes"] = [], None, changes
    talk.judge.unpack(frames.pack(header, blobs))
    assert made == []
    assert float(model.optimizer.learning_rate) == 0.5


JUNK = [None, True, -1, 3, 10**9, 2.5, "", "j1", "s2", "layers", "Dense", [], {}, ["ref", "s1"]]
JUNK += [["list", 90, []], ["dict", 91, []], ["again", 0], ["keras", "layers", "Dense"]]


def places(node, before=()):
    """Go through all places in a header, as paths of keys."""
    for key, part in enumerate(node) if isinstance(node, list) else node.items():
        yield (*before, key)
        if isinstance(part, list | dict):
            yield from places(part, (*before, key))


def part_at(node, place):
    for key in place:
        node = node[key]
    return node


@pytest.mark.parametrize("seed", range(3))
def test_mutated_graphs_are_read_or_refused(seed):
    rng = random.Random(seed)

    def change(m):
        m.layers[0].trainable = False
        m.pop()
        return dense(m)

    for _ in range(25):
        talk, header, blobs = definitions_of(change, chain())
        for _ in range(rng.randint(1, 3)):
            everywhere = list(places(header))
            *way, key = rng.choice(everywhere)
            junk = rng.choice([*JUNK, part_at(header, rng.choice(everywhere))])
            part_at(header, way)[key] = copy.deepcopy(junk)
        with contextlib.suppress(CarryError):
            talk.judge.unpack(frames.pack(header, blobs))
