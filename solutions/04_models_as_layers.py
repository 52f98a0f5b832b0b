# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 4. Models as layers

In lesson 3 you cut a model into pieces. Now you go the other way: you take a whole pretrained model and put it into another model, as **one layer**. Much transfer learning is written in this way, and it holds surprises about freezing: flags now live on several levels, and the levels may disagree.

**After this lesson you can**

- put a model into another model, and count what is in there;
- say which flags decide what the outer model trains, and freeze through all levels;
- reach a layer that lies deep inside, and use its output;
- use one model for two images at once, and find out what for;
- save a nested model, load it, and check what came back.

**Time:** about 60 minutes. **You need:** lesson 2 (freezing, compiling) and lesson 3 (the functional API, extractors, sharing against cloning).
"""

# %%
import tempfile
from pathlib import Path

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from transferlab import backbones, data, experiment, progress, quiz, reflect, see
from transferlab.see.freezing import movement
from transferlab.see.nesting import boxes, nesting_explorer, similarities

keras.utils.set_random_seed(4)
print("Keras", keras.__version__)

# %%
progress.panel(["nest", "freeze_deep", "inner_features", "twin"])

# %% [markdown]
"""
## A model is a layer

Our letters model expects pixels between 0 and 1. Cameras and image files give whole numbers from 0 to 255. Somebody has to divide, and it is safer when the model does it by itself than when every user must remember.

So we want a new model: first divide, then read the letter. A model can be called on a tensor, as a layer can. And whatever can be called like a layer can stand in the list of a `Sequential`.
"""

# %% tags=["nbval-check-output"]
backbone = backbones.load_backbone("letters")
print("Is a model a layer?", isinstance(backbone, keras.Layer))

# %% [markdown]
"""
**Predict.** The letters model has ten layers. How many entries will `reader.layers` have? And how many more parameters than the letters model will `reader` hold?
"""

# %% tags=["nbval-check-output"]
reader = keras.Sequential(
    [
        keras.Input((16, 16, 1), name="pixels"),
        keras.layers.Rescaling(1 / 255, name="rescale"),
        backbone,
    ],
    name="reader",
)

print("entries:   ", [layer.name for layer in reader.layers])
print("parameters:", f"{reader.count_params():,}, and in the backbone {backbone.count_params():,}")
print("the very same object:", reader.layers[-1] is backbone)

# %% [markdown]
"""
Two entries. The whole backbone is **one** of them, whatever is inside. We call such a model *nested*: `reader` is the **outer** model, `backbone` the **inner** one.

Nothing was copied: the inner model is the object that you put in. Train one, and the other one has learned it too. (You met this sharing in lesson 3.)
"""

# %% mystnb={"image": {"alt": "A box named reader, holding a small box named rescale without weights, and a box named letters, which holds the ten layers of the letters model in a row, with the parameters of each"}}
boxes(reader)

# %% [markdown]
"""
Does it still read? Here are twenty letters as whole numbers, and what the outer model says.
"""

# %% mystnb={"image": {"alt": "Twenty small grey pictures of letters; above each, the true letter and the reader's guess, nearly always the same"}}
letters = data.letters()
x_bytes = np.round(255 * letters.x_test).astype("uint8")
guesses = reader.predict(x_bytes[:20], verbose=0).argmax(axis=1)
names = letters.class_names
captions = [f"{names[y]} → {names[g]}" for y, g in zip(letters.y_test[:20], guesses, strict=True)]
see.images(letters.x_test[:20], captions)

# %% [markdown]
"""
`reader.summary()` shows the two entries, too. When you want to see inside, ask for it.
"""

# %%
reader.summary(expand_nested=True)

# %% [markdown]
"""
## Exercise 1: a new head on a nested base

Now transfer. Write `nest(backbone, classes)`. The last three layers of `backbone` are its head; all layers before them are its base. Return a new model with

- the base, **frozen**, as **one** nested layer, sharing the backbone's weights;
- behind it **one** new `Dense` layer with `classes` outputs and softmax, which can learn.

It should work for any such backbone, also for one with branches. (So do not take the list of layers apart: cut the graph, as in lesson 3.)
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

What would the new head read if you nested the backbone as it is: features, or 26 probabilities of letters?

</details>
<details><summary>Hint 2: where to look</summary>

In lesson 3 you made an extractor with `keras.Model(...)` out of a model's inputs and one layer's output. An extractor is a model, so it is a layer, and it has a flag `trainable`.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
base = keras.Model(backbone.inputs[0], backbone.layers[...].output)
base....            # freeze it
return keras.Sequential([keras.Input(backbone.input_shape[1:]), ..., ...])
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "nest", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nest(backbone, classes):
    """Return a classifier: the backbone without its head, frozen, as one layer, and a new head."""
    ### BEGIN SOLUTION
    base = keras.Model(backbone.inputs[0], backbone.layers[-4].output)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Sequential([keras.Input(backbone.input_shape[1:]), base, head])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "nest_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
import keras

from transferlab import backbones, check
from transferlab.check import nesting

with check.exercise("nest"):
    letters_model = backbones.load_backbone("letters")
    before = nesting.backbone(letters_model)
    nesting.nested(nest(letters_model, 10), before, classes=10)
    ### BEGIN HIDDEN TESTS
    inputs = keras.Input((8,))
    first = keras.layers.Dense(6, activation="relu")(inputs)
    second = keras.layers.Dense(6, activation="relu")(first)
    joined = keras.layers.Add()([first, second])
    outputs = joined
    for units in (5, 5, 4):
        outputs = keras.layers.Dense(units)(outputs)
    branched = keras.Model(inputs, outputs)
    before = nesting.backbone(branched)
    with check.another_case("a functional backbone with a branch, and two classes"):
        nesting.nested(nest(branched, 2), before, classes=2)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Flags on two levels

Here is such a classifier for digits, written with the functional API, and with a base that has a name. Then we set one single flag, that of `base`. **Predict:** which layers will be hatched, that is frozen, in the picture?
"""


# %%
def digits_base():
    """Return the letters model without its head, freshly loaded, as a model named `base`."""
    backbone = backbones.load_backbone("letters")
    return keras.Model(backbone.inputs[0], backbone.layers[-4].output, name="base")


def classifier(base):
    """Return a model named `outer`: `base` as one layer, and a new head for ten digits."""
    pixels = keras.Input(base.input_shape[1:], name="pixels")
    digit = keras.layers.Dense(10, activation="softmax", name="digits")(base(pixels))
    return keras.Model(pixels, digit, name="outer")


# %% mystnb={"image": {"alt": "A box named outer holding a box named base with the layers of the letters model, all of them with weights marked frozen, and a trainable layer named digits"}}
base = digits_base()
outer = classifier(base)
base.trainable = False
boxes(outer)

# %% [markdown]
"""
Setting the flag of a model sets the flags of all layers in it, and in the models in it, down to the last. We say that setting is **recursive**.

Often you want to let the last part of the base learn, and keep the rest. So you open one layer again.

**Predict.** `base.trainable` is `False`, `conv3.trainable` is `True`. In the next cell, how many tensors does the base report as trainable? How many will the outer model train? (A layer with weights has two here, kernel and bias.)
"""

# %% tags=["nbval-check-output"]
base.get_layer("conv3").trainable = True

print("base.trainable: ", base.trainable)
print("base reports:   ", [weight.path for weight in base.trainable_weights])
print("outer reports:  ", [weight.path for weight in outer.trainable_weights])

# %% [markdown]
"""
They disagree. In lesson 2 you saw that a frozen parent hides its children: `base.trainable_weights` is empty. But the *outer* model lists `conv3`.

Two reports, one truth. Who is right? A flag is a promise: **train, and compare.** Before you run it: will `conv3` move?
"""


# %%
def snapshot(model):
    """Return a copy of every weight of `model` as it is now, by its path."""
    return {weight.path: weight.numpy() for weight in model.weights}


digits = data.digits("plain").few(labels_per_class=30, seed=0)
x, y = digits.x_train, digits.y_train

# %% mystnb={"image": {"alt": "Bar chart of how far each weight moved in training; conv3 moved although it is hatched as part of the frozen base, the other weights of the base did not move, the head moved"}}
outer.compile(
    optimizer=keras.optimizers.SGD(0.05),
    loss="sparse_categorical_crossentropy",
    jit_compile=False,
)
before = snapshot(outer)
outer.fit(x, y, epochs=3, verbose=0)
movement(before, snapshot(outer), outer, "base: False, conv3: True")

# %% [markdown]
"""
The bars of the base are hatched, because `base.trainable` is `False`. And `conv3` moved.

The rule behind it is short. The model that you **compile** looks at two flags only:

1. its own: if that is `False`, nothing learns;
2. the flag of each layer that **holds** weights.

It never asks the models in between. The flag of a nested model is a *megaphone*, not a *lock*: at the moment when it changes, it tells everything below; after that it holds nothing back. So believe `outer.trainable_weights`, and do not read `base.trainable`.

A megaphone has a second weakness, which you know from lesson 2: it speaks only when its value **changes**.

**Predict.** Someone sees that `conv3` learns and writes `base.trainable = False` once more. Does that help?
"""

# %% tags=["nbval-check-output"]
base.trainable = False
print("set to False again:  outer trains", len(outer.trainable_weights), "tensors")

base.trainable = True
base.trainable = False
print("True, then False:    outer trains", len(outer.trainable_weights), "tensors")

# %% [markdown]
"""
The flag was `False` already, so in the first line nothing was passed on. The second way works here, because the value changed both times. It does not always. Suppose that `base` is `True`, and holds a model that is `False` with a trainable layer in it. Then `base.trainable = True` changes nothing. `base.trainable = False` reaches the model inside, finds it at `False` already, and stops there: the layer goes on learning.
"""

# %% [markdown]
"""
### The tree of flags

Choose what is done to the flags. Each choice begins with all flags `True` and does its steps in order. Before each click, predict the two numbers: what the outer model trains, and what the base reports.

Find a choice in which the base says `True` and yet does not learn. Find two in which the last step changes no flag at all.
"""

# %%
nesting_explorer(classifier(digits_base()))

# %% [markdown]
"""
"Each layer of base = False, then base = True" is the trap of fine-tuning: you want to open the base, its flag is `True` already, and nothing opens. "outer = False, then conv3 = True" shows the one flag above a layer that does lock: that of the model which you compile.
"""

# %% [markdown]
"""
## Exercise 2: freeze at every depth

Write `freeze_deep(model)`. Afterwards the **last layer** of `model` learns whole and **nothing else** does. Return the model.

It must hold whatever the flags were before, and at whatever depth: an entry of `model.layers` may be a model, which may hold models again. The last layer, too, may be a model. Do not build a new model; set flags.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

You want to give *one* value to a layer and to all that is inside it. If one of the things inside is a model, what do you want to do with that one?

</details>
<details><summary>Hint 2: where to look</summary>

A function may call itself. Write a small helper that sets the flag of the layer it is given and then, if that layer has `.layers`, calls itself for each of them. `isinstance(layer, keras.Model)` tells you whether it has.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
def set_flags(layer, value):
    layer.trainable = value
    if isinstance(layer, keras.Model):
        for child in ...:
            set_flags(..., value)

set_flags(model, True)              # a known state, everywhere
for layer in model.layers[...]:
    set_flags(layer, ...)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "freeze_deep", "locked": false, "schema_version": 3, "solution": true, "task": false}
def freeze_deep(model):
    """Freeze everything in `model`, at every depth, but its last layer; return the model."""

    ### BEGIN SOLUTION
    def set_flags(layer, value):
        layer.trainable = value
        if isinstance(layer, keras.Model):
            for child in layer.layers:
                set_flags(child, value)

    set_flags(model, True)
    for layer in model.layers[:-1]:
        set_flags(layer, False)
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "freeze_deep_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import keras

from transferlab import check
from transferlab.check import nesting


def model_of(name, *parts):
    return keras.Sequential([keras.Input((4,)), *parts], name=name)


def dense(name):
    return keras.layers.Dense(4, name=name)


def three_levels():
    inner = model_of("inner", dense("a"), dense("b"))
    return inner, model_of("outer", model_of("middle", inner, dense("c")), dense("head"))


with check.exercise("freeze_deep"):
    inner, model = three_levels()
    head = [weight.path for weight in model.layers[-1].trainable_weights]
    nesting.learns_only(freeze_deep(model), head)
    # A trainable child under a frozen parent, two levels down.
    inner, model = three_levels()
    inner.trainable = False
    inner.layers[-1].trainable = True
    nesting.learns_only(freeze_deep(model), head)
    ### BEGIN HIDDEN TESTS
    model.trainable = False
    with check.another_case("everything frozen beforehand, the model's own flag included"):
        nesting.learns_only(freeze_deep(model), head)
    inner = model_of("inner", dense("a"), dense("b"))
    last = model_of("last", dense("c"), keras.layers.BatchNormalization(name="norm"))
    model = model_of("outer", inner, dense("between"), last)
    head = [weight.path for weight in last.trainable_weights]
    inner.layers[0].trainable = False
    last.layers[0].trainable = False
    with check.another_case("a head that is a model, with a frozen layer in it"):
        nesting.learns_only(freeze_deep(model), head)
    inner.trainable = False
    inner.layers[0].trainable = True
    with check.another_case("a trainable child under a frozen parent, one level down"):
        nesting.learns_only(freeze_deep(model), head)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Reach inside

To see what `conv3` finds in an image, you need the layer, and then its output. Both lie inside the nested model.

**Predict.** Which of these three lines raise an error?
"""


# %% tags=["nbval-check-output"]
def attempt(what, action):
    """Run `action` and print its result, or the first sentence of the error that it raised."""
    try:
        print(f"{what:42} {action()}")
    except ValueError as error:
        print(f"{what:42} ERROR: {str(error).splitlines()[0].split('. ')[0]}")


base = digits_base()
outer = classifier(base)
conv3 = base.get_layer("conv3")

attempt("outer.get_layer('conv3')", lambda: outer.get_layer("conv3"))
attempt(
    "outer.get_layer('base').get_layer('conv3')",
    lambda: outer.get_layer("base").get_layer("conv3").name,
)
attempt(
    "keras.Model(outer.inputs[0], conv3.output)",
    lambda: keras.Model(outer.inputs[0], conv3.output).name,
)

# %% [markdown]
"""
- `get_layer` searches one level. You go down step by step: first the nested model, then the layer in it.
- The third line gives the message that you know from lesson 3: the two tensors come from different graphs. `conv3.output` is the tensor from when the *base* was built, and its path begins at `base.inputs[0]`. In the outer graph the whole base is one step: a tensor goes in, a tensor comes out, and nothing in between has a tensor there.

So an extractor for an inner layer begins where that graph begins: at the inputs of the **inner** model.
"""

# %% tags=["nbval-check-output"]
maps_of = keras.Model(base.inputs[0], conv3.output)
print("feature maps of two images:", tuple(maps_of(x[:2]).shape))

# %% [markdown]
"""
That is right for `outer`, where the pixels go straight into the base. Now think of `reader` from above, which divides by 255 first.

**Predict.** You take the inner model of `reader`, build an extractor from it in this way, and feed it what `reader` is fed, whole numbers up to 255. An error, the right numbers, or wrong numbers?
"""

# %%
inner = reader.get_layer(backbone.name)
inner_maps = keras.Model(inner.inputs[0], inner.get_layer("conv3").output)

as_reader_sees_it = inner_maps(x_bytes[:2] / 255)
as_fed_to_reader = inner_maps(x_bytes[:2])
print(f"mean activation, scaled first:   {np.mean(as_reader_sees_it):9.3f}")
print(f"mean activation, as it was fed:  {np.mean(as_fed_to_reader):9.3f}")

# %% [markdown]
"""
Wrong numbers, and no error. The extractor begins at the inner model, so whatever the outer model does **before** it is left out. Lesson 5 will show what such a mismatch costs.
"""

# %% [markdown]
"""
## Exercise 3: an extractor that takes what the outer model takes

Write `inner_features(model, base_name, layer_name)`. `model` is a chain: each layer feeds the next. One of them, named `base_name`, is a model, and in it is a layer named `layer_name`. Return a model that takes the **outer** model's input and gives that layer's output, with all that stands before the base done first. It shares the weights; nothing is copied.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

You can build an extractor that begins at the base. Which layers does an image have to pass before it gets there?

</details>
<details><summary>Hint 2: where to look</summary>

`model.layers` is a list, so `model.layers.index(base)` tells where the base stands, and a slice gives what is before it. And an extractor is a model, hence a layer: it can stand behind those layers in a `Sequential`.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
base = model.get_layer(...)
inner = keras.Model(base.inputs[0], ...)
before = model.layers[: model.layers.index(base)]
return keras.Sequential([..., inner])
```

`*before` writes the elements of a list into another list.

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "inner_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def inner_features(model, base_name, layer_name):
    """Return a model from `model`'s input to the output of a layer in its nested model."""
    ### BEGIN SOLUTION
    base = model.get_layer(base_name)
    inner = keras.Model(base.inputs[0], base.get_layer(layer_name).output)
    before = model.layers[: model.layers.index(base)]
    return keras.Sequential([*before, inner])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "inner_features_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import keras

from transferlab import backbones, check
from transferlab.check import given, nesting

with check.exercise("inner_features"):
    letters_model = backbones.load_backbone("letters")
    model = keras.Sequential(
        [keras.Input((16, 16, 1)), keras.layers.Rescaling(1 / 255), letters_model]
    )
    answer = given.same_weights(inner_features, model, letters_model.name, "conv3")
    nesting.inside(answer, model, letters_model.name, "conv3")
    ### BEGIN HIDDEN TESTS
    hidden = keras.Input((4,))
    halfway = keras.layers.Dense(5, name="low")(hidden)
    inner = keras.Model(hidden, keras.layers.Dense(4, name="high")(halfway), name="inner")
    inputs = keras.Input((6,))
    tensor = keras.layers.Dense(4, name="shrink")(inputs)
    tensor = keras.layers.Rescaling(0.5, offset=0.1)(tensor)
    chain = keras.Model(inputs, keras.layers.Dense(3, name="low")(inner(tensor)))
    with check.another_case("functional, two layers before the base, one name in two places"):
        answer = given.same_weights(inner_features, chain, "inner", "low")
        nesting.inside(answer, chain, "inner", "low")
    first = keras.Sequential([inner, keras.layers.Dense(2)])
    with check.another_case("a Sequential that begins with the base"):
        answer = given.same_weights(inner_features, first, "inner", "low")
        nesting.inside(answer, first, "inner", "low")
    ### END HIDDEN TESTS

# %% [markdown]
"""
## One model, two images

A layer can be called twice, and so can a model. Both calls use the same weights. That opens a new kind of question: not "what is this?" but "**are these two the same?**"

**Predict.** We call one base on two inputs. How many parameters has the new model: as many as the base, twice as many, or something in between?
"""

# %% tags=["nbval-check-output"]
base = digits_base()
first = keras.Input((16, 16, 1), name="first")
second = keras.Input((16, 16, 1), name="second")
both = keras.Model([first, second], [base(first), base(second)], name="both")

print(f"base: {base.count_params():,} parameters")
print(f"both: {both.count_params():,} parameters in {[layer.name for layer in both.layers]}")

# %% [markdown]
"""
One layer, used twice, counted once. Such a model is a *twin*, or *Siamese* network. If it learns from one of the images, it has learned for both.

What if you took **two** models instead, each loaded by itself? You would have twice the parameters, and two sides that drift apart in training. Keras raises an error when you try, though for another reason. Read it.
"""

# %% tags=["nbval-check-output"]
attempt(
    "two models of the same name",
    lambda: keras.Model([first, second], [digits_base()(first), digits_base()(second)]),
)

# %% [markdown]
"""
Names must differ within one model, or a name would not say which layer is meant. The error goes away when you give the second model another name. The two copies stay, so this is a repair for those who really want two models.
"""

# %% [markdown]
"""
### Are these two the same digit?

Our base has learned letters. It has never seen a digit. Can it tell whether two handwritten digits are the same one?

We need a number for "similar". Take the two rows of features and look at the angle between them. Its cosine is 1 when both rows point the same way, and 0 when they share nothing: the **cosine similarity**.

The digits are *in the wild*: turned, shifted, dimmed and noisy. Of ten pairs, the five on the left show the same digit twice, the five on the right do not. **Predict** two numbers: the similarity of a typical pair on the left, and on the right.
"""


# %%
def draw_pairs(y, seed):
    """Return two arrays of places in `y`, and for each pair whether it is the same digit."""
    first, second = np.random.default_rng(seed).integers(len(y), size=(2, 4000))
    other = first != second  # an image and itself would be too easy
    first, second = first[other], second[other]
    return first, second, y[first] == y[second]


def cosine(a, b):
    """Return the cosine similarity of each row of `a` with the same row of `b`."""
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


# %% mystnb={"image": {"alt": "Ten pairs of handwritten digits in two rows, one image of each pair above the other; the five pairs on the left show the same digit twice. Above the lower images stands the cosine similarity of the features"}}
wild = data.digits("wild", seed=0)
upper, lower, same = draw_pairs(wild.y_test, seed=0)
chosen = np.concatenate([np.flatnonzero(same)[:5], np.flatnonzero(~same)[:5]])
x_upper, x_lower = wild.x_test[upper[chosen]], wild.x_test[lower[chosen]]

features_upper, features_lower = both([x_upper, x_lower])
similarity = cosine(features_upper.numpy(), features_lower.numpy())
see.images(np.concatenate([x_upper, x_lower]), [""] * 10 + [f"{s:.2f}" for s in similarity])

# %% [markdown]
"""
Ten pairs are an anecdote. The next cell takes thousands of pairs, and tells those of one digit from those of two. And it does the same with the **pixels**, without any model. That is the control: perhaps two pictures of the same digit are similar anyway.

**Predict.** In which of the two plots will the hatched area (the same digit) stand further to the right of the grey one?
"""


# %%
def similarity_of_pairs(rows, y, seed):
    """Return the similarity of drawn pairs of `rows`, and whether they are the same digit."""
    first, second, same = draw_pairs(y, seed)
    return cosine(rows[first], rows[second]), same


# %% mystnb={"image": {"alt": "Two histograms of cosine similarity, of pixels and of features; in each, a hatched area for pairs of the same digit and a grey one for pairs of different digits overlap, in the features less than in the pixels"}}
groups = {}
rows = {"pixels": wild.x_test.reshape(500, -1), "features": base(wild.x_test).numpy()}
for name in rows:
    values, same = similarity_of_pairs(rows[name], wild.y_test, seed=0)
    groups[name] = values[same], values[~same]
similarities(groups)

# %% [markdown]
"""
The areas overlap in both. How much? Draw one pair of the same digit and one pair of different digits. **How often is the first more similar than the second?** Guessing gives 0.5, a perfect measure gives 1. (This share is known as the AUC.)

We compute it for five draws of the data, and add a second control: the same network with random weights. If that were as good, the architecture would explain the effect, and what was learned on letters would not.
"""


# %%
def told_apart(features_of, seed):
    """Return how often a pair of the same digit is more similar than a pair of different ones."""
    wild = data.digits("wild", seed=seed)
    values, same = similarity_of_pairs(features_of(wild.x_test), wild.y_test, seed)
    return roc_auc_score(same, values)


def untrained(seed):
    """Return the base with random weights."""
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(base)


comparison = experiment.compare(
    {
        "pixels": lambda seed: told_apart(lambda x: x.reshape(len(x), -1), seed),
        "features, random weights": lambda seed: told_apart(
            lambda x: untrained(seed)(x).numpy(), seed
        ),
        "features, learned on letters": lambda seed: told_apart(lambda x: base(x).numpy(), seed),
    },
    metric="pairs told apart (share)",
)
print(comparison)

gain = comparison.difference("features, learned on letters", "pixels")
print("letters features less pixels:", gain)

# %% [markdown]
"""
Nobody showed this model a digit, let alone a pair. Still it tells pairs apart better than the pixels do, and better than the same network untrained. It is far from perfect, and it was not trained for this. Twins that were trained on pairs have verified signatures and faces: see the reading list.
"""

# %% [markdown]
"""
## Exercise 4: a twin that gives the similarity itself

Above, NumPy computed the cosine. Put it into the model. Write `twin(base)`: return a model with **two inputs** (images of the shape that `base` takes) and **one output** of shape `(n, 1)`: the cosine similarity of the features of both. Both images go through the one `base`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

How many times do you call `base`, and how many models do you need for that?

</details>
<details><summary>Hint 2: where to look</summary>

The layer `keras.layers.Dot` multiplies two rows and adds up. Look at its argument `normalize`: with it, each row is divided by its length first. The features stand on axis 1.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
first = keras.Input(base.input_shape[1:])
second = ...
similarity = keras.layers.Dot(axes=1, normalize=...)([..., ...])
return keras.Model([first, second], similarity)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "twin", "locked": false, "schema_version": 3, "solution": true, "task": false}
def twin(base):
    """Return a model of two images: the cosine similarity of what `base` makes of them."""
    ### BEGIN SOLUTION
    first = keras.Input(base.input_shape[1:])
    second = keras.Input(base.input_shape[1:])
    similarity = keras.layers.Dot(axes=1, normalize=True)([base(first), base(second)])
    return keras.Model([first, second], similarity)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "twin_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
import keras

from transferlab import backbones, check
from transferlab.check import given, nesting

with check.exercise("twin"):
    letters_model = backbones.load_backbone("letters")
    features = keras.Model(letters_model.inputs[0], letters_model.layers[-4].output, name="base")
    nesting.twin(given.same_weights(twin, features), features)
    ### BEGIN HIDDEN TESTS
    rows = keras.Sequential(
        [keras.Input((7,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(5)]
    )
    with check.another_case("rows of seven numbers instead of images"):
        nesting.twin(given.same_weights(twin, rows), rows)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Save and load

One file, ending in `.keras`, holds the layers, how they are connected, their weights and their flags. Nested models come back as nested models. Come back *how*? Compare before and after, as always.

**Predict.** We freeze the base, save, and load. Twice: once the base is a functional model, once a `Sequential`. What will `base.trainable` say afterwards?
"""

# %% tags=["nbval-check-output", "demonstration"]
folder = Path(tempfile.mkdtemp())
functional = digits_base()
layers = backbones.load_backbone("letters").layers[:-3]
sequential = keras.Sequential([keras.Input((16, 16, 1)), *layers], name="base")

for kind, base in {"functional": functional, "Sequential": sequential}.items():
    base.trainable = False
    saved = classifier(base)
    saved.save(folder / f"{kind}.keras")
    loaded = keras.models.load_model(folder / f"{kind}.keras")
    equal = all(map(np.array_equal, saved.get_weights(), loaded.get_weights()))
    print(f"a {kind} base: weights equal: {equal}")
    print("  base.trainable:           ", base.trainable, "→", loaded.get_layer("base").trainable)
    print(
        "  tensors that outer trains:",
        len(saved.trainable_weights),
        "→",
        len(loaded.trainable_weights),
    )

# %% [markdown]
"""
All weights are equal to the bit, and both models train the same tensors as before: the flags of the layers came back. But the flag of the nested `Sequential` did not. It says `True`, and its layers are frozen.

You know enough to see the next bug coming. **Predict** what this cell prints: with the loaded `Sequential` base, you open it for fine-tuning.
"""

# %% tags=["nbval-check-output"]
loaded_base = loaded.get_layer("base")
loaded_base.trainable = True
print("base.trainable = True:     outer trains", len(loaded.trainable_weights), "tensors")

for layer in loaded_base.layers:
    layer.trainable = True
print("each layer set to True:    outer trains", len(loaded.trainable_weights), "tensors")

# %% [markdown]
"""
The megaphone was silent: its value did not change. After loading, count `trainable_weights`, and set the flags of layers, not of models.

### What else is in the file

A compiled and trained model is saved with its optimizer, because you may want to go on with the training. Adam keeps two more numbers for each weight that it trains. If you only want to *use* the model, that is ballast. `save` accepts an argument that sounds right.

**Predict.** Will `include_optimizer=False` make the file smaller? And what about loading without `compile`, and saving again?
"""

# %% tags=["demonstration"]
trained = classifier(digits_base())
trained.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
trained.fit(x, y, verbose=0)

trained.save(folder / "trained.keras")
trained.save(folder / "without.keras", include_optimizer=False)
keras.models.load_model(folder / "trained.keras", compile=False).save(folder / "again.keras")

for name in ("trained", "without", "again"):
    print(f"{name + '.keras':14} {(folder / f'{name}.keras').stat().st_size / 1000:7.0f} kB")

# %% [markdown]
"""
In this version of Keras the argument is taken and has no effect on a `.keras` file. What works is `load_model(..., compile=False)`: the loaded model has no optimizer, and saving it again leaves little more than a third of the size. The backbones of this course are shipped in this way.

One more thing that a file cannot keep: sharing. A loaded model is a new model, and training it changes nothing in the one that you saved.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "entries",
    "A backbone has 50 layers. You write `outer = keras.Sequential([backbone, keras.layers.Dense(3)])`. What does `len(outer.layers)` give?",
    right={"2": "The backbone is one layer of the outer model, whatever it holds."},
    wrong={
        "51": "That would be the count if its layers were put in one by one. Look at the entries of `reader`.",
        "50": "The outer model does not look into the backbone, and the Dense layer counts too.",
        "1": "The Dense layer is an entry of its own.",
    },
)

# %% tags=["quiz"]
quiz.ask(
    "who_trains",
    "`base.trainable` is False, and a layer in it was then set to True. You compile and fit the outer model, whose own flag is True. What happens to that layer?",
    right={
        "It learns": (
            "The compiled model looks at its own flag and at the layer's. The base in between is "
            "not asked."
        ),
    },
    wrong={
        "It stands still, because its parent is frozen": (
            "The base reports so, but it is not the model that trains. Look at the plot of conv3."
        ),
        "Keras raises an error, because the flags disagree": (
            "Flags may disagree, silently, on any number of levels."
        ),
        "It learns, and the rest of the base with it": (
            "Setting a child's flag tells nothing to its parent or to its neighbours."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "not_connected",
    "Why does `keras.Model(outer.inputs[0], conv3.output)` raise, when conv3 lies in the nested base?",
    right={
        "`conv3.output` belongs to the graph of the base, which begins at `base.inputs[0]`": (
            "In the outer graph the base is one step, and no tensor inside it is known there."
        ),
    },
    wrong={
        "The base is frozen": "Flags have nothing to do with graphs. It raises for a free base too.",
        "`conv3` has to be compiled first": (
            "Compiling concerns training. An extractor needs no compile."
        ),
        "A layer in a nested model has no output": (
            "It has one: `keras.Model(base.inputs[0], conv3.output)` worked."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "twin_count",
    "A twin calls one base of 1,000 parameters on two images and has no other weights. You train it on pairs. Which is true?",
    right={
        "It has 1,000 parameters, and both sides stay equal": (
            "One base, called twice: there is only one set of weights to change."
        ),
    },
    wrong={
        "It has 2,000 parameters, and both sides stay equal": (
            "Calling does not copy. Compare the two counts that the lesson printed."
        ),
        "It has 2,000 parameters, and the sides drift apart": (
            "That describes two copies of the base, which is what a twin is not."
        ),
        "It has 1,000 parameters, but only the first image changes them": (
            "Both calls use the weights, so both images have a say in every step."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "after_loading",
    "You load a nested model whose base was frozen when it was saved. How do you find out what the next `fit` will train?",
    right={
        "Look at `outer.trainable_weights`": (
            "That is the list which the optimizer gets. It counts the flags that matter."
        ),
    },
    wrong={
        "Read `base.trainable`": (
            "It may say True while every layer inside is frozen, as with the Sequential above."
        ),
        "Look at `base.trainable_weights`": (
            "Empty does not mean frozen: under a frozen parent a child may learn. Ask the outer model."
        ),
        "No need: loading sets all flags to True": (
            "The layers came back with the flags that they had. Loading keeps them."
        ),
    },
)

# %% nbgrader={"grade": true, "grade_id": "quiz_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to count your quiz: one point for each right answer.
from transferlab import quiz

quiz.score()

# %% [markdown]
"""
## Summary

- A model is a layer. Nested, it is one entry of the outer model's `layers`, and it is shared, not copied.
- Setting a model's flag sets all flags below it, but only when its value changes: a megaphone, not a lock.
- The model that you compile looks at its own flag and at the flags of the layers that hold weights. Believe `outer.trainable_weights`.
- `get_layer` searches one level. An extractor for an inner layer begins at the inner model's inputs, and leaves out what stands before it.
- One model called on two inputs is one set of weights. Two models are two.
- After loading, compare: weights come back to the bit, a nested model's own flag may not. Load with `compile=False` what you only want to use.

**Next:** in lesson 5 the frozen base earns its keep: you extract features with it once, and train a classifier on them.

### Further reading

- Keras documentation, [Transfer learning & fine-tuning](https://keras.io/guides/transfer_learning/), the section on the recursive setting of `trainable`. Compare it with what `conv3` did.
- Keras documentation, [Save, serialize, and export models](https://keras.io/guides/serialization_and_saving/): what is in a `.keras` file.
- Jane Bromley, Isabelle Guyon, Yann LeCun, Eduard Säckinger, Roopak Shah: Signature Verification using a "Siamese" Time Delay Neural Network (NIPS 1993). The first twin.
- Sumit Chopra, Raia Hadsell, Yann LeCun: Learning a Similarity Metric Discriminatively, with Application to Face Verification (CVPR 2005). How to train a twin on pairs.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
