# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 7. Fine-tuning

In lessons 5 and 6 the base stood still, and only a head was trained. Now the base may learn as well: that is **fine-tuning**. There is something to win, since the base can adapt to your images. And there is something to lose: what the base knows was learned from thousands of images, and you have a hundred.

Most of fine-tuning is a matter of order. Four steps, each with a trap that raises no error.

**After this lesson you can**

- fine-tune a model in four steps: warm up, unfreeze, compile, fit;
- keep BatchNorm frozen in a way that works in every version of Keras;
- choose a learning rate by looking at *two* tasks, the new one and the old one;
- measure forgetting, and say when it matters;
- unfreeze gradually, and give each layer a learning rate by its depth.

**Time:** about 60 minutes. **You need:** freezing and compiling (lesson 2), a base nested in a model (lesson 4), a new head (lesson 6).
"""

# %%
import keras
import numpy as np
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, progress, quiz, reflect, see, sweeps, training
from transferlab.see.features import scores
from transferlab.see.fine_tuning import over_depth, over_time, rates_explorer

keras.utils.set_random_seed(7)
threadpool_limits(1)  # for problems as small as ours, one thread is quicker than many
print("Keras", keras.__version__)

# %%
progress.panel(
    ["unfreeze", "compile_for_fine_tuning", "forgetting", "unfreezing_plan", "rates_by_depth"]
)

# %% [markdown]
"""
## Two tasks, one base

Our model is `letters_resnet`, a ResNet in miniature that reads letters: the **source** task. We want it to read handwritten digits in the wild, with ten labels for each digit: the **target** task.
"""

# %% mystnb={"image": {"alt": "Two rows of small grey pictures: ten distorted printed letters above, ten distorted handwritten digits below, each with its label"}}
letters = data.letters(per_class=10)
digits = data.digits("wild", seed=0).few(labels_per_class=10, seed=0)

names = [letters.class_names[y] for y in letters.y_test[:10]]
names += [digits.class_names[y] for y in digits.y_train[:10]]
see.images(np.concatenate([letters.x_test[:10], digits.x_train[:10]]), names)


# %% [markdown]
"""
The next cell builds the digits model as in lesson 6: the backbone up to `features` is the base, a new head comes behind it.

Look at what is shared. The base was cut out of the backbone, so both hold **the same weights**. The backbone is the base with the *old* head, `model` is the base with the *new* head. Whatever fine-tuning does to the base, the backbone will feel it. So we have an instrument: to see what the base has forgotten, ask the backbone to read letters.
"""


# %%
def two_models():
    """Return the letters model, its base, and a digits model that holds the same base."""
    backbone = backbones.load_backbone("letters_resnet")
    base = keras.Model(backbone.inputs[0], backbone.get_layer("features").output, name="base")
    images = keras.Input((16, 16, 1))
    head = keras.layers.Dense(10, activation="softmax", name="head")
    return backbone, base, keras.Model(images, head(base(images)))


def report(when, backbone, model):
    """Print the accuracy on both tasks."""
    on_digits, on_letters = training.accuracy(model, digits), training.accuracy(backbone, letters)
    print(f"{when:34} digits {on_digits:.3f}   letters {on_letters:.3f}")


backbone, base, model = two_models()
report("new head, untrained:", backbone, model)

# %% [markdown]
"""
## Step 1: warm up the head

The base is frozen. Only the new head learns, and it may learn fast: Adam with a rate of 0.01. This is feature extraction, as you know it.

**Predict.** What will happen to the accuracy on digits? And to that on letters?
"""

# %%
OLD_RATE = 1e-2
warm_up_optimizer = keras.optimizers.Adam(OLD_RATE)

base.trainable = False
model.compile(warm_up_optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)
model.fit(digits.x_train, digits.y_train, epochs=15, verbose=0)
report("head warmed up, base frozen:", backbone, model)

# %% [markdown]
"""
Letters are read as before: the base did not move. The digits are where feature extraction gets them. From here, fine-tuning has to do better.

A remark that will save time below. A softmax head on frozen features *is* a logistic regression (lesson 5). So scikit-learn can compute it at once, and its coefficients can be put into the head. `training.warm_up(model, base, digits)` does that, in no epoch at all.

## Step 2: unfreeze

You know two traps from lessons 2 and 4. A flag that is `True` already passes nothing on. And the flag of a nested model tells you little: the flags of the layers that *hold* the weights count. The third trap is new, and it is the deepest one in this lesson: **BatchNorm**.

### BatchNorm learns in two ways

A BatchNorm layer brings each channel to mean 0 and standard deviation 1, then scales and shifts it. It holds four tensors per layer.
"""

# %% tags=["nbval-check-output"]
norms = [layer for layer in base.layers if isinstance(layer, keras.layers.BatchNormalization)]
stem = norms[0]
stem.trainable = True
print("BatchNorm layers:    ", len(norms))
print("moved by optimizer:  ", [weight.path for weight in stem.trainable_weights])
print("moved by looking:    ", [weight.path for weight in stem.non_trainable_weights])
stem.trainable = False

# %% [markdown]
"""
- `gamma` and `beta`, the scale and the shift, are trained by the optimizer like any kernel.
- The **moving statistics** are not trained. In *training mode* the layer takes mean and variance from the batch at hand, and lets the moving ones drift towards them. In *inference mode* it takes the moving ones, and leaves them alone.

The second way of learning needs no gradient, so it needs no learning rate. Which switch stops it? Three candidates:

1. set the learning rate to **0**;
2. call the base with `training=False`, which asks for inference mode: many courses and guides recommend this;
3. set `trainable = False` on each BatchNorm layer.

**Predict.** We run `fit` on the digits, in batches of 2, with learning rate 0 in all three. In which of them will statistics move? Will the accuracy change, at learning rate 0?
"""


# %%
def fit_at_rate_zero(switch):
    """Fit a warmed-up model at learning rate 0; print what moved, and both accuracies."""
    backbone, base, model = two_models()
    if switch == "training=False":
        images = keras.Input((16, 16, 1))
        model = keras.Model(images, model.get_layer("head")(base(images, training=False)))
    training.warm_up(model, base, digits)
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = switch != "trainable=False"
    before = {weight.path: weight.numpy() for weight in model.weights}
    model.compile(
        keras.optimizers.SGD(0.0), loss="sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(digits.x_train, digits.y_train, batch_size=2, verbose=0)
    moved = sum(not np.array_equal(before[weight.path], weight.numpy()) for weight in model.weights)
    report(f"{switch:16} {moved:2} tensors moved:", backbone, model)


backbone, base, model = two_models()
training.warm_up(model, base, digits)
report("before fit:", backbone, model)
for switch in ("rate 0 alone", "training=False", "trainable=False"):
    fit_at_rate_zero(switch)

# %% [markdown]
"""
Line 1: learning rate 0, and the model has changed. All that moved are moving statistics, two tensors in each BatchNorm layer.

Line 2 is the surprise. In Keras 3 up to version 3.15.1, **`fit` overrides the `training=False`** that you wrote into the model, and the statistics move as in line 1. Later versions are going to respect it ([issue 20285](https://github.com/keras-team/keras/issues/20285)): if your line 2 says 0, you have one of these. So a model may behave differently on the machine of a colleague. And the official guide, at the time of writing, promises what line 2 tests. Believe the experiment.

Line 3 holds in every version: for BatchNorm, and for no other layer, `trainable = False` also means inference mode. **Set the flag of each BatchNorm layer.**

Does it matter once the model is really trained? The next cell loads a comparison that takes some minutes (`python -m transferlab.sweeps free_batchnorm`): five seeds, all convolutions frozen, a warmed-up head trained on, in batches of 2 and of 32. **Predict:** in which size of batch is a free BatchNorm more dangerous?
"""

# %% mystnb={"image": {"alt": "Dot plot of accuracy on digits with BatchNorm frozen, free, and free at learning rate zero, for batches of 2 and of 32; free at rate zero in batches of 2 is the lowest"}}
free_batchnorm = sweeps.load("free_batchnorm")
scores(free_batchnorm)

# %%
for batches, comparison in free_batchnorm.items():
    for way in ("BatchNorm free", "BatchNorm free, rate 0"):
        print(f"{batches:13}  {way:22}", comparison.difference(way, "BatchNorm frozen"))

# %% [markdown]
"""
A mean of two images is mostly noise, and the moving statistics follow it. Under "free", the head and BatchNorm's own scale and shift train along and can make up for part of that. Under "free, rate 0" nothing does, and you see the bare damage. Nothing here needs BatchNorm to be free: you have few images, and the statistics of thousands are already in the layer.

### The order of the two lines

So the base is opened, and BatchNorm is closed: two lines. **Predict.** Does their order matter?
"""

# %% tags=["nbval-check-output"]
norms = [layer for layer in base.layers if isinstance(layer, keras.layers.BatchNormalization)]

base.trainable = False
for layer in norms:
    layer.trainable = False
base.trainable = True
print("first BatchNorm, then the base:", sum(layer.trainable for layer in norms), "of 6 are free")

base.trainable = True
for layer in norms:
    layer.trainable = False
print("first the base, then BatchNorm:", sum(layer.trainable for layer in norms), "of 6 are free")

# %% [markdown]
"""
Opening the base speaks to *all* layers in it, BatchNorm included. So: **open first, then close BatchNorm.**
"""

# %% [markdown]
"""
## Exercise 1: unfreeze

Write `unfreeze(model)`. Afterwards every layer of `model` can learn, at every depth, and every BatchNorm layer is frozen. It must hold whatever the flags were before. Change flags only, and return the model.

You need not write the recursion again: here is a helper that walks through all layers.
"""


# %%
def layers_inside(model):
    """Go through all layers of `model` from the outside in; a model in it comes before its layers."""
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from layers_inside(layer)


# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Suppose the flag of every single layer was set to `False`, one by one, and no model's flag was touched. What does `model.trainable = True` do then?

</details>
<details><summary>Hint 2: where to look</summary>

The last fact cell shows which of the two must come last. `isinstance(layer, keras.layers.BatchNormalization)` tells what kind a layer is; a name tells you only what somebody called it.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
model.trainable = ...
for layer in layers_inside(model):
    layer.trainable = ...          # open everything
for layer in layers_inside(model):
    if isinstance(...):
        ...                        # then close
return ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "unfreeze", "locked": false, "schema_version": 3, "solution": true, "task": false}
def unfreeze(model):
    """Let all layers of `model` learn, at every depth, but BatchNorm; return the model."""
    ### BEGIN SOLUTION
    model.trainable = True
    for layer in layers_inside(model):
        layer.trainable = True
    for layer in layers_inside(model):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "unfreeze_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
import keras

from transferlab import check
from transferlab.check import fine_tuning


def nested():
    base = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(4, name="first"),
            keras.layers.BatchNormalization(name="first_bn"),
            keras.layers.Dense(4, name="second"),
            keras.layers.BatchNormalization(name="second_bn"),
        ],
        name="base",
    )
    return base, keras.Sequential([keras.Input((4,)), base, keras.layers.Dense(3, name="head")])


with check.exercise("unfreeze"):
    # The base was frozen by its own flag.
    base, model = nested()
    base.trainable = False
    before = fine_tuning.given(model)
    fine_tuning.fine_tunable(unfreeze(model), before)
    # The layers of the base were frozen one by one.
    base, model = nested()
    for layer in base.layers:
        layer.trainable = False
    before = fine_tuning.given(model)
    fine_tuning.fine_tunable(unfreeze(model), before)
    ### BEGIN HIDDEN TESTS
    base, model = nested()
    model.trainable = False
    before = fine_tuning.given(model)
    with check.another_case("the outer model's own flag is False"):
        fine_tuning.fine_tunable(unfreeze(model), before)
    outer = keras.Sequential([keras.Input((4,)), model, keras.layers.Dense(2, name="answer")])
    for layer in (*base.layers, model.layers[-1]):
        layer.trainable = False
    before = fine_tuning.given(outer)
    with check.another_case("a model in a model in a model"):
        fine_tuning.fine_tunable(unfreeze(outer), before)
    flat = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(4, name="bnd"),
            keras.layers.BatchNormalization(name="normal", trainable=False),
            keras.layers.Dense(3, name="output"),
        ]
    )
    flat.layers[0].trainable = False
    before = fine_tuning.given(flat)
    with check.another_case("a flat model whose BatchNorm has an unusual name"):
        fine_tuning.fine_tunable(unfreeze(flat), before)
    ### END HIDDEN TESTS

# %% [markdown]
"""
For our model, whose base is one level deep, it reads like this. (Again with a head that is warmed up.)
"""


# %%
def open_base(base):
    """Let the layers of `base` learn, all but BatchNorm."""
    base.trainable = True
    for layer in base.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)


def warmed_up():
    """Return the letters model, its base, and a digits model with a warmed-up head, base open."""
    keras.utils.set_random_seed(0)
    backbone, base, model = two_models()
    training.warm_up(model, base, digits)
    open_base(base)
    return backbone, base, model


# %% [markdown]
"""
## Step 3: compile again, with a new optimizer and a low rate

After a change of flags you compile again (lesson 2). With what? **Predict.** The optimizer of the warm-up is still there, in `warm_up_optimizer`. What happens if it goes on?
"""

# %% tags=["nbval-check-output"]
backbone, base, model = warmed_up()
model.compile(warm_up_optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)
try:
    model.fit(digits.x_train, digits.y_train, verbose=0)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
"""
An optimizer keeps notes on each weight that it trains (Adam: two more numbers for each number). It wrote them for the two tensors of the head, and has no page for the others. Keras says so loudly, this once. A **new** optimizer has empty pages for all.

And a new optimizer with the *old rate*? Nothing complains. **Predict** both accuracies after 20 steps with the rate that was right for the head, 0.01.
"""

# %%
report("before:", backbone, model)
model.compile(
    keras.optimizers.Adam(OLD_RATE), loss="sparse_categorical_crossentropy", jit_compile=False
)
model.fit(digits.x_train, digits.y_train, epochs=5, verbose=0)
report("new optimizer, old rate 0.01:", backbone, model)

# %% [markdown]
"""
Compare the two lines. A head that starts from nothing needs large steps. A base that has been trained for long stands in a place that was found with care, and large steps leave it.
"""

# %% [markdown]
"""
## Exercise 2: compile for fine-tuning

Write `compile_for_fine_tuning(model, old_rate)`. The model comes from the warm-up: it is compiled with the optimizer of the head, whose rate was `old_rate`, and it has been unfrozen since. Compile it for fine-tuning, with a rate of **a tenth to a hundredth** of the old one. The labels are whole numbers. Return the model; do not train it.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Which two things of the warm-up must not be used again, and which one (the loss) has to be?

</details>
<details><summary>Hint 2: where to look</summary>

Both cells above call `model.compile` with three arguments. The first cell uses an old optimizer, the second an old rate.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
model.compile(
    keras.optimizers.Adam(...),   # which rate?
    loss=...,
    jit_compile=False,
)
return ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "compile_for_fine_tuning", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compile_for_fine_tuning(model, old_rate):
    """Compile `model` with a new optimizer and a rate far below `old_rate`; return the model."""
    ### BEGIN SOLUTION
    model.compile(
        keras.optimizers.Adam(old_rate / 20),
        loss="sparse_categorical_crossentropy",
        jit_compile=False,
    )
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "compile_for_fine_tuning_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import keras

from transferlab import check
from transferlab.check import fine_tuning


def after_warm_up(optimizer):
    """A model as the warm-up leaves it, then unfrozen: its optimizer knows the head alone."""
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, activation="tanh", trainable=False),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    optimizer.build(model.trainable_variables)
    model.layers[0].trainable = True
    return model


with check.exercise("compile_for_fine_tuning"):
    model = after_warm_up(keras.optimizers.Adam(0.01))
    before = fine_tuning.given(model)
    fine_tuning.compiled_to_fine_tune(compile_for_fine_tuning(model, 0.01), before, 0.01)
    ### BEGIN HIDDEN TESTS
    model = after_warm_up(keras.optimizers.SGD(0.0005))
    before = fine_tuning.given(model)
    with check.another_case("an old rate of 0.0005"):
        fine_tuning.compiled_to_fine_tune(compile_for_fine_tuning(model, 0.0005), before, 0.0005)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Step 4: fit, and look at both tasks

All four steps together, with a rate of a twentieth of the old one. `fit` in `training` is the `compile` and `fit` that you know, with one more precaution: the rate falls to zero along a cosine, so that the last steps are small.
"""

# %%
RATE = OLD_RATE / 20

backbone, base, model = warmed_up()  # steps 1 and 2
report("head warmed up:", backbone, model)
training.fit(model, digits, RATE, steps=60)  # steps 3 and 4
report(f"fine-tuned at {RATE:g}:", backbone, model)

# %% [markdown]
"""
One seed, and few steps. The question that matters is: how do both tasks depend on the rate? That takes minutes to compute: `python -m transferlab.sweeps fine_tuning_rates` fine-tuned at eight rates, with five draws of the digits each.

### Choose the rate

In the picture, the thin horizontal lines are "head only": where you stand before fine-tuning. There is a third curve, *letters, new head*; leave it for a moment.

**Predict** before you click: is there a rate that helps digits? One that leaves digits alone and ruins letters?
"""

# %%
rates = sweeps.load("fine_tuning_rates")
rates_explorer(rates, ["digits", "letters, old head", "letters, new head"], "head only")

# %% [markdown]
"""
Read the curves from the left.

- At the lowest rates next to nothing happens, to either task.
- Then there is a wide range in which digits are about as good at one rate as at the next. Is that above "head only" by more than the spread? Read it from the numbers below the picture.
- Letters begin to fall *earlier* than digits. Where both fall, fine-tuning has turned into training from scratch with a bad start.

So the accuracy on digits alone warns you late. The old task is the more sensitive instrument: it tells how far the base has moved from what it knew. And "as low as possible" is no rule either: look at the left end.

Do not believe a file. Here is one of its points, computed now; with `point = "0.001"`, or any other rate of the picture, you check a fine-tuning, in about ten seconds.
"""

# %%
point = "head only"
now = {task: sweeps.recompute("fine_tuning_rates", point, task) for task in rates[point].scores}
for task, value in now.items():
    kept = rates[point].scores[task][0]
    verdict = "agrees" if abs(value - kept) <= 0.02 else "differs by more than 0.02"
    print(f"{task:18} now {value:.3f}, in the file {kept:.3f}: {verdict}")

# %% [markdown]
"""
### When does it pay?

Ten labels for each digit can train a head. They can hardly improve all the weights of a base that has seen thousands of letters. **Predict:** with more labels, will fine-tuning gain more over feature extraction, or less? The labels curve of lesson 1 has both.
"""

# %%
by_labels = sweeps.load("labels_curve")
for labels, comparison in by_labels.items():
    gain = comparison.difference("fine-tuning", "feature extraction")
    print(f"{labels:14} fine-tuning gains {gain}{'' if gain.is_clear else '  (not clear)'}")

# %% [markdown]
"""
A line marked "not clear" is a null: its interval holds zero, and the two cannot be told apart with these seeds. Whether to fine-tune is a question of how much you can teach the base. With few labels, feature extraction is cheaper and often as good; with many, the base has something to learn.

### Forgotten, or misread?

The old head was trained to read one particular kind of features. If the base turns its features a little, the old head misreads them, although all that tells letters apart may still be there. Now take the third curve: a **new** head, trained on the features of the fine-tuned base with ten images of each letter.

**Find** in the explorer a rate at which the old head is lost and a new one reads well. There the letters are not *forgotten*; the old head no longer understands the base. And find a rate at which even a new head fails: there the knowledge is gone.

### Must you care?

Fine-tuning need not keep the old outputs. Its purpose is the new task, and a model that reads digits owes nothing to letters. So forgetting by itself is no fault. You should care in two cases:

1. **The same base has to serve both tasks.** Then keep a copy of the old weights, or train on examples of both.
2. **As a symptom.** What the base knew of strokes and bends is why you took it. When even a new head cannot find that any more, the few target labels have to replace thousands.
"""

# %% [markdown]
"""
## Exercise 3: measure forgetting

In this lesson the backbone shared its base with the fine-tuned model, so we could ask it directly. A colleague sends you a fine-tuned base as a model of its own, `tuned`: other objects, other weights, the same architecture as the backbone up to `features`. The backbone here is untouched.

Write `forgetting(backbone, tuned, x, y)`: how much of its accuracy on `x`, `y` does the backbone's **old head** lose when it stands on `tuned`? Return accuracy before minus accuracy after. The old head is everything behind the layer named `features`, one layer or several. Leave both models as they are.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

You can compute the accuracy before at once. For the accuracy after you need a model that does not exist yet. What are its two parts?

</details>
<details><summary>Hint 2: where to look</summary>

A layer can be called on any tensor of the right shape, also on `tuned.outputs[0]` (lesson 3). The old head is the list of layers after the one whose name is `features`; call them one after the other.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
names = [layer.name for layer in backbone.layers]
head = backbone.layers[names.index(...) + 1 :]
output = tuned.outputs[0]
for layer in head:
    output = ...
reader = keras.Model(..., output)
```

`np.mean(reader(x).numpy().argmax(axis=1) == y)` is an accuracy.

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "forgetting", "locked": false, "schema_version": 3, "solution": true, "task": false}
def forgetting(backbone, tuned, x, y):
    """Return how much accuracy on `x`, `y` the backbone's old head loses on the base `tuned`."""

    ### BEGIN SOLUTION
    def accuracy(reader):
        return np.mean(reader(x).numpy().argmax(axis=1) == y)

    names = [layer.name for layer in backbone.layers]
    output = tuned.outputs[0]
    for layer in backbone.layers[names.index("features") + 1 :]:
        output = layer(output)
    return accuracy(backbone) - accuracy(keras.Model(tuned.inputs[0], output))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "forgetting_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import keras
import numpy as np

from transferlab import check
from transferlab.check import fine_tuning


def reader_and_tuned(head, seed):
    """A backbone with that head, a base that has moved away from its own, and examples."""
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(8, name="features")]
    backbone = keras.Sequential([keras.Input((6,)), *layers, *head])
    base = keras.Model(backbone.inputs[0], backbone.get_layer("features").output)
    tuned = keras.models.clone_model(base)
    random = np.random.default_rng(seed)
    tuned.set_weights([w + 0.15 * random.normal(size=w.shape) for w in base.get_weights()])
    x = random.normal(size=(200, 6)).astype("float32")
    y = backbone(x).numpy().argmax(axis=1)
    y[:20] = random.integers(0, 4, size=20)  # it does not read everything right
    return backbone, tuned, x, y


with check.exercise("forgetting"):
    head = [keras.layers.Dropout(0.3), keras.layers.Dense(4, activation="softmax")]
    fine_tuning.forgotten(forgetting, *reader_and_tuned(head, seed=3))
    ### BEGIN HIDDEN TESTS
    head = [keras.layers.Dense(8, activation="tanh"), keras.layers.Dropout(0.3)]
    head += [keras.layers.Dense(4, activation="softmax")]
    with check.another_case("a head of three layers"):
        fine_tuning.forgotten(forgetting, *reader_and_tuned(head, seed=4))
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Was the warm-up needed?

You could leave out step 1: open the base at once, and let head and base learn together. **Predict.** In the first steps the untrained head gives nonsense. What does that do to the base behind it?
"""


# %% mystnb={"image": {"alt": "Two line plots over 48 optimizer steps, digits and letters; with a warmed-up head the digits start high and the letters stay, with an untrained head the digits start at guessing and the letters fall"}}
def watch(warm, every=16, stops=3):
    """Fine-tune; return the accuracies on digits and letters before it and at each stop."""
    keras.utils.set_random_seed(0)
    backbone, base, model = two_models()
    if warm:
        training.warm_up(model, base, digits)
    open_base(base)
    model.compile(
        keras.optimizers.Adam(RATE), loss="sparse_categorical_crossentropy", jit_compile=False
    )
    scores = [(training.accuracy(model, digits), training.accuracy(backbone, letters))]
    for _ in range(stops):
        model.fit(digits.x_train, digits.y_train, epochs=every // 4, verbose=0)
        scores.append((training.accuracy(model, digits), training.accuracy(backbone, letters)))
    return np.transpose(scores)


curves = {"head warmed up": watch(warm=True), "head untrained": watch(warm=False)}
over_time(
    {
        "digits (target)": {name: on_digits for name, (on_digits, _) in curves.items()},
        "letters (source), old head": {
            name: on_letters for name, (_, on_letters) in curves.items()
        },
    },
    every=16,
)

# %% [markdown]
"""
An untrained head makes large errors, and large errors send large gradients into the base. The base moves to suit a head that does not know anything yet. By the time the head is good, the features have been bent for nothing. Kumar and colleagues (2022) named the cure *linear probing, then fine-tuning*: that is your step 1.
"""

# %% [markdown]
"""
## Gentler ways

Early layers see strokes, which every task needs. Late layers see what the source task needed. So late layers have more to change than early ones. Two ways to use that:

- **Gradual unfreezing.** Train the top first, then open the layers below, piece by piece. What is open stays open. Each time: flags, `compile`, `fit`.
- **Rates by depth.** Train all layers at once, with a smaller learning rate the further down a layer is.

Both are from a paper on language models (Howard and Ruder, 2018) and have spread from there.
"""

# %% [markdown]
"""
## Exercise 4: plan a gradual unfreezing

Write `unfreezing_plan(model, stages)` for a model that is not nested. Return a list of `stages` sets. Each set holds the **names of the layers that learn** in that stage:

- the first set holds layers at the end of the model, next to the output; the last set holds all;
- each set holds those of the set before, and some more: as evenly as you can, no stage opens more than one layer more than another;
- only layers with weights are named, and no BatchNorm.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Take six layers `a b c d e f` and three stages. Which names are in the first set, which in the second?

</details>
<details><summary>Hint 2: where to look</summary>

Collect the names first. A set for one stage is then an end piece of that list, `names[...:]`. For even pieces, whole-number division helps: in stage `s` of `stages` about `s * len(names) // stages` layers are open.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
names = [layer.name for layer in model.layers if layer.weights and not isinstance(...)]
plan = []
for stage in range(1, stages + 1):
    open_layers = ...                        # how many?
    plan.append(set(names[len(names) - open_layers :]))
return plan
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "unfreezing_plan", "locked": false, "schema_version": 3, "solution": true, "task": false}
def unfreezing_plan(model, stages):
    """Return a list of sets: the names of the layers that learn in each stage, from the top."""
    ### BEGIN SOLUTION
    names = [
        layer.name
        for layer in model.layers
        if layer.weights and not isinstance(layer, keras.layers.BatchNormalization)
    ]
    opened = [stage * len(names) // stages for stage in range(1, stages + 1)]
    return [set(names[len(names) - count :]) for count in opened]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "unfreezing_plan_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
from transferlab import backbones, check
from transferlab.check import fine_tuning

with check.exercise("unfreezing_plan"):
    letters_model = backbones.load_backbone("letters_resnet")
    fine_tuning.plan_from_the_top(unfreezing_plan(letters_model, 3), letters_model, 3)
    fine_tuning.plan_from_the_top(unfreezing_plan(letters_model, 1), letters_model, 1)
    ### BEGIN HIDDEN TESTS
    import keras

    chain = keras.Sequential([keras.Input((4,))])
    for position in range(5):
        chain.add(keras.layers.Dense(4, name=f"dense_{position}"))
        chain.add(keras.layers.BatchNormalization(name=f"norm_{position}"))
        chain.add(keras.layers.ReLU(name=f"relu_{position}"))
    with check.another_case("five Dense layers in two stages"):
        fine_tuning.plan_from_the_top(unfreezing_plan(chain, 2), chain, 2)
    with check.another_case("five Dense layers in five stages"):
        fine_tuning.plan_from_the_top(unfreezing_plan(chain, 5), chain, 5)
    ### END HIDDEN TESTS

# %% [markdown]
"""
### Rates by depth

An optimizer has one rate for all weights. To have more, take the step that Adam has computed, and go only a *share* of it, another share for each weight. A class of your own can do that: `apply` is the method that takes one step.
"""


# %%
class AdamByDepth(keras.optimizers.Adam):
    """Adam that goes only a share of each step; `shares` tells how much, by the weight's path."""

    def __init__(self, learning_rate, shares):
        super().__init__(learning_rate)
        self.shares = shares

    def apply(self, grads, trainable_variables):
        """Let Adam take its step, then take part of it back."""
        before = [keras.ops.copy(weight) for weight in trainable_variables]
        super().apply(grads, trainable_variables)
        for weight, old in zip(trainable_variables, before, strict=True):
            weight.assign(old + self.shares[weight.path] * (weight - old))


# %% [markdown]
"""
Why so roundabout? It would be shorter to multiply the *gradients* by the share. With plain gradient descent that does the same. Adam divides each gradient by the size that gradients had lately, so a factor cancels out: Adam would go the full step.

The next cell gives a tenth of the rate to the stem and to block 1. **Predict** which bars of the picture will become shorter, and how much.
"""


# %% mystnb={"image": {"alt": "Bar chart of how far each convolution and the head moved, with one rate and with a tenth of it for the stem and block 1; in the second case the stem and block 1 moved much less"}}
def change_of_layers(optimizer):
    """Fine-tune for 20 steps; return the change of each kernel, in percent of its size before."""
    _, base, model = warmed_up()
    layers = [layer for layer in base.layers if isinstance(layer, keras.layers.Conv2D)]
    layers.append(model.get_layer("head"))
    before = {layer.name: layer.kernel.numpy() for layer in layers}
    model.compile(optimizer, loss="sparse_categorical_crossentropy", jit_compile=False)
    model.fit(digits.x_train, digits.y_train, epochs=5, verbose=0)
    return {
        layer.name: 100
        * float(np.linalg.norm(layer.kernel.numpy() - before[layer.name]))
        / float(np.linalg.norm(before[layer.name]))
        for layer in layers
    }


early = ("stem", "block1")
shares = {weight.path: 0.1 if weight.path.startswith(early) else 1.0 for weight in model.weights}
over_depth(
    {
        "one rate": change_of_layers(keras.optimizers.Adam(RATE)),
        "a tenth for stem and block 1": change_of_layers(AdamByDepth(RATE, shares)),
    }
)

# %% [markdown]
"""
The stem and block 1 went a small part of the way. Look at the layers after them as well: did they make up for it by going further?
"""

# %% [markdown]
"""
## Exercise 5: a rate for each depth

Two groups are a coarse rule. Howard and Ruder divide the rate by 2.6 from each layer to the one below it. Write `rates_by_depth(names, rate, decay)`. `names` are layers from input to output. Return a dictionary: the **last** layer gets `rate`, and each layer before it the rate of the next one divided by `decay`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

How many times is the rate of the last layer divided? Of the last but one? Of the first of `n` layers?

</details>
<details><summary>Hint 2: where to look</summary>

`reversed(names)` begins at the output, and `enumerate` counts from 0. Dividing `k` times by `decay` is dividing once by `decay**k`.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
return {name: rate / ... for depth, name in enumerate(...)}
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "rates_by_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rates_by_depth(names, rate, decay):
    """Return name -> learning rate: `rate` for the last, divided by `decay` at each layer before."""
    ### BEGIN SOLUTION
    return {name: rate / decay**depth for depth, name in enumerate(reversed(names))}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "rates_by_depth_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 5.
from transferlab import check
from transferlab.check import fine_tuning

with check.exercise("rates_by_depth"):
    layers = ["stem", "block1", "block2", "head"]
    fine_tuning.rates_from_the_top(rates_by_depth(layers, 1e-3, 2.6), layers, 1e-3, 2.6)
    ### BEGIN HIDDEN TESTS
    layers = ["only"]
    with check.another_case("a single layer"):
        fine_tuning.rates_from_the_top(rates_by_depth(layers, 0.5, 3), layers, 0.5, 3)
    layers = [f"layer_{position}" for position in range(7)]
    with check.another_case("seven layers, each with half the rate of the next"):
        fine_tuning.rates_from_the_top(rates_by_depth(layers, 0.01, 2.0), layers, 0.01, 2.0)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Did the precautions pay?

All ways side by side, at one rate (0.001), with the same number of steps, over five draws of the digits: `python -m transferlab.sweeps fine_tuning_ways`. In "rates by depth", 0.001 is the rate of the head.

**Predict.** Which way is best for digits? Which loses most letters? Which differences will be larger than the spread?
"""

# %% mystnb={"image": {"alt": "Dot plot of six ways to fine-tune, each with its accuracy on digits and on letters; the way without a warmed-up head is clearly lower on both tasks, rates by depth keeps letters best"}}
ways = sweeps.load("fine_tuning_ways")
scores({"digits": ways["digits"], "letters, old head": ways["letters, old head"]})

# %%
for task, comparison in ways.items():
    print(f"{task}: difference from all at once")
    for way in comparison.scores:
        if way != "all at once":
            difference = comparison.difference(way, "all at once")
            print(f"  {way:24} {difference}{'' if difference.is_clear else '  (not clear)'}")

# %% [markdown]
"""
Read the table task by task, and take nulls for what they are. Two hints for reading:

- A way that forgets nothing may be one that hardly moved. Compare it with "head only", on both tasks.
- In a network as shallow as ours there is little depth to be gentle with. In the language models of the paper, gradual unfreezing and rates by depth bought more.

So begin with the four steps. Add a precaution when a comparison over several seeds, on *your* task, shows that it pays.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "order_of_steps",
    "In which order do you fine-tune a model with a new head on a frozen base?",
    right={
        "Train the head; open the base; close BatchNorm; compile; fit": (
            "Each step prepares the next one, and compile comes after the last change of a flag."
        ),
    },
    wrong={
        "Open the base; train everything; then train the head": (
            "The untrained head would bend the base first. Look at the plot over the steps."
        ),
        "Train the head; compile; open the base; close BatchNorm; fit": (
            "Flags changed after compile may count or not (lesson 2). Compile comes last."
        ),
        "Train the head; close BatchNorm; open the base; compile; fit": (
            "Opening the base opens BatchNorm again. Look at the cell on the order of two lines."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "statistics_stand_still",
    "Which of these keeps the moving statistics of BatchNorm as they are during `fit`, in every version of Keras 3?",
    right={
        "`trainable = False` on each BatchNorm layer": (
            "For BatchNorm the flag also means inference mode. Line 3 of the experiment."
        ),
    },
    wrong={
        "A learning rate of 0": (
            "The rate is the optimizer's. The statistics move by looking at batches, without it."
        ),
        "Calling the base with `training=False`": (
            "It sounds right, and `fit` overrides it up to version 3.15.1. Line 2 of the experiment."
        ),
        "Batches that are large enough": (
            "Larger batches make the statistics less noisy. They still move to the new images."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "why_warm_up",
    "Why is the head trained alone before the base is opened?",
    right={
        "An untrained head would send large, useless changes into the base": (
            "The base would move to suit a head that knows nothing yet."
        ),
    },
    wrong={
        "A frozen base computes faster, which saves time": (
            "It does, but that is a side effect. The plot shows what happens to both tasks."
        ),
        "Keras cannot train two parts that have different histories": (
            "It can, and it does so without a warning. That is the trouble."
        ),
        "The head has to be frozen while the base learns": ("No: in step 4 both learn together."),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "old_rate",
    "You compile anew for fine-tuning and keep the rate that trained the head, 0.01. What happens?",
    right={
        "No error; the base takes steps so large that both tasks suffer": (
            "Look at the right end of the explorer. Only a measurement tells you."
        ),
    },
    wrong={
        "Keras raises 'Unknown variable'": (
            "That is the old *optimizer*. An old rate in a new optimizer raises nothing."
        ),
        "The model learns the digits faster, at the price of the letters": (
            "At this rate the digits fall, too. Look at the right end of the explorer."
        ),
        "Nothing: Adam adapts the rate by itself": (
            "Adam adapts to the size of gradients. How far it goes is still set by the rate."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "what_forgetting_means",
    "After fine-tuning, digits are read well, and the old head reads letters badly. A new head on the same base reads letters well. What follows?",
    right={
        "The features have changed, but what tells letters apart is still in them": (
            "The old head misreads them. If nobody needs it any more, nothing is lost."
        ),
    },
    wrong={
        "The base has forgotten what letters look like": (
            "Then a new head would fail as well. That happens at higher rates."
        ),
        "Fine-tuning has failed": (
            "Its purpose is the target task. It need not keep the old outputs."
        ),
        "The old head has been trained by mistake": (
            "The old head was no part of the model that was trained. The base before it changed."
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

- Four steps: **warm up** the head on the frozen base; **unfreeze**, first everything, then BatchNorm back; **compile** with a new optimizer and a tenth of the rate or less; **fit**.
- BatchNorm's moving statistics move by looking, at any learning rate. `trainable = False` on each BatchNorm layer stops them, in every version. `training=False` in the call may not.
- The old optimizer raises an error. The old rate does not.
- Measure the old task as well: it tells how far the base has moved, before the new task shows it. Fine-tuning need not keep the old outputs.
- An old head that fails may only misread changed features. A new head tells whether the knowledge is gone.
- Gradual unfreezing and rates by depth are cheap to try. Whether they pay is for a comparison over seeds to say.

**Next:** in lesson 8 the backbone has never seen a class: you turn a regressor into a classifier.

### Further reading

- Ananya Kumar, Aditi Raghunathan, Robbie Jones, Tengyu Ma, Percy Liang: [Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution](https://arxiv.org/abs/2202.10054) (ICLR 2022). Why the head is warmed up first.
- Jeremy Howard, Sebastian Ruder: [Universal Language Model Fine-tuning for Text Classification](https://arxiv.org/abs/1801.06146) (ACL 2018). Gradual unfreezing and rates by depth.
- James Kirkpatrick and others: [Overcoming catastrophic forgetting in neural networks](https://arxiv.org/abs/1612.00796) (PNAS 2017). What to do when the old task must be kept.
- Keras documentation, [Transfer learning & fine-tuning](https://keras.io/guides/transfer_learning/). Compare its paragraph on `training=False` with your experiment, and with [issue 20285](https://github.com/keras-team/keras/issues/20285).

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
