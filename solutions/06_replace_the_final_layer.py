# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 6. Replace the final layer

You have a thousand images and a ResNet-50. The network knows a thousand classes, and yours are not among them. So its final layer has to go, and a new one has to come. It is the most frequent operation in transfer learning. It takes two lines, and there are many ways to get it wrong without any error.

**After this lesson you can**

- say what a final layer does, and count what it costs before you build it;
- replace it in any classifier, be it a chain or a graph, and keep everything else;
- make number of outputs, activation, loss and labels fit each other, and know which mistakes stay silent;
- reuse a part of an old head, without any training;
- train a new head on a thousand images, and say what it is worth.

**Time:** about 60 minutes. **You need:** lesson 3 (cutting a graph) and lesson 5 (features, comparisons over seeds).
"""

# %%
import math
import time
import warnings

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, photos, progress, quiz, reflect
from transferlab.experiment import compare
from transferlab.see.features import scores
from transferlab.see.heads import head_explorer, loss_curves, scores_to_probabilities, sizes
from transferlab.training import linear_probe, on_pixels

keras.utils.set_random_seed(6)
threadpool_limits(1)  # for problems as small as ours, one thread is quicker than many
print("Keras", keras.__version__)

# %%
progress.panel(["head_parameters", "replace_head", "head_for", "keep_classes"])

# %% [markdown]
"""
## The patient

This is the real ResNet-50, with every layer in its place. One thing is missing: what it has learned. `weights=None` gives random weights, so that nothing has to be downloaded. For surgery that does not matter. (At the end of the lesson you can have the real weights too.)

**Predict.** How many layers does a ResNet-*50* have in Keras? And which share of its 25 million parameters do you think is in the last one?
"""

# %% tags=["nbval-check-output"]
resnet = keras.applications.ResNet50(weights=None)

print(f"layers:     {len(resnet.layers)}")
print(f"parameters: {resnet.count_params():,}")
for layer in resnet.layers[-3:]:
    print(
        f"{layer.name:16} {type(layer).__name__:23} {layer.count_params():9,}  {layer.output.shape}"
    )

# %% [markdown]
"""
The "50" counts the layers with a kernel on the longest path. Keras also counts each BatchNorm, each activation, each addition.

Now a habit that you know from lesson 2. There, `layers[:-3]` was the base. **Predict:** if you freeze `layers[:-3]` here, which weights can still learn?
"""

# %% tags=["nbval-check-output"]
for layer in resnet.layers[:-3]:
    layer.trainable = False
print([weight.path for weight in resnet.trainable_weights])
for layer in resnet.layers:
    layer.trainable = True

# %% [markdown]
"""
One layer, not three. Of the last three, only `predictions` has weights. A rule such as "the last three layers" means something else in each architecture. Count parameters, not layers.

## What the final layer does

Look at the shape of its kernel: 2,048 by 1,000. For each class there is **one column**, as long as the row of features. The layer multiplies the features with the column, adds up, and adds one more number, the bias. The result is the class's **score** (also called *logit*). High score: the features look like this class.

The same in small, where the weights have learned something: `letters_resnet` is a network with skip connections like the ResNet, and it reads capital letters. **Predict** the shape of its kernel: it makes 256 features of an image, and there are 26 letters.
"""

# %% tags=["nbval-check-output"]
backbone = backbones.load_backbone("letters_resnet")
final = backbone.layers[-1]
print(final.name, final.kernel.shape, final.bias.shape, final.activation.__name__)

# %% [markdown]
"""
You can do the layer's work by hand. Here is a letter, its 26 scores, and what **softmax** makes of them: it takes the exponential of each score, and divides by the sum of all. So everything becomes positive, and all together become 1.
"""

# %% mystnb={"image": {"alt": "A small picture of a letter; beside it 26 bars of scores, positive and negative, with one far above the others; beside it the probabilities, where nearly everything belongs to that letter"}}
letters = data.letters()
before_head = keras.Model(backbone.inputs[0], final.input)

features = before_head(letters.x_test[:1]).numpy()
by_hand = features @ final.kernel.numpy() + final.bias.numpy()
scores_to_probabilities(letters.x_test[0], by_hand[0], letters.class_names)

# %%
powers = np.exp(by_hand)
probabilities = powers / powers.sum()
print("as the model says:", np.allclose(probabilities, backbone(letters.x_test[:1]), atol=1e-5))

# %% [markdown]
"""
Two things follow.

- Softmax shares out. Even if no letter fits, the probabilities sum to 1, and one of them is the largest.
- What the backbone knows about *seeing* is in the features. What it knows about *naming* is in the columns. A new set of names needs new columns, and nothing else.

**Predict:** what does the letter reader say to handwritten digits? Which letters do you expect for 0, 1, 2 and 5? Will it sound unsure?
"""

# %%
digits = data.digits("wild", seed=0).few(labels_per_class=100, seed=0)
answers = backbone(digits.x_test).numpy()

for digit in range(10):
    of_digit = answers[digits.y_test == digit]
    counts = np.bincount(of_digit.argmax(axis=1), minlength=26)
    favourites = [f"{letters.class_names[i]} {counts[i]:2}" for i in counts.argsort()[::-1][:3]]
    sure = of_digit.max(axis=1).mean()
    print(f"{digit}: {', '.join(favourites)}   of {len(of_digit)}; mean probability {sure:.2f}")

# %% [markdown]
"""
It cannot say "this is no letter": it has no column for that. So it names a letter, and its probability is far above 1/26. A probability tells you how the listed classes compare with *each other*. It does not tell you whether the right one is in the list.
"""

# %% [markdown]
"""
## What a head costs

Your task has three classes. A new final layer for the ResNet reads the same 2,048 features. **Predict** its number of parameters.
"""

# %% tags=["nbval-check-output"]
average = resnet.get_layer("avg_pool").output
three = keras.layers.Dense(3, activation="softmax", name="three_classes")(average)
for_three = keras.Model(resnet.input, three)
base_of_resnet = keras.Model(resnet.input, average)

print("reads:          ", average.shape)
print("answers:        ", for_three.output_shape)
print(f"the new layer:   {for_three.layers[-1].count_params():,} parameters")
print(f"everything else: {base_of_resnet.count_params():,} parameters")

# %% [markdown]
"""
Three columns of 2,048 numbers, and three biases. That is all your thousand images have to determine, if everything else is frozen.

### Maps or a row?

Many models can be had without their head: `include_top=False`. Then the ResNet ends one step earlier, before `avg_pool`, with **maps**: 7 by 7 places with 2,048 channels each. A Dense layer needs a row. There are two ways to get one.

- **Flatten** lays everything in a row: 7 × 7 × 2,048 numbers. The head knows *what* was seen *where*.
- **GlobalAveragePooling2D** takes the mean of each channel over all places: 2,048 numbers. The head knows *what*, and not where.

**Predict:** by how much does the head become more expensive with Flatten?
"""


# %% mystnb={"image": {"alt": "Bar chart of parameters in millions: four bars with the same long part for the base of ResNet-50; behind it the head, which is invisible for 3 classes, short for 1000 classes after averaging, and nearly half as long as the base for 100 classes after Flatten"}}
def with_new_head(row, classes):
    """Return the parameters of ResNet-50's base and of a new final layer on that row."""
    head = keras.layers.Dense(classes)
    head(row)  # the call tells the layer how many numbers come in
    return base_of_resnet.count_params(), head.count_params()


flat = keras.layers.Flatten()(resnet.get_layer("conv5_block3_out").output)
sizes(
    {
        "averaged, 3 classes": with_new_head(average, 3),
        "averaged, 1000 classes": with_new_head(average, 1000),
        "flattened, 3 classes": with_new_head(flat, 3),
        "flattened, 100 classes": with_new_head(flat, 100),
    }
)

# %% [markdown]
"""
A thousand classes after Flatten would be ten times the last bar's head, and more than four times the base.

Is the cheaper row the better one? That depends on how the backbone was *trained*. The ResNet has always been averaged, so its channels were made to be averaged. `letters_resnet` was trained with Flatten. Keep a guess ready which of the two serves it better; below we measure it.
"""

# %% [markdown]
"""
## Exercise 1: count before you build

Write `head_parameters(shape, classes, pooled)`: the number of parameters of a final Dense layer for `classes` classes. `shape` is the shape of the backbone's maps for one image, such as `(7, 7, 2048)`. If `pooled` is true, the maps are averaged over all places first; if not, they are laid out flat.

Calculate, and do not build the layer: somebody may ask you for ten thousand classes.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

How many numbers does one column have, in either case? What else does a class own besides its column?

</details>
<details><summary>Hint 2: where to look</summary>

The number of channels is `shape[-1]`. `math.prod` multiplies all numbers of a tuple.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
read = shape[-1] if pooled else math.prod(...)
return (read + ...) * ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "head_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def head_parameters(shape, classes, pooled):
    """Return the number of parameters of a Dense layer with `classes` outputs on such maps."""
    ### BEGIN SOLUTION
    read = shape[-1] if pooled else math.prod(shape)
    return (read + 1) * classes
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "head_parameters_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import check
from transferlab.check import heads

with check.exercise("head_parameters"):
    for pooled in (True, False):
        size = head_parameters((7, 7, 2048), 3, pooled)
        heads.head_size(size, (7, 7, 2048), 3, pooled=pooled)
    ### BEGIN HIDDEN TESTS
    with check.another_case("maps that are not square, 120 classes"):
        for pooled in (True, False):
            size = head_parameters((5, 4, 96), 120, pooled)
            heads.head_size(size, (5, 4, 96), 120, pooled=pooled)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Surgery that goes wrong

Above, the new layer was put on `avg_pool`, by name. That was the right place. Here are two ways that look as good.

**The chain.** Somebody takes all layers but the last, adds a new one, and makes a `Sequential`. You know from lesson 3 what a list of layers loses. **Predict:** will you get an error here, and when?
"""

# %%
try:
    keras.Sequential([*resnet.layers[:-1], keras.layers.Dense(3, activation="softmax")])
    print("ResNet-50: no error")
except ValueError as error:
    print("ResNet-50:", error)

chain = keras.Sequential([*backbone.layers[:-1], keras.layers.Dense(10, activation="softmax")])
print("letters_resnet: no error so far")
try:
    chain(digits.x_test[:1])
except ValueError as error:
    print("letters_resnet, at the first image:", type(error).__name__)

# %% [markdown]
"""
One fails at once, with a message about shapes. The other is made without complaint, and fails at its first image: an addition that got only one of its two paths. In lesson 3 a third one did not fail at all, and gave wrong numbers. Cut graphs, not lists.

**The stack.** Somebody puts the new layer on top of the model as it is. **Predict:** an error? Which output shape? How many parameters?
"""

# %% tags=["nbval-check-output"]
stacked = keras.layers.Dense(3, activation="softmax", name="on_top")(resnet.output)
on_top_of_resnet = keras.Model(resnet.input, stacked)
print("answers:      ", on_top_of_resnet.output_shape)
print(f"the new layer: {on_top_of_resnet.layers[-1].count_params():,} parameters")

# %% [markdown]
"""
No error, the shape you wanted, and a training that runs. But the new layer does not read the features. It reads **a thousand probabilities of the old classes**, and three columns are 1,000 long instead of 2,048.

You met this in lesson 5: probabilities are poor features. The head has thrown away what the old classes do not need, and softmax has pressed the rest together near 0. How bad is it, if you train? We come to that with numbers.
"""

# %% [markdown]
"""
## Exercise 2: replace the final layer

Write `replace_head(model, classes)`. `model` is any classifier whose last layer is a Dense layer with softmax: a `Sequential` or a graph, with skip connections or not. Return a new model in which

- everything before the last layer is shared with `model`, and **frozen**;
- one new Dense layer answers with probabilities of `classes` classes, and **learns**;
- the old last layer is gone. (`model` itself keeps it.)

It must not matter what the flags were before. And mind what lesson 3 said about a `+` that stands before a layer.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

You do not know the names of the layers this time. Which tensor do you know for sure, seen from the last layer?

</details>
<details><summary>Hint 2: where to look</summary>

`before_head` above is a model that ends where the old final layer begins. A model can be frozen with one line, and has `inputs` and `outputs` to go on from.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
base = keras.Model(model.inputs[0], model.layers[-1]....)
base.trainable = ...
head = keras.layers.Dense(...)
return keras.Model(base.inputs[0], head(...))
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "replace_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replace_head(model, classes):
    """Return `model`, frozen, with a new softmax layer for `classes` classes as its last layer."""
    ### BEGIN SOLUTION
    base = keras.Model(model.inputs[0], model.layers[-1].input)
    base.trainable = False
    head = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], head(base.outputs[0]))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "replace_head_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import keras

from transferlab import backbones, check
from transferlab.check import given, heads

with check.exercise("replace_head"):
    model = backbones.load_backbone("letters_resnet")
    heads.replaced(given.same_weights(replace_head, model, 10), model, 10)
    model = backbones.load_backbone("letters")
    heads.replaced(given.same_weights(replace_head, model, 3), model, 3)
    ### BEGIN HIDDEN TESTS
    inputs = keras.Input((6,))
    first = keras.layers.Dense(5, activation="tanh")(inputs)
    second = keras.layers.BatchNormalization()(keras.layers.Dense(5)(first))
    outputs = keras.layers.Dense(7, activation="softmax")(first + second)
    plus = keras.Model(inputs, outputs)
    with check.another_case("a graph with a `+` before its last layer"):
        heads.replaced(given.same_weights(replace_head, plus, 4), plus, 4)
    with check.another_case("the same number of classes as before"):
        heads.replaced(given.same_weights(replace_head, plus, 7), plus, 7)
    plus.trainable = False
    with check.another_case("all of the model was frozen before"):
        heads.replaced(given.same_weights(replace_head, plus, 2), plus, 2)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Swap the head

Here is `letters_resnet` with eight heads for the ten digits; none of the new ones is trained yet. No error came up when they were built, and none comes when they are called. Only **two of the eight are right**.

Go through them. Before you read the verdict, look at three things: what does the last layer *read*? How many outputs are there? What do they *sum to*?
"""


# %%
def on(tensor, *layers):
    """Return a model from the backbone's images to `tensor` and on through new layers."""
    for layer in layers:
        tensor = layer(tensor)
    return keras.Model(backbone.inputs[0], tensor)


def dense(units, activation=None, name="head_digits"):
    """Return a new Dense layer."""
    return keras.layers.Dense(units, activation=activation, name=name)


backbone.trainable = False
row, maps = final.input, backbone.get_layer("pool3").output
head_explorer(
    {
        "the old head": backbone,
        "on top of the old head": on(backbone.outputs[0], dense(10, "softmax")),
        "in its place": on(row, dense(10, "softmax")),
        "in its place, sigmoid": on(row, dense(10, "sigmoid")),
        "in its place, no activation": on(row, dense(10)),
        "in its place, nine outputs": on(row, dense(9, "softmax")),
        "in its place, two layers": on(row, dense(64, "relu", "head_hidden"), dense(10, "softmax")),
        "on the maps": on(maps, dense(10, "softmax")),
    },
    features="pool3",
    old=final.name,
    image=digits.x_test[0],
    names=digits.class_names,
)

# %% [markdown]
"""
Two heads are right: one layer in the old one's place, and two layers there. The second has far more to learn, and a thousand images have to teach it all. Begin with one.

"On the maps" is what you get with `include_top=False` when you forget the pooling: an answer for each place of the image.
"""

# %% [markdown]
"""
## Outputs, activation, loss and labels

Four things have to agree. One question decides: **how many classes can be right for one image?**

| labels | outputs | activation | loss |
|---|---|---|---|
| exactly one class, as a whole number: `[2, 0, 1]` | one per class | `softmax` | `sparse_categorical_crossentropy` |
| exactly one class, as a row (*one-hot*): `[[0, 0, 1], [1, 0, 0]]` | one per class | `softmax` | `categorical_crossentropy` |
| any number of classes, as a row (*multi-hot*): `[[1, 0, 1], [0, 0, 0]]` | one per class | `sigmoid` | `binary_crossentropy` |

With **softmax** the classes compete for one probability of 1. With **sigmoid** each class answers yes or no by itself: a photo may show a cat *and* a dog, or neither.

All three losses do the same thing: they take the probability of what is true, and return minus its logarithm. Sure and right costs next to nothing; sure and wrong costs a lot.

Which mismatches does Keras notice? The labels are the digits 0 to 9. **Predict** for each line: an error, or none?
"""

# %%
digit_rows = before_head(digits.x_train).numpy()
whole_numbers, one_hot = digits.y_train, np.eye(10)[digits.y_train]


def what_happens(units, loss, labels):
    """Fit a new softmax layer for one epoch; return the error that comes, or that none does."""
    head = keras.Sequential([keras.Input(digit_rows.shape[1:]), dense(units, "softmax")])
    head.compile("sgd", loss, jit_compile=False)
    try:
        head.fit(digit_rows, labels, batch_size=500, verbose=0)
    except Exception as error:
        return f"{type(error).__name__}"
    return "no error"


for units, loss, labels in (
    (10, "categorical_crossentropy", whole_numbers),
    (10, "sparse_categorical_crossentropy", one_hot),
    (9, "sparse_categorical_crossentropy", whole_numbers),
    (12, "sparse_categorical_crossentropy", whole_numbers),
    (10, "mean_squared_error", whole_numbers[:, None]),
):
    print(
        f"{units:2} outputs, {loss:31}, labels {labels.shape!s:10}: {what_happens(units, loss, labels)}"
    )

# %% [markdown]
"""
Keras notices wrong *shapes*, and on a processor also a label that is out of range. (On a graphics card, TensorFlow does not check; the loss becomes `nan`.) It cannot notice two outputs too many, nor a loss that makes no sense.

Now the activations. Here are five heads with the same first weights, the same images in the same order, and the same optimizer. **Predict:** which of them learn? Which give probabilities?
"""


# %%
def trained_with(activation, from_logits):
    """Train a new layer, always from the same weights; return its kernel and what to say of it."""
    keras.utils.set_random_seed(0)
    head = keras.Sequential([keras.Input(digit_rows.shape[1:]), dense(10, activation)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    head.compile(keras.optimizers.SGD(0.1), loss, jit_compile=False)
    with warnings.catch_warnings(record=True) as warned:
        head.fit(digit_rows, digits.y_train, batch_size=100, epochs=5, shuffle=False, verbose=0)
    outputs = head(before_head(digits.x_test)).numpy()
    right = np.mean(outputs.argmax(axis=1) == digits.y_test)
    sums = outputs.sum(axis=1)
    said = f"accuracy {right:.2f}, outputs sum to {sums.min():7.2f} .. {sums.max():6.2f}"
    return head.layers[0].kernel.numpy(), said + ", a warning" * bool(warned)


reference = None
for activation, from_logits in (
    ("softmax", False),
    ("softmax", True),
    ("sigmoid", False),
    ("linear", False),
    ("linear", True),
):
    kernel, said = trained_with(activation, from_logits)
    reference = kernel if reference is None else reference
    weights = "as in line 1" if np.allclose(kernel, reference, atol=1e-4) else "different"
    print(f"{activation:7}  from_logits={from_logits!s:5}  weights {weights:12}  {said}")

# %% [markdown]
"""
Read it line by line.

- **softmax** is the right one. With `from_logits=True` ("what comes is scores, not probabilities") it is a contradiction, and Keras warns. Keras on TensorFlow looks behind the softmax, finds the scores, and uses them, so it did no harm here. Do not rely on it.
- **sigmoid** is the treacherous one. Keras looks behind the sigmoid too, and trains as if a softmax stood there: the same weights, the same accuracy, no word of warning. But the model's outputs are no probabilities: see their sums. The accuracy will never tell you.
- **linear** with `from_logits=True` is right as well: the model gives scores, and whoever needs probabilities applies softmax. Without `from_logits`, scores are taken for probabilities: Keras cuts them off at 0 and at 1, and where it cuts no gradient comes back. The layer guesses.

One more. Its cause is small, and its message tells you little. What is wrong here?
"""

# %%
model = on(row, dense(10, "softmax"))
try:
    model.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(digits.x_train[:32], digits.y_train[:32], verbose=0)
except Exception as error:
    print(f"{type(error).__name__}: {error}")

# %% [markdown]
"""
The third argument of `compile` is not `metrics`, it is `loss_weights`. Name your arguments: `metrics=["accuracy"]`.
"""

# %% [markdown]
"""
## Exercise 3: a head for these labels

Write `head_for(y, class_names)`. It looks at the labels and returns `units, activation, loss`: a whole number and two names as Keras spells them, for the final layer and for `compile`.

`y` has one of the three forms of the table: whole numbers of shape `(n,)`, one-hot rows, or multi-hot rows. It is a **small sample**: not every class need occur in it. If every row holds a single 1, take the rows for one-hot.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Two of the forms have rows. What is true for every one-hot row, and not for every multi-hot row? Sum them up in your head.

</details>
<details><summary>Hint 2: where to look</summary>

`y.ndim` is 1 for whole numbers and 2 for rows. `y.sum(axis=1)` gives a number per row. And which argument tells for certain how many classes there are?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
units = len(...)
if y.ndim == 1:
    return units, "softmax", ...
if (y.sum(axis=1) == ...).all():
    return ...
return ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "head_for", "locked": false, "schema_version": 3, "solution": true, "task": false}
def head_for(y, class_names):
    """Return units, activation and loss of a final layer that fits the labels `y`."""
    ### BEGIN SOLUTION
    units = len(class_names)
    if y.ndim == 1:
        return units, "softmax", "sparse_categorical_crossentropy"
    if (y.sum(axis=1) == 1).all():
        return units, "softmax", "categorical_crossentropy"
    return units, "sigmoid", "binary_crossentropy"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "head_for_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import numpy as np

from transferlab import check
from transferlab.check import heads

with check.exercise("head_for"):
    names = ["cat", "dog", "fox", "owl"]
    y = np.array([0, 2, 1, 1, 3, 0])
    heads.fits_labels(head_for(y, names), y, names)
    y = np.eye(4)[y]
    heads.fits_labels(head_for(y, names), y, names)
    y = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0]])
    heads.fits_labels(head_for(y, names), y, names)
    ### BEGIN HIDDEN TESTS
    names = ["oak", "ash", "elm", "fir", "yew"]
    y = np.array([0, 3, 3, 1, 0])
    with check.another_case("whole numbers, some classes do not occur"):
        heads.fits_labels(head_for(y, names), y, names)
    y = np.eye(5)[y]
    with check.another_case("one-hot rows, some classes do not occur"):
        heads.fits_labels(head_for(y, names), y, names)
    y = np.array([[0, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 1, 0, 0, 0]])
    with check.another_case("multi-hot rows with at most one class each"):
        heads.fits_labels(head_for(y, names), y, names)
    y = np.array([[0, 1, 0, 1, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 1, 0, 1]])
    with check.another_case("multi-hot rows, each with a class"):
        heads.fits_labels(head_for(y, names), y, names)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## A thousand images

Now train: `letters_resnet` and 1,000 digits in the wild, 100 of each. Two heads compete, each in five draws of the images: the new layer **in the old one's place**, and the new layer **on top of the old head**. Both learn for six epochs at the same rate.

A frozen base says the same about an image in every epoch. So we ask it once per image and train the heads on what it said, as in lesson 5: six epochs for the price of one.

**Predict.** Where does each curve begin, and where will it be after six epochs?
"""


# %%
def train_heads(base):
    """Train a new layer on top of `base` for each seed; return the losses and the accuracies."""
    head = keras.Sequential([keras.Input(base.output_shape[1:]), dense(10, "softmax")])
    head.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss="sparse_categorical_crossentropy",
        jit_compile=False,
    )
    losses, right = [], []
    for seed, task in wild.items():
        kernel = keras.initializers.GlorotUniform(seed)(head.layers[0].kernel.shape)
        head.set_weights([kernel, np.zeros(10)])
        rows = base(task.x_train).numpy()
        history = head.fit(rows, task.y_train, batch_size=100, epochs=6, verbose=0)
        losses.append(history.history["loss"])
        guesses = head(base(task.x_test)).numpy().argmax(axis=1)
        right.append(np.mean(guesses == task.y_test))
    return losses, right


# %% mystnb={"image": {"alt": "Training loss over six epochs, five lines for each of two heads: in the old head's place the loss falls steeply; on top of the old head it stays near the dotted line of guessing"}}
wild = {seed: data.digits("wild", seed=seed).few(100, seed=seed) for seed in range(5)}
in_place, in_place_right = train_heads(before_head)
on_top, on_top_right = train_heads(backbone)
loss_curves(
    {"in the old head's place": in_place, "on top of the old head": on_top}, floor=np.log(10)
)

# %%
print(f"in the old head's place: {np.mean(in_place_right):.3f} of the test digits")
print(f"on top of the old head:  {np.mean(on_top_right):.3f}")

# %% [markdown]
"""
Same images, same rate, same number of classes, no error in either: the stacked head hardly moves. Most of the 26 probabilities that it reads are nearly 0, so most of its weights get nearly no gradient. (Does the other curve begin *above* guessing? Random columns on large features are sure of themselves, and wrong. The first steps repair that.)

Would it get there with more patience? Logistic regression trains such a layer *to the end*. And three more join:

- the new layer in its place, but on the **averaged** maps;
- the old head, **translated**: for each letter, look up which digit it was given for most often;
- **pixels**, without a backbone: what is the backbone worth at all?

**Predict** the order of the five.
"""


# %% mystnb={"image": {"alt": "Dot plot of test accuracy on 1,000 training images: the new layer in the old head's place is clearly best, averaged a little below; far below them lie the new layer on top of the old head, the pixels without a backbone, and the translated letters"}}
def translated(seed):
    """Return the accuracy of the old head, each letter taken for its most frequent digit."""
    task = wild[seed]
    letter = backbone(task.x_train).numpy().argmax(axis=1)
    counts = [np.bincount(task.y_train[letter == i], minlength=10) for i in range(26)]
    digit_for = np.argmax(counts, axis=1)
    guesses = digit_for[backbone(task.x_test).numpy().argmax(axis=1)]
    return np.mean(guesses == task.y_test)


pooled = keras.layers.GlobalAveragePooling2D()(maps)
averaged = keras.Model(backbone.inputs[0], pooled)
thousand = compare(
    {
        "in the old head's place": lambda seed: linear_probe(before_head, wild[seed]),
        "in its place, averaged": lambda seed: linear_probe(averaged, wild[seed]),
        "on top of the old head": lambda seed: linear_probe(backbone, wild[seed]),
        "old head, translated": translated,
        "pixels, no backbone": lambda seed: on_pixels(wild[seed]),
    }
)
scores({"1,000 images, trained to the end": thousand}, chance=0.1)

# %%
best = "in the old head's place"
for other in list(thousand.scores)[1:]:
    print(f"{best} against {other:23}", thousand.difference(best, other))

# %% [markdown]
"""
Patience helps the stacked head, but what the old head threw away does not come back. Compare it with the pixels: is a backbone that speaks through its old head worth having here? And the average, which saves three quarters of the weights, costs accuracy here: stay with the pooling that the backbone was trained with. It belongs to the backbone, as its preprocessing does (lesson 5).

### In one piece

In the end you want one model, from image to digit. You can train it as it stands, with the base frozen inside. **Predict** which tensors change.
"""

# %% tags=["nbval-check-output"]
reader = on(row, dense(10, "softmax"))
reader.compile(
    optimizer=keras.optimizers.SGD(0.1),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,
)
before = {weight.path: weight.numpy() for weight in reader.weights}
start = time.perf_counter()
history = reader.fit(digits.x_train, digits.y_train, batch_size=100, epochs=5, verbose=0)
seconds = time.perf_counter() - start
changed = [w.path for w in reader.weights if not np.array_equal(before[w.path], w.numpy())]
print("changed:", changed, "of", len(reader.weights), "tensors")

# %%
print(f"{seconds:.1f} s for 5 epochs; training accuracy", np.round(history.history["accuracy"], 2))
print(f"test accuracy {np.mean(reader(digits.x_test).numpy().argmax(axis=1) == digits.y_test):.3f}")

# %% [markdown]
"""
The base is untouched to the last bit, its BatchNorm statistics included, because it is frozen. (The Dropout before the head still drops: freezing does not reach it, as you saw in lesson 2.) What happens when the base may learn too, is lesson 7.
"""

# %% [markdown]
"""
## When the old head is enough

Sometimes the classes you want are *among* the old ones. ImageNet's thousand contain more than a hundred breeds of dogs. Who wants a reader of dog breeds need not train anything: the columns are there. Only the other classes are in the way.

How much are they in the way? The digits 0, 1, 2, 5 and 8 look like the letters O, I, Z, S and B. We show these digits to the letters model, first with all 26 letters to choose from, then with five. **No digit is used for training.** Predict both numbers.
"""

# %%
look_alike = {0: "O", 1: "I", 2: "Z", 5: "S", 8: "B"}
positions = [letters.class_names.index(letter) for letter in look_alike.values()]
digit_of = np.array(list(look_alike))

shown = np.isin(digits.y_test, digit_of)
all_letters = backbone(digits.x_test[shown]).numpy()
meant = np.array(positions)[np.searchsorted(digit_of, digits.y_test[shown])]
five_letters = digit_of[all_letters[:, positions].argmax(axis=1)]

print(f"26 letters to choose from: {np.mean(all_letters.argmax(axis=1) == meant):.2f}")
print(f" 5 letters to choose from: {np.mean(five_letters == digits.y_test[shown]):.2f}")

# %% [markdown]
"""
Leaving out classes can only help, as long as the right one stays. It costs no image and no second of training.

But a model that computes 1,000 classes to look at a hundred carries ballast, and the probabilities that are left do not sum to 1. Do it properly: the class *is* its column.
"""

# %% [markdown]
"""
## Exercise 4: keep some classes

Write `keep_classes(model, wanted)`. `model` is a classifier whose last layer is a Dense layer with softmax; `wanted` is a list of positions of its classes. Return a new model whose last layer knows only these classes, **in the order of `wanted`**, with the weights that the old layer has for them. Its outputs are probabilities. `model` itself stays as it is. Nothing is trained.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

What does a class own in the old layer? Two things. Along which axis of the kernel do the classes lie?

</details>
<details><summary>Hint 2: where to look</summary>

`final.kernel.numpy()` is an array, and `array[:, [4, 0]]` takes two columns in that order. A new layer has weights as soon as it was called; then `set_weights` takes a list.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
old = model.layers[-1]
new = keras.layers.Dense(len(wanted), activation=...)
outputs = new(old....)
new.set_weights([old.kernel.numpy()[...], old.bias.numpy()[...]])
return keras.Model(..., outputs)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "keep_classes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keep_classes(model, wanted):
    """Return a model that knows only the classes at the positions `wanted`, in that order."""
    ### BEGIN SOLUTION
    old = model.layers[-1]
    new = keras.layers.Dense(len(wanted), activation="softmax")
    outputs = new(old.input)
    new.set_weights([old.kernel.numpy()[:, wanted], old.bias.numpy()[wanted]])
    return keras.Model(model.inputs[0], outputs)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "keep_classes_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
import keras
import numpy as np

from transferlab import check
from transferlab.check import heads

with check.exercise("keep_classes"):
    random = np.random.default_rng(0)
    inputs = keras.Input((6,))
    first = keras.layers.Dense(5, activation="tanh")(inputs)
    outputs = keras.layers.Dense(7, activation="softmax")(first)
    model = keras.Model(inputs, outputs)
    model.set_weights([random.normal(size=weight.shape) for weight in model.weights])
    heads.kept(keep_classes, model, [5, 1, 2])
    ### BEGIN HIDDEN TESTS
    chain = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Conv2D(3, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(9, activation="softmax"),
        ]
    )
    chain.set_weights([random.normal(size=weight.shape) for weight in chain.weights])
    with check.another_case("a Sequential, four of nine classes"):
        heads.kept(keep_classes, chain, [8, 3, 0, 4])
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Optional: a ResNet-50 that has learned something

With your own photos (lesson 5 tells how to lay them out) the patient wakes up: ResNet-50 with its ImageNet weights, when they are in Keras's cache or can be downloaded. Without photos or weights, the next cells use the digits and `letters_resnet`; nothing else changes.
"""

# %% tags=["photos"]
own = photos.task(name="ResNet50", shipped="letters_resnet")
print(own.sentence)

# %% [markdown] tags=["photos"]
"""
`own.base` ends with the features, the old head is gone. **Predict** the number of parameters of the new one with the function of exercise 1. Then: each image once through the base, train the head alone, and put both together.
"""

# %% tags=["photos"]
task, classes = own.dataset, own.dataset.class_names
own_head = keras.Sequential(
    [
        keras.Input(own.base.output_shape[1:]),
        keras.layers.Dense(len(classes), activation="softmax", name="own_classes"),
    ]
)
own_head.compile(
    optimizer=keras.optimizers.Adam(1e-2),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,
)
own_head.fit(own.features(task.x_train), task.y_train, epochs=20, verbose=0)
whole = keras.Model(own.base.inputs[0], own_head(own.base.outputs[0]))

print(f"{own_head.count_params():,} parameters learned, of {whole.count_params():,}")
guesses = own_head(own.features(task.x_test)).numpy().argmax(axis=1)
print(f"accuracy on {len(guesses)} test images: {np.mean(guesses == task.y_test):.2f}")

# %% tags=["photos"]
prepared = own.preprocess(task.x_test[:3].copy())
for answer, label in zip(whole(prepared).numpy(), task.y_test[:3], strict=True):
    print(f"a {classes[label]}, taken for a {classes[answer.argmax()]} ({answer.max():.2f})")

# %% [markdown] tags=["photos"]
"""
`whole` is a model like any other: save it, send it to somebody. But it wants *prepared* images, as its backbone does. Preprocessing belongs to the backbone, whatever head it wears.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "stacked_dense",
    "You write `keras.layers.Dense(3, activation='softmax')(resnet.output)`. What does the new layer read?",
    right={
        "The probabilities of the 1,000 old classes": (
            "`resnet.output` is what the old head says. No error comes, the shape is right, and "
            "training hardly gets anywhere."
        ),
    },
    wrong={
        "The 2,048 features": (
            "They go *into* the old head. The tensor you mean is `resnet.layers[-1].input`."
        ),
        "Nothing: Keras raises an error, because softmax stands on softmax": (
            "It would be kinder. Any row of numbers can be read by a Dense layer."
        ),
        "The images, because a new layer starts from the input": (
            "A layer reads the tensor that it is called on, and this one is at the very end."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "five_classes",
    "ResNet-50 without its head, averaged: 2,048 features. How many parameters has a final layer for five classes?",
    right={
        "5 × 2,049 = 10,245": "A column of 2,048 numbers and a bias for each class.",
    },
    wrong={
        "5 × 2,048 = 10,240": "These are the columns. Each class has a bias as well.",
        "5": "Five outputs. Each of them is a weighted sum, and has its own weights.",
        "5 × 7 × 7 × 2,048 + 5": (
            "That would be with Flatten. The average leaves one number per channel."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "sigmoid_in_place_of_softmax",
    "Ten digits, a final layer with sigmoid, the loss `sparse_categorical_crossentropy`. With Keras on TensorFlow, how do you notice the mistake?",
    right={
        "By the sum of the outputs for one image: it is not 1": (
            "Loss and accuracy look as with softmax, because Keras trains on the scores behind the "
            "activation. The outputs give it away."
        ),
    },
    wrong={
        "By an error message from `fit`": "There is none: the shapes fit.",
        "By the accuracy, which stays at that of guessing": (
            "That is the linear layer without `from_logits`. With sigmoid the accuracy is as good "
            "as with softmax."
        ),
        "There is nothing to notice, as sigmoid gives probabilities too": (
            "Of separate questions, each with yes or no. A digit is one of ten."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "several_labels",
    "A photo of a street may hold cars, bicycles, people, several of these, or none. Which head?",
    right={
        "Sigmoid, with binary cross-entropy": (
            "Each class gets its own yes or no, and they need not sum to 1."
        ),
    },
    wrong={
        "Softmax, with categorical cross-entropy": (
            "Then the classes compete: a photo with cars and people could not have both near 1, "
            "and an empty street would have to be something."
        ),
        "Softmax, with one more class called 'several'": (
            "It would say that there are several, and not which."
        ),
        "No activation, with the mean squared error": (
            "It runs. But outputs below 0 and above 1 are no probabilities, and sure mistakes cost "
            "little."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "not_in_the_list",
    "A classifier of cats and dogs says 'dog, 0.97'. The photo shows a teapot. What went wrong?",
    right={
        "Nothing in the layer: softmax compares the classes that it has": (
            "There is no column for teapots. Of the two, the features resemble a dog's more: "
            "remember the letters that were read in digits."
        ),
    },
    wrong={
        "The network was trained for too few epochs": (
            "More epochs make it surer of cats and dogs. They do not give it a third answer."
        ),
        "The probabilities were not normalised": (
            "They were: 0.97 and 0.03. They must sum to 1, even if neither fits."
        ),
        "The head should have been trained with more images of dogs": (
            "Then it knows dogs better, and a teapot still has to be one of the two."
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

- A final layer has one column and one bias for each class. New names need new columns, and nothing else.
- Cut before the old layer: `model.layers[-1].input`. Not on top of it, and not with a list of layers.
- Count before you build: (features + 1) × classes. Averaging keeps a head small; stay with the pooling that the backbone was trained with.
- One class out of many: softmax and categorical cross-entropy, *sparse* for whole numbers. Any number of classes: sigmoid and binary cross-entropy.
- Keras notices wrong shapes. It does not notice a wrong activation, superfluous outputs, or a head on a head. Look at one output row: does it sum to 1?
- If your classes are among the old ones, keep their columns and train nothing.

**Next:** in lesson 7 the base may learn too. You unfreeze it, carefully, and measure what it gains and what it forgets.

### Further reading

- Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: [Deep Residual Learning for Image Recognition](https://arxiv.org/abs/1512.03385) (CVPR 2016). The patient of this lesson. Look for what its Table 1 says about the last two layers.
- Min Lin, Qiang Chen, Shuicheng Yan: [Network In Network](https://arxiv.org/abs/1312.4400) (ICLR 2014). Section 3.2 introduces global average pooling in the place of large heads.
- Jeff Donahue, Yangqing Jia, Oriol Vinyals and others: [DeCAF: A Deep Convolutional Activation Feature for Generic Visual Recognition](https://arxiv.org/abs/1310.1531) (ICML 2014). New heads on a frozen ImageNet network, when this was new.
- Keras documentation, [Probabilistic losses](https://keras.io/api/losses/probabilistic_losses/): the three cross-entropies and `from_logits`.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
