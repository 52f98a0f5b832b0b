# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 2. Anatomy and freezing

A pretrained model is a stack of layers that already know something. To reuse it, you decide which layers keep what they know and which may learn something new. This lesson is about making that decision, and about finding out whether Keras really carried it out.

**After this lesson you can**

- find your way in `model.layers`, and say what `layers[:-3]` is and is not;
- freeze any part of a model, and count what can still learn;
- prove by experiment which weights moved, instead of trusting a flag;
- recognise and mend the *stale compile*, a bug that hides well.

**Time:** about 60 minutes. **You need:** Python functions, and having trained one Keras model before. Everything runs on a laptop, without a GPU and without a network.
"""

# %%
import keras
import numpy as np

from transferlab import backbones, data, progress, quiz, reflect, see
from transferlab.see.freezing import freezing_explorer, movement, parameters

keras.utils.set_random_seed(2)
print("Keras", keras.__version__)

# %%
progress.panel(["freeze_base", "count_trainable", "moved_weights", "train_in_two_phases", "freeze"])

# %% [markdown]
"""
## Meet the model

Our model is a small convolutional network that has learned to read **letters**. We drew the letters with the fonts that come with matplotlib, then turned, moved, dimmed and sprinkled them with noise. The model is small so that every experiment here takes seconds; what you learn holds for a ResNet as well.

Above each picture you see the true letter and what the model says.
"""

# %% mystnb={"image": {"alt": "Twenty small grey pictures of distorted letters; above each, the true letter and the model's guess, nearly always the same"}}
letters = data.letters()
backbone = backbones.load_backbone("letters")

x_look, y_look = letters.x_test[:20], letters.y_test[:20]
guesses = backbone.predict(x_look, verbose=0).argmax(axis=1)
names = letters.class_names
see.images(x_look, [f"{names[y]} → {names[g]}" for y, g in zip(y_look, guesses, strict=True)])

# %% [markdown]
"""
**Predict.** How many of a hundred new letters will the model read correctly: 50, 75, 95? Say a number before you run the next cell.
"""

# %%
guesses = backbone.predict(letters.x_test, verbose=0).argmax(axis=1)
accuracy = np.mean(guesses == letters.y_test)
print(
    f"{accuracy:.1%} of {len(letters.y_test):,} new letters are read correctly "
    f"(guessing would give {1 / len(names):.1%})."
)

# %% [markdown]
"""
## A model is a list of layers

`model.layers` is a Python list. You can loop over it, index it and slice it like any other list.
"""

# %% tags=["nbval-check-output"]
for index, layer in enumerate(backbone.layers):
    print(
        f"{index:2} {index - len(backbone.layers):3}  {layer.name:12} "
        f"{type(layer).__name__:14} {layer.count_params():7,} parameters"
    )

# %% [markdown]
"""
The two columns of numbers are the two ways to name a place: from the front (`0`, `1`, ...) and from the back (`-1` is the last).

The last three layers are the **head**: they turn what was seen into one of 26 answers. All layers before them are the **base**: they turn pixels into features. (Many people call the base the *backbone*; others call the whole pretrained model so, as the code does here.) Another task needs another head, but perhaps the same base. That is the idea of transfer learning, and the slice `layers[:-3]` is how you write it down.

**Predict.** Which names will each line of the next cell print? Cover the output of the cell above and try.
"""


# %% tags=["nbval-check-output"]
def names_of(layers):
    """Return the layers' names on one line."""
    return " ".join(layer.name for layer in layers) or "(none)"


print("[:-3]  ", names_of(backbone.layers[:-3]))
print("[-3:]  ", names_of(backbone.layers[-3:]))
print("[:3]   ", names_of(backbone.layers[:3]))
print("[-3]   ", backbone.layers[-3].name)

# %% [markdown]
"""
`[:-3]` reads "everything **but** the last three"; `[-3:]` reads "the last three". One colon in the wrong place swaps what is kept and what is learned, and no error tells you.

Two traps follow. First: `model.layers` is a *copy* of the list. Changing the list does not change the model.
"""

# %% tags=["nbval-check-output"]
print("layers before:", len(backbone.layers))
backbone.layers.pop()
print("layers after: ", len(backbone.layers))

# %% [markdown]
"""
Second: what counts as a layer depends on how the model was built. Here is the same network, with the same weights, once as a `Sequential` and once as a *functional* model. That is the other way to build a model in Keras, by naming where it begins and ends; lesson 3 explains it. Today you need only its list of layers.
"""

# %% tags=["nbval-check-output"]
functional = keras.Model(backbone.inputs, backbone.outputs)

print("Sequential:", len(backbone.layers), "layers; [:3] is", names_of(backbone.layers[:3]))
print(
    "functional:",
    len(functional.layers),
    "layers; [:3] is",
    " ".join(type(layer).__name__ for layer in functional.layers[:3]),
)
print("[:-3] ends with", backbone.layers[:-3][-1].name, "and", functional.layers[:-3][-1].name)

# %% [markdown]
"""
A functional model begins its list with an `InputLayer`, which only says what comes in; a `Sequential` hides it. So `[:3]` means different layers in the two, while `[:-3]` cuts at the same place, because counting starts from the output. **When you cut off a head, count from the back.**
"""

# %% [markdown]
"""
## What freezing is

Every layer carries a flag, `layer.trainable`. Set it to `False` and the layer is *frozen*: `fit` may use its weights but must not change them.

A layer keeps its weights in arrays that Keras calls *tensors*. A convolution has two: the `kernel`, with the factors that the inputs are multiplied by, and the `bias`, which is added. Watch where they go.
"""

# %% tags=["nbval-check-output"]
layer = backbone.layers[0]


def where_are_the_weights(layer):
    """Print how many tensors of a layer are trainable and how many are not."""
    print(
        f"{layer.name}: {len(layer.trainable_weights)} trainable tensors, "
        f"{len(layer.non_trainable_weights)} non-trainable"
    )


where_are_the_weights(layer)
layer.trainable = False
where_are_the_weights(layer)
layer.trainable = True

# %% [markdown]
"""
Nothing happened to the numbers in the layer. Its tensors only moved from one list to the other. An optimizer is given `model.trainable_weights`, and for nearly every layer that is all that freezing is.

How much of a model is frozen? Count **parameters**, not layers: some layers have none, and one layer may hold most of them.
"""

# %% mystnb={"image": {"alt": "Bar chart of the number of parameters in each layer of the letters model; the first three layers are marked frozen, all others trainable"}}
for layer in backbone.layers[:3]:
    layer.trainable = False
parameters(backbone)

# %% [markdown]
"""
### Move the cut

Choose how much to freeze. Before each click, predict: will the share of parameters that can still learn change a lot, a little, or not at all? Find a click that changes nothing, and say why.
"""

# %%
freezing_explorer(backbone)

# %% [markdown]
"""
The clicks that change nothing pass a layer without weights. Pooling, flattening and dropout have nothing to learn, so their flag has no effect. And one click near the front of the list moves far less than one near its middle: count parameters, not layers.
"""

# %% [markdown]
"""
## Exercise 1: freeze the base

Write `freeze_base(model)`: it freezes every layer but the last three, and returns the model. It should work for any model, not only for this one.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Which object has a flag named `trainable`: the list of layers, or each layer in it?

</details>
<details><summary>Hint 2: where to look</summary>

You need a `for` loop over a slice of `model.layers`. Which of the three slices printed above ends before the head?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
for layer in model.layers[...]:   # which slice?
    layer.trainable = ...
return ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "freeze_base", "locked": false, "schema_version": 3, "solution": true, "task": false}
def freeze_base(model):
    """Freeze all layers of `model` but the last three, and return the model."""
    ### BEGIN SOLUTION
    for layer in model.layers[:-3]:
        layer.trainable = False
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "freeze_base_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import backbones, check
from transferlab.check import freezing

with check.exercise("freeze_base"):
    model = backbones.load_backbone("letters")
    pretrained = model.get_weights()
    frozen = freeze_base(model)
    freezing.frozen_exactly(frozen, slice(None, -3))
    freezing.same_weights(frozen, pretrained)
    ### BEGIN HIDDEN TESTS
    import keras

    deep = keras.Sequential([keras.Input((5,))] + [keras.layers.Dense(4) for _ in range(6)])
    with check.another_case("a Sequential of six Dense layers"):
        freezing.frozen_exactly(freeze_base(deep), slice(None, -3))
    inputs = outputs = keras.Input((5,))
    for _ in range(4):
        outputs = keras.layers.Dense(3)(outputs)
    with check.another_case("functional, with an InputLayer and four Dense layers"):
        freezing.frozen_exactly(freeze_base(keras.Model(inputs, outputs)), slice(None, -3))
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Exercise 2: count what can learn

Write `count_trainable(model)`: it returns how many single numbers the optimizer may change. A kernel of shape `(3, 3, 1, 16)` holds 144 of them.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

You have seen two lists of a layer's weights. A model has the same two lists. Which one does the optimizer get?

</details>
<details><summary>Hint 2: where to look</summary>

Each weight has a `shape`. `np.prod` multiplies the numbers of a shape.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
return int(sum(np.prod(...) for weight in model....))
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "count_trainable", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_trainable(model):
    """Return the number of trainable parameters of `model`, a whole number."""
    ### BEGIN SOLUTION
    return int(sum(np.prod(weight.shape) for weight in model.trainable_weights))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "count_trainable_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
from transferlab import backbones, check
from transferlab.check import freezing, given

with check.exercise("count_trainable"):
    model = backbones.load_backbone("letters")
    for layer in model.layers[:-3]:
        layer.trainable = False
    freezing.trainable_count(given.unchanged(count_trainable, model), model)
    ### BEGIN HIDDEN TESTS
    import keras

    model.trainable = True
    with check.another_case("the letters model with nothing frozen"):
        freezing.trainable_count(given.unchanged(count_trainable, model), model)
    model.trainable = False
    with check.another_case("the letters model with everything frozen"):
        freezing.trainable_count(given.unchanged(count_trainable, model), model)
    with_statistics = keras.Sequential(
        [keras.Input((7,)), keras.layers.Dense(5), keras.layers.BatchNormalization()]
    )
    with check.another_case("a Dense and a BatchNormalization layer"):
        count = given.unchanged(count_trainable, with_statistics)
        freezing.trainable_count(count, with_statistics)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## A flag is a promise. Did it hold?

You set a flag. Did `fit` respect it? There is one way to know: **write down the weights, train, compare.**

The task to train on is a real one: handwritten digits. Our model has 26 outputs and digits need ten; for today the first ten outputs will do. (Lesson 6 replaces the head properly.)
"""

# %% mystnb={"image": {"alt": "Ten small grey pictures of handwritten digits, each with its label above"}}
digits = data.digits("plain").few(labels_per_class=30, seed=0)
x, y = digits.x_train, digits.y_train
see.images(x[:10], [str(label) for label in y[:10]])


# %%
def snapshot(model):
    """Return a copy of every weight of `model` as it is now, by its path."""
    return {weight.path: weight.numpy() for weight in model.weights}


def compile_for_digits(model):
    """Compile `model` for the digits, with a new optimizer."""
    model.compile(
        optimizer=keras.optimizers.SGD(0.05),
        loss="sparse_categorical_crossentropy",
        jit_compile=False,  # short trainings do not repay a long compilation
    )


# %% [markdown]
"""
Each weight has a `path` such as `conv1/kernel`. `weight.name` would not do: every layer has a weight named `kernel`. And `.numpy()` matters: it copies the numbers. Keeping the weight itself would keep an object that changes while you train.

**Predict.** The base is frozen, the head is not. In the plot, which bars will be exactly zero? Which weight of the head will move most, relative to its size?
"""

# %% mystnb={"image": {"alt": "Bar chart of how far each weight moved in training; all weights of the frozen base did not move, all weights of the head moved"}}
model = backbones.load_backbone("letters")
for layer in model.layers[:-3]:
    layer.trainable = False
compile_for_digits(model)

before = snapshot(model)
model.fit(x, y, epochs=3, verbose=0)
movement(before, snapshot(model), model, "Frozen, compiled, trained")

# %% [markdown]
"""
Frozen means equal to the last bit, not "nearly equal". The promise held, this time.

A bias often has a longer bar than its kernel. Its numbers are small, so the same step is a larger share of them.
"""

# %% [markdown]
"""
## Exercise 3: which weights moved?

Turn the experiment into a tool. Write `moved_weights(model, x, y)`: it trains a compiled model for one epoch on `x` and `y`, and returns the **set of paths** of all weights whose values changed. Trust no flag: look at every weight in `model.weights`. (BatchNorm, for one, keeps running statistics of its inputs. They count as weights and change in `fit`, though no optimizer moves them.)
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

What do you have to keep from before the training, so that there is something to compare with afterwards?

</details>
<details><summary>Hint 2: where to look</summary>

`snapshot(model)` above gives you a dictionary from path to values. `np.array_equal(a, b)` tells whether two arrays are the same everywhere.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
before = snapshot(model)
model.fit(...)
after = ...
return {path for path in before if not ...}
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "moved_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def moved_weights(model, x, y):
    """Train `model` for one epoch and return the set of paths of the weights that changed."""
    ### BEGIN SOLUTION
    before = snapshot(model)
    model.fit(x, y, epochs=1, verbose=0)
    after = snapshot(model)
    return {path for path in before if not np.array_equal(before[path], after[path])}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "moved_weights_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import keras
import numpy as np

from transferlab import check
from transferlab.check import freezing

with check.exercise("moved_weights"):
    random = np.random.default_rng(0)
    x_check = random.normal(size=(32, 6)).astype("float32")
    y_check = random.integers(0, 3, size=32)
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(5), keras.layers.Dense(3, activation="softmax")]
    )
    model.layers[0].trainable = False
    # A few steps are over before a graph for them would be made.
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    freezing.moved(
        moved_weights(model, x_check, y_check),
        expected={weight.path for weight in model.layers[1].weights},
        model=model,
    )
    # At learning rate 0 no optimizer moves anything; only BatchNorm's statistics go on.
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.BatchNormalization(), keras.layers.Dense(3, "softmax")]
    )
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", run_eagerly=True)
    freezing.moved(
        moved_weights(model, x_check, y_check),
        expected={weight.path for weight in model.layers[0].non_trainable_weights},
        model=model,
    )
    ### BEGIN HIDDEN TESTS
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(5),
            keras.layers.BatchNormalization(trainable=False),
            keras.layers.Dense(4, trainable=False),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    expected = {weight.path for weight in model.trainable_weights}
    with check.another_case("its second and third layers frozen"):
        freezing.moved(moved_weights(model, x_check, y_check), expected, model)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## What freezing does not do

Three sentences that sound right. **Predict** for each whether it is true, then run the experiment.

1. "A frozen layer always gives the same output."
2. "If the last layers are frozen, the layers before them cannot learn."
3. "A frozen Dropout layer no longer drops anything in training."
"""

# %% tags=["nbval-check-output"]
model = backbones.load_backbone("letters")
model.trainable = False
two_outputs = model.predict(x[:2], verbose=0)
print("1. same output for two different inputs:", np.array_equal(two_outputs[0], two_outputs[1]))

model.trainable = True
for layer in model.layers[-3:]:
    layer.trainable = False
compile_for_digits(model)
before = snapshot(model)
model.fit(x, y, epochs=1, verbose=0)
first_kernel = model.layers[0].kernel
print(
    "2. first layer stands still behind a frozen head:",
    np.array_equal(before[first_kernel.path], first_kernel.numpy()),
)

dropout = keras.layers.Dropout(0.5, seed=0)
dropout.trainable = False
print(
    "3. frozen Dropout passes its input unchanged in training:",
    np.array_equal(dropout(np.ones((1, 8)), training=True), np.ones((1, 8))),
)

# %% [markdown]
"""
All three are false.

1. Freezing fixes the *weights*. The output still depends on the input.
2. Gradients flow **through** frozen layers to those before them. That is why you can train a new front part on a frozen back part.
3. Freezing concerns weights, and Dropout has none. Training mode and frozen weights are two different things. (BatchNorm is the one exception, and lesson 7 has a whole experiment on it.)
"""

# %% [markdown]
"""
## The stale compile

Here is a plan that many notebooks follow. First train everything for a while. Then freeze the base, to keep what it has learned, and train on.

**Predict.** In the second `fit` below, which weights will move?
"""

# %% mystnb={"image": {"alt": "Bar chart of how far each weight moved; although every layer of the base is marked frozen, all of its weights moved, as did those of the head"}}
model = backbones.load_backbone("letters")
compile_for_digits(model)
model.fit(x, y, epochs=1, verbose=0)  # everything learns

for layer in model.layers[:-3]:  # now freeze the base ...
    layer.trainable = False
before = snapshot(model)
model.fit(x, y, epochs=3, verbose=0)  # ... and train on
movement(before, snapshot(model), model, "Frozen after the first fit, not compiled again")

# %% [markdown]
"""
Look at the bars: they are hatched (frozen), and they are not zero. The base **moved**, its flags say `False`, and this version of Keras printed no warning. `model.summary()` would have told you that all is well.

Why? The first `fit` builds a *training step*: a compiled function in which the list of weights to change is already written down. The next `fit` uses that same function again. It goes stale when you change a flag, and `model.compile(...)` throws it away.

(Sometimes the step is built anew without `compile`: when the batches look different, because of another `batch_size` or a `validation_split`, TensorFlow may trace it again, and then your flags count after all, by accident. A bug that comes and goes is not a better bug.)

Which orders are safe? Do not learn a rule by heart; run the experiment.
"""


# %% tags=["nbval-check-output"]
def base_moves(*steps):
    """Do the steps in order; return whether the base moved in the last of them."""
    model = backbones.load_backbone("letters")
    base = model.layers[:-3]

    def set_flags(value):
        for layer in base:
            layer.trainable = value

    do = {
        "compile": lambda: compile_for_digits(model),
        "freeze": lambda: set_flags(False),
        "unfreeze": lambda: set_flags(True),
        "fit": lambda: model.fit(x[:64], y[:64], verbose=0),
    }
    for step in steps[:-1]:
        do[step]()
    before = base[0].kernel.numpy()
    do[steps[-1]]()
    return not np.array_equal(before, base[0].kernel.numpy())


orders = [
    ("freeze", "compile", "fit"),
    ("compile", "freeze", "fit"),
    ("compile", "fit", "freeze", "fit"),
    ("compile", "fit", "freeze", "compile", "fit"),
    ("freeze", "compile", "fit", "unfreeze", "fit"),
    ("freeze", "compile", "fit", "unfreeze", "compile", "fit"),
]
for order in orders:
    print(f"{' → '.join(order):52} base {'MOVES' if base_moves(*order) else 'stands still'}")

# %% [markdown]
"""
Read the third line and the fifth line again. The third is the bug that you saw. The fifth is its mirror image: you unfreeze the base so that it learns your task too, and it does not. It is even harder to notice, because the accuracy does not fall; it only fails to rise.

The second line works, because the training step is built by the first `fit` and not by `compile`. Do not rely on it. One habit covers all six lines: **whenever you change `trainable`, compile again before you fit.**
"""

# %% [markdown]
"""
## Exercise 4: mend a colleague's training

A colleague sends you this function: first everything learns, then only the last three layers. The accuracy is fine, but the base is not what it was after phase 1. Run the function once in your head. Which row of the table of orders is it?
"""


# %%
def colleagues_training(model, x, y):
    """Train everything for one epoch, then only the last three layers."""
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)  # phase 1: everything learns
    between = snapshot(model)
    for layer in model.layers[:-3]:
        layer.trainable = False
    model.fit(x, y, epochs=1, verbose=0)  # phase 2: only the head should learn
    return between, model


# %% [markdown]
"""
Write `train_in_two_phases(model, x, y)`, the mended version. Keep the order of things: in phase 1 everything learns; then comes the snapshot; in phase 2 only the last three layers learn. Return `between, model` as your colleague does.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

When was the training step that phase 2 uses built? What did the flags say at that time?

</details>
<details><summary>Hint 2: where to look</summary>

Compare lines three and four of the table of orders above. One call makes the difference, and its place matters.

</details>
<details><summary>Hint 3: nearly there</summary>

Copy your colleague's function. Between the loop that freezes and the second `fit`, one line is missing. You know it from phase 1.

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "train_in_two_phases", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_in_two_phases(model, x, y):
    """Train everything for one epoch, then only the last three layers; return between, model."""
    ### BEGIN SOLUTION
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    between = snapshot(model)
    for layer in model.layers[:-3]:
        layer.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x, y, epochs=1, verbose=0)
    return between, model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "train_in_two_phases_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
import keras
import numpy as np

from transferlab import check
from transferlab.check import answers, freezing

with check.exercise("train_in_two_phases"):
    random = np.random.default_rng(1)
    x_check = random.normal(size=(32, 6)).astype("float32")
    y_check = random.integers(0, 3, size=32)
    # The fewer weights, the sooner the graph of a training step is made.
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(6, use_bias=False),
            keras.layers.Activation("tanh"),
            keras.layers.Dense(6, activation="tanh", use_bias=False),
            keras.layers.Dense(3, activation="softmax", use_bias=False),
        ]
    )
    original = {weight.path: weight.numpy() for weight in model.weights}
    between, trained = answers.pair(train_in_two_phases(model, x_check, y_check))
    freezing.two_phases(original, between, trained, slice(None, -3))
    ### BEGIN HIDDEN TESTS
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Flatten(),
            keras.layers.Dense(4, use_bias=False),
            keras.layers.Flatten(),
            keras.layers.Activation("tanh"),
            keras.layers.Dense(3, activation="softmax", use_bias=False),
        ]
    )
    original = {weight.path: weight.numpy() for weight in model.weights}
    with check.another_case("five layers, two of them Dense"):
        between, trained = answers.pair(train_in_two_phases(model, x_check, y_check))
        freezing.two_phases(original, between, trained, slice(None, -3))
    ### END HIDDEN TESTS

# %% [markdown]
"""
## The flag of the whole model

A model is a layer too, so it has a `trainable` flag of its own. **Predict** the three numbers of trainable tensors that the next cell prints.
"""

# %% tags=["nbval-check-output"]
model = backbones.load_backbone("letters")
for layer in model.layers[:-3]:
    layer.trainable = False
model.trainable = True  # unfreeze everything again?
print("frozen one by one, then model.trainable = True: ", len(model.trainable_weights))

model.trainable = False
model.layers[-1].trainable = True  # let the last layer learn?
print("model.trainable = False, then the last layer True:", len(model.trainable_weights))

model.trainable = True  # and now?
print("then model.trainable = True:                      ", len(model.trainable_weights))

# %% [markdown]
"""
Two rules explain all three lines.

- Setting the model's flag passes the value on to all layers, **but only when it changes** (with Keras on TensorFlow, as here). In the first line the model's own flag was `True` all along (you froze its layers, not the model), so setting it to `True` did nothing.
- A frozen parent hides its children: as long as the *model's* flag is `False`, `model.trainable_weights` is empty, whatever the layers say.

So a robust way to set flags never relies on what they were before.
"""

# %% [markdown]
"""
## Exercise 5: freeze any slice of any model

Write `freeze(model, cut)`. Here `cut` is a `slice`, such as `slice(None, -3)` for `[:-3]`. Afterwards exactly the layers in `model.layers[cut]` are frozen and **all others learn**, whatever the flags were before. Return the model.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

What will your function do with a model in which everything is already frozen, its own flag included? And with one in which a layer outside of the cut was frozen by hand?

</details>
<details><summary>Hint 2: where to look</summary>

You can index a list with a slice object: `model.layers[cut]`. Start from a known state: the model's flag *and* each layer's flag `True`. Then freeze.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
model.trainable = True
for layer in model.layers:
    layer.trainable = ...      # a known state
for layer in model.layers[...]:
    ...
return model
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "freeze", "locked": false, "schema_version": 3, "solution": true, "task": false}
def freeze(model, cut):
    """Freeze exactly the layers in ``model.layers[cut]``; let all others learn; return the model."""
    ### BEGIN SOLUTION
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    for layer in model.layers[cut]:
        layer.trainable = False
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "freeze_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 5.
import keras

from transferlab import check
from transferlab.check import freezing

with check.exercise("freeze"):
    model = keras.Sequential([keras.Input((5,))] + [keras.layers.Dense(4) for _ in range(6)])
    freezing.frozen_exactly(freeze(model, slice(None, -3)), slice(None, -3))
    freezing.frozen_exactly(freeze(model, slice(2, 5)), slice(2, 5))
    model.trainable = False
    freezing.frozen_exactly(freeze(model, slice(None, 1)), slice(None, 1))
    ### BEGIN HIDDEN TESTS
    inputs = outputs = keras.Input((5,))
    for _ in range(5):
        outputs = keras.layers.Dense(4)(outputs)
    functional = keras.Model(inputs, outputs)
    functional.layers[-1].trainable = False
    with check.another_case("functional, its last layer frozen beforehand"):
        freezing.frozen_exactly(freeze(functional, slice(None, None, 2)), slice(None, None, 2))
    with check.another_case("functional, an empty slice"):
        freezing.frozen_exactly(freeze(functional, slice(0, 0)), slice(0, 0))
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "freezing_implies",
    "You set `layer.trainable = False` and compile. What does that imply for this layer in the next `fit`?",
    right={
        "Its weights keep their values; data and gradients still pass through it": (
            "The optimizer is no longer given its weights. The layer still computes, and layers "
            "before it can still learn through it."
        ),
    },
    wrong={
        "Its output stays the same for every input": (
            'Freezing fixes the weights, not the output. Look at experiment 1 in "What freezing '
            'does not do".'
        ),
        "The layer is skipped, so that data goes around it": (
            "A frozen layer computes as before. If it were skipped, the shapes would not even fit."
        ),
        "It learns more slowly than the others": (
            "Frozen means not at all, equal to the last bit: see the first movement plot. To learn "
            "slowly you would lower the learning rate."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "slice_reads",
    "A `Sequential` has the layers a, b, c, d, e. Which are frozen by a loop over `model.layers[:-3]`?",
    right={"a and b": "All but the last three: five minus three leaves the first two."},
    wrong={
        "c, d and e": "That is `[-3:]`, the last three. The colon stands on the other side.",
        "a, b and c": "That is `[:3]`, the first three. A minus counts from the back.",
        "c only": "That is the single layer `[-3]`. A colon makes a slice of many.",
    },
)

# %% tags=["quiz"]
quiz.ask(
    "stale_compile",
    "You called `compile` and `fit`, then froze the base, then called the same `fit` again. What happens to the base?",
    right={
        "It goes on learning": (
            "The training step was built by the first `fit` and is used again. Compile after every "
            "change of a flag."
        ),
    },
    wrong={
        "It stands still, because its flags say so": (
            "The flags say so, but the training step never looks at them again. Read line three of "
            "the table of orders."
        ),
        "Keras raises an error": (
            "It would be kinder if it did. No error is raised, which is why you measure."
        ),
        "It stands still from the second epoch on": (
            "One training step serves all epochs. It is not built anew between them."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "count_parameters",
    "Two models have ten layers, and in both of them you freeze seven. What do you know of the number of parameters that can still learn?",
    right={
        "Nothing yet: add up the sizes of `model.trainable_weights`": (
            "Layers hold from no parameter to millions. In the explorer, some clicks changed "
            "nothing and others a great deal."
        ),
    },
    wrong={
        "About 30 % of all parameters in both": (
            "That would need layers of equal size. Look at the bar chart: they are far from equal."
        ),
        "The same number in both": (
            "Equal numbers of layers say nothing about their sizes. Move the cut in the explorer."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "model_flag",
    "You froze `layers[:-3]` one by one. Now you write `model.trainable = True` to unfreeze them. What happens?",
    right={
        "Nothing: the model's own flag was True already, so no value is passed on": (
            "Loop over the layers and set each flag, then compile."
        ),
    },
    wrong={
        "All layers can learn again": (
            "It is passed on only when the model's own flag changes. You froze layers, so it never "
            "was False."
        ),
        "Only the last three layers are set to True": (
            "The model's flag knows no slices. And those three were free all along."
        ),
        "Keras raises an error, because the flags disagree": (
            "Flags may disagree, silently. Print `len(model.trainable_weights)` to see."
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

- `model.layers` is a list, and a copy. `[:-3]` is all but the last three layers; count from the back.
- Freezing takes a layer's weights away from the optimizer. It fixes weights, not outputs; it lets gradients pass; it does not touch Dropout.
- Count parameters, not layers.
- A flag is a promise. To know, compare all of `model.weights` before and after.
- `fit` reuses its training step: after each change of `trainable`, **compile again**.
- The model's own flag is passed on only when it changes, and hides everything while it is `False`.

**Next:** in lesson 3 you cut models apart at a layer's `input` and `output` and build new ones from the pieces.

### Further reading

- Keras documentation, [Transfer learning & fine-tuning](https://keras.io/guides/transfer_learning/): the official guide. Compare its section on recursive `trainable` with your last experiment. Its paragraph on BatchNorm is a subject of lesson 7.
- Jason Yosinski, Jeff Clune, Yoshua Bengio, Hod Lipson: [How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792) (NeurIPS 2014). The classical study of where to cut: the same network is frozen at each layer in turn, and the accuracy measured.
- Keras documentation, [The Model class](https://keras.io/api/models/model/): `layers`, `trainable_weights`, `compile`.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
