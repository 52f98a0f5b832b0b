# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 10. Domain adaptation

So far the *classes* changed: letters first, digits then. Often they stay, and the *images* change. A reader trained on print meets handwriting. A camera gets a new lens, a hospital a new scanner, autumn comes. The question is the same, the images come from elsewhere, and the accuracy falls.

Where images come from is called a **domain**. This lesson is about noticing that the domain has changed, and about what can be done with few labels or none.

**After this lesson you can**

- measure a shift between two domains, and say what that number does not tell;
- adapt a model with unlabelled images, by refreshing its BatchNorm statistics;
- tell where this fails, and which cheaper remedy does as well;
- mix a large old domain with a few labels of the new one;
- keep labels and test images out of where they must not be.

**Time:** about 60 minutes. **You need:** lesson 5, features and a classifier; lesson 7, the moving statistics of BatchNorm.
"""

# %%
import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from transferlab import adaptation, backbones, data, progress, quiz, reflect, see, training
from transferlab.experiment import compare
from transferlab.see.adaptation import (
    Adapted,
    by_class,
    contrast_explorer,
    labels_curve,
    statistics,
    ways,
)

keras.utils.set_random_seed(10)
threadpool_limits(1)  # for problems as small as ours, one thread is quicker than many
print("Keras", keras.__version__)

# %%
progress.panel(["domain_gap", "refresh_statistics", "adapt_and_score", "guess_from_both"])

# %% [markdown]
"""
## Two domains, one question

The **source** domain: digits rendered from the fonts that drew the letters of lesson 2, with the same turning, dimming and noise. We can make as many as we want, each with its label. The **target** domain: real handwritten digits.

First the source, then the target.
"""

# %% mystnb={"image": {"alt": "Ten small grey pictures of printed digits, slightly turned, some dim and grainy, each with its label above"}}
source = data.rendered_digits(test_per_class=50, seed=0)
target = data.digits("plain", seed=0)
print(source)
see.images(source.x_train[:10], [str(label) for label in source.y_train[:10]])

# %% mystnb={"image": {"alt": "Ten small pictures of handwritten digits, upright, blurred and bright, each with its label above"}}
print(target)
see.images(target.x_train[:10], [str(label) for label in target.y_train[:10]])

# %% [markdown]
"""
A model that reads digits is as good as the share of images that it reads correctly. This function serves the whole lesson, and exercise 3.
"""


# %%
def accuracy(model, images, labels):
    """Return the share of images that the model reads correctly."""
    return np.mean(model(images).numpy().argmax(axis=1) == labels)


# %% [markdown]
"""
The reader is built of parts that you know: `letters_resnet` up to its features, frozen, and a softmax head that gets the weights of a logistic regression (`training.warm_up`, as in lesson 7). It learns from rendered digits only.

**Predict** two accuracies: on new rendered digits, and on handwritten ones.
"""

# %%
extractor = training.extractor(backbones.load_backbone("letters_resnet"))


def make_reader(dataset):
    """Return a model that reads digits, trained on `dataset`; it shares the frozen extractor."""
    head = keras.layers.Dense(10, activation="softmax", name="head")
    reader = keras.Model(extractor.inputs[0], head(extractor.outputs[0]))
    training.warm_up(reader, extractor, dataset)
    return reader


reader = make_reader(source)
print(f"rendered:    {accuracy(reader, source.x_test, source.y_test):.3f}")
print(f"handwritten: {accuracy(reader, target.x_test, target.y_test):.3f}")

# %% [markdown]
"""
A test set of its own domain had promised nearly everything. It kept that promise, for its own domain. **A test set speaks for images that come from where it comes from**, and for no others.

**Predict.** Does each digit lose about the same?
"""

# %% mystnb={"image": {"alt": "Dot plot of accuracy by digit: rendered digits all near one; handwritten ones spread from high for some digits to very low for others"}}
handwritten = [target.x_test[target.y_test == digit] for digit in range(10)]
rendered = [source.x_test[source.y_test == digit] for digit in range(10)]
by_class(
    {
        "rendered": [accuracy(reader, x, digit) for digit, x in enumerate(rendered)],
        "handwritten": [accuracy(reader, x, digit) for digit, x in enumerate(handwritten)],
    },
    target.class_names,
)

# %% [markdown]
"""
Some digits are written as they are printed. Others have a shape of their own by hand, and a mean over all digits hides how bad these are. Look at single classes before you trust a number.

## Measure the shift without labels

To plot this you needed labels of the target, and labels are what you do not have when a domain is new. Can you notice a shift without them?

An idea of Ben-David and others: train a classifier on another question, *"which domain is this image from?"*. If it cannot tell, the domains are alike. Features are enough, no label of any digit is needed.

A colleague has done it, for two pairs: rendered against handwritten, and, as a control, rendered against *other rendered* ones. **Predict** both numbers. Guessing gives 0.5.
"""


# %%
def colleagues_gap(features_a, features_b):
    """Return how well a classifier tells two domains apart, says the colleague."""
    rows = np.concatenate([features_a, features_b])
    domain = np.repeat([0, 1], [len(features_a), len(features_b)])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(rows, domain).score(rows, domain)


source_features = extractor(source.x_train).numpy()
target_features = extractor(target.x_train[:1000]).numpy()
other_rendered = extractor(source.x_test[:200]).numpy()

print(f"rendered, handwritten:    {colleagues_gap(source_features[:200], target_features):.2f}")
print(f"rendered, other rendered: {colleagues_gap(source_features[:200], other_rendered):.2f}")

# %% [markdown]
"""
The control gives it away. Two samples of the *same* domain cannot be told apart, and yet the number is high. Whoever runs no control will find a shift everywhere.

There is a second flaw, a hidden one. In the first pair one domain has five times as many rows. Which accuracy would you get by always naming the larger one?
"""

# %% [markdown]
r"""
## Exercise 1: an honest gap

Write `domain_gap(features_a, features_b)`. Train a classifier to tell the two domains apart, and return the **proxy A-distance**

$$d = 2\,(1 - 2\,\text{error}),$$

where the error is the share of wrong answers on rows that had **no part in the training**. It is 2 for domains that never mix and about 0 for domains that cannot be told apart (a little below is possible). Features have the shapes `(n, d)` and `(m, d)`. A difference between n and m must not look like a gap.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

In the colleague's second pair, what did the classifier know about the rows that it was scored on?

</details>
<details><summary>Hint 2: where to look</summary>

`train_test_split(rows, domain, test_size=0.5, random_state=0)` shuffles and cuts both in the same way. To begin with as many rows of each domain, look for the smaller of two lengths.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
few = min(...)
rows = np.concatenate([features_a[:few], ...])   # are the first rows as good as any?
domain = np.repeat([0, 1], few)
x, x_held_out, y, y_held_out = train_test_split(...)
error = 1 - classifier.fit(...).score(...)
return ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "domain_gap", "locked": false, "schema_version": 3, "solution": true, "task": false}
def domain_gap(features_a, features_b):
    """Return the proxy A-distance of two domains: 0 cannot be told apart, 2 never mix."""
    ### BEGIN SOLUTION
    few = min(len(features_a), len(features_b))
    random = np.random.default_rng(0)
    kept = [rows[random.permutation(len(rows))[:few]] for rows in (features_a, features_b)]
    x, x_held_out, y, y_held_out = train_test_split(
        np.concatenate(kept), np.repeat([0, 1], few), test_size=0.5, random_state=0
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    error = 1 - classifier.fit(x, y).score(x_held_out, y_held_out)
    return 2 * (1 - 2 * error)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "domain_gap_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import check
from transferlab.check import adaptation as check_adaptation

with check.exercise("domain_gap"):
    check_adaptation.gap(domain_gap, seed=0)
    ### BEGIN HIDDEN TESTS
    with check.another_case("the same kind of domains, other rows"):
        check_adaptation.gap(domain_gap, seed=1)
    ### END HIDDEN TESTS

# %% [markdown]
"""
Here is the measurement, done well (`adaptation.domain_gap` does what your exercise does, so that the lesson goes on if you skip it).
"""

# %%
real_other = extractor(target.x_test).numpy()
for name, a, b in (
    ("rendered, other rendered", source_features, extractor(source.x_test).numpy()),
    ("handwritten, other handwritten", target_features, real_other),
    ("rendered, handwritten", source_features, target_features),
):
    print(f"{name:31} {adaptation.domain_gap(a, b):5.2f}")

# %% [markdown]
"""
The controls lie near 0, the shift is there, and no digit had to be labelled to see it. Such a number can watch over a model in use, day by day.

It says *that* the domains differ. It does not say how much that **costs**: the reader ignores much of what tells print from handwriting, such as the noise. Keep this in mind, we come back to it.
"""

# %% [markdown]
"""
## Paper and ink

Handwriting differs from print in many ways at once. To understand one cause, make a shift on purpose: choose how bright the **paper** is and how bright the **ink**. In our images paper is 0 and ink is 1; their difference is the *contrast*.

**Predict.** The digits below are the same in all three rows, and you read them without effort. Which row does the reader still read?
"""

# %% mystnb={"image": {"alt": "Three rows of the same ten handwritten digits: bright ink on black paper, light grey ink on dark grey paper, black ink on white paper"}}


def lit(images, paper, ink):
    """Return images with another brightness of paper (was 0) and of ink (was 1)."""
    return (paper + (ink - paper) * images).astype("float32")


lights = {"as they are": (0.0, 1.0), "on grey paper": (0.3, 0.8), "dark on bright": (1.0, 0.0)}
see.images(
    np.concatenate([lit(target.x_test[:10], *light) for light in lights.values()]),
    [str(label) for label in target.y_test[:10]] * 3,
)

# %%
for name, light in lights.items():
    print(f"{name:15} {accuracy(reader, lit(target.x_test, *light), target.y_test):.3f}")

# %% [markdown]
"""
On grey paper the reader is about as good as guessing, although a child would not notice the difference. Why?

Look into the first BatchNorm layer. It holds a mean and a standard deviation for each channel, from the time of pretraining on letters. With these it brings what it gets to mean 0 and standard deviation 1. **Predict:** will they fit what comes in from the grey images?
"""

# %% mystnb={"image": {"alt": "Means with standard deviations of eight channels in three versions: those of plain handwriting lie a little beside those stored in the layer, those of digits on grey paper lie further away, with a smaller spread"}}
before_norm = keras.Model(extractor.inputs[0], extractor.get_layer("stem_conv").output)
norm = extractor.get_layer("stem_bn")


def mean_and_deviation(images):
    """Return mean and standard deviation of the first eight channels before the first BatchNorm."""
    values = before_norm(images).numpy()[..., :8]
    return np.stack([values.mean(axis=(0, 1, 2)), values.std(axis=(0, 1, 2))])


stored = np.stack([norm.moving_mean.numpy(), np.sqrt(norm.moving_variance.numpy())])[:, :8]
unlabelled = target.x_train[:300]
statistics(
    stored,
    {
        "found on plain handwriting": mean_and_deviation(unlabelled),
        "found on grey paper": mean_and_deviation(lit(unlabelled, 0.3, 0.8)),
    },
)

# %% [markdown]
"""
The layer subtracts a mean that is no longer the mean. All that follows is off from there.

The stored numbers were *measured*, on images without using a label. So measure them again, on images of the new domain: **refresh the statistics**. This is called adaptive batch normalization, or AdaBN (Li and others, 2016). It needs unlabelled images of the target, and no training at all.

### How statistics move

Lesson 7 was about keeping them still. Now we want the opposite. One layer, one channel, and a batch of two numbers, 8 and 12: their mean is 10. The layer begins with the mean 0, and its momentum is 0.9. **Predict** the stored mean after one call in training mode, and after three. Then predict the last two lines.
"""

# %% tags=["nbval-check-output"]
layer = keras.layers.BatchNormalization(momentum=0.9)
layer.build((None, 1))
batch = np.array([[8.0], [12.0]], dtype="float32")

for call in range(1, 5):
    layer(batch, training=True)
    print(f"after {call} calls in training mode: {layer.moving_mean.numpy()[0]:.2f}")

layer(batch, training=False)
print(f"one more in inference mode:    {layer.moving_mean.numpy()[0]:.2f}")
layer.trainable = False
layer(batch, training=True)
print(f"frozen, in training mode:      {layer.moving_mean.numpy()[0]:.2f}")

# %% [markdown]
"""
Each call in training mode goes a *tenth* of the way that is left: momentum is the share that stays. After k calls, 0.9 to the power of k of the old value is left. **How many calls until less than a twentieth of it is left?** Count before you open the next cell.
"""

# %% tags=["nbval-check-output"]
for calls in (10, 20, 30, 40):
    print(f"after {calls} calls {0.9**calls:.3f} of the old value is left")

# %% [markdown]
"""
No `fit`, no optimizer, no loss: calling a model on images with `training=True` is all it takes. And two things keep statistics still: inference mode, and `trainable = False` on the layer.
"""

# %% [markdown]
"""
## Exercise 2: refresh the statistics

Write `refresh_statistics(model, images)`. It returns a **copy** of `model` whose BatchNorm statistics are those of `images`: at least nine tenths of the way. No other weight may change, and the model that was passed in stays as it is. BatchNorm layers may arrive frozen, as lesson 7 left them. You may count on a momentum of 0.9 or less, and on a model without nested models.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

The last lines of the fact cell name two things that keep statistics still. What has to be true of each BatchNorm layer of your copy, and of each call?

</details>
<details><summary>Hint 2: where to look</summary>

`keras.models.clone_model` copies the architecture, with random weights; `set_weights` and `get_weights` bring the learned ones over. Few images make few batches: you may pass over them several times.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
copy = keras.models.clone_model(...)
copy.set_weights(...)
for layer in copy.layers:
    if isinstance(layer, ...):
        layer.trainable = ...
for _ in range(...):                  # how many calls in all?
    for start in range(0, len(images), 100):
        copy(images[start : start + 100], training=...)
return copy
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "refresh_statistics", "locked": false, "schema_version": 3, "solution": true, "task": false}
def refresh_statistics(model, images):
    """Return a copy of `model` with the BatchNorm statistics of `images`, all else unmoved."""
    ### BEGIN SOLUTION
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
    for _ in range(30):
        for start in range(0, len(images), 100):
            copy(images[start : start + 100], training=True)
    return copy
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "refresh_statistics_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
from transferlab import check
from transferlab.check import adaptation as check_adaptation

with check.exercise("refresh_statistics"):
    images = check_adaptation.small_target(seed=0).x_train
    model = check_adaptation.small_reader(seed=0)
    check_adaptation.refreshing(refresh_statistics, model, images)
    ### BEGIN HIDDEN TESTS
    model = check_adaptation.small_reader(seed=1)
    model.get_layer("norm1").trainable = False
    images = 0.5 + 0.5 * check_adaptation.small_target(seed=1).x_train
    with check.another_case("a first BatchNorm layer that arrives frozen"):
        check_adaptation.refreshing(refresh_statistics, model, images)
    model.trainable = False
    with check.another_case("a model that arrives frozen as a whole"):
        check_adaptation.refreshing(refresh_statistics, model, images)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## What does it bring?

`adaptation.refreshed` does what your function does, in a single call: it sets the momentum to 0 for one batch, so nothing of the old is left. (A batch has to fit into memory; yours does not need that.)

**Predict.** Three hundred unlabelled images of each domain. How far does refreshing bring the three rows of digits back? And what does the refreshed reader do on its *old* domain?
"""

# %%
for name, light in lights.items():
    refreshed = adaptation.refreshed(reader, lit(unlabelled, *light))
    before = accuracy(reader, lit(target.x_test, *light), target.y_test)
    after = accuracy(refreshed, lit(target.x_test, *light), target.y_test)
    print(f"{name:15} before {before:.3f}, after {after:.3f}")
refreshed = adaptation.refreshed(reader, unlabelled)
print(
    f"rendered digits, read with the statistics of handwriting: "
    f"{accuracy(refreshed, source.x_test, source.y_test):.3f}"
)

# %% [markdown]
"""
No label was used and no kernel was moved, and most of what the grey paper cost is back. Even plain handwriting gains: its statistics differ from those of print too.

The old domain pays. Statistics belong to a domain: keep one set for each, and remember which one is loaded.

Before you celebrate, the control. Something far cheaper could explain this gain away.

### The control: stretch each image

Take each image by itself, and stretch its values so that its darkest pixel is 0 and its brightest 1. That needs no other image of the target, and it works from the first image on.

**Predict:** on grey paper, which is better, stretching or refreshing? And when ink and paper stay as they are, but the image is *noisy*? Five seeds, as always: other rendered digits, another reader, other handwritten ones; a hundred unlabelled images each.
"""

# %% mystnb={"image": {"alt": "Dot plot of accuracy for four shifts and three ways: on grey paper stretching and refreshing both repair most of the loss; on plain and noisy handwriting only refreshing helps; dark on bright nothing helps"}}


def stretched(images):
    """Return each image with its darkest pixel at 0 and its brightest at 1."""
    darkest = images.min(axis=(1, 2, 3), keepdims=True)
    brightest = images.max(axis=(1, 2, 3), keepdims=True)
    return (images - darkest) / (brightest - darkest)


def noisy(images):
    """Return images with noise on paper and ink."""
    noise = np.random.default_rng(0).normal(0, 0.2, images.shape)
    return np.clip(images + noise, 0, 1).astype("float32")


shifts = {
    "as they are": lambda images: images,
    "on grey paper": lambda images: lit(images, 0.3, 0.8),
    "noisy": noisy,
    "dark on bright": lambda images: lit(images, 1.0, 0.0),
}
seeds = range(5)
sources = {seed: data.rendered_digits(seed=seed) for seed in seeds}
targets = {seed: data.digits("plain", seed=seed) for seed in seeds}
readers = {seed: make_reader(sources[seed]) for seed in seeds}


def score(seed, shift, *, stretch=False, refresh=False):
    """Return the accuracy on shifted handwriting, with one of the remedies or none."""
    images, model = shift(targets[seed].x_test), readers[seed]
    if stretch:
        images = stretched(images)
    if refresh:
        model = adaptation.refreshed(model, shift(targets[seed].x_train[:100]))
    return accuracy(model, images, targets[seed].y_test)


without_labels = {
    name: compare(
        {
            "nothing": lambda seed, f=shift: score(seed, f),
            "stretch each image": lambda seed, f=shift: score(seed, f, stretch=True),
            "refresh statistics": lambda seed, f=shift: score(seed, f, refresh=True),
        },
        seeds,
    )
    for name, shift in shifts.items()
}
ways(without_labels, chance=0.1)

# %%
print("refreshing, compared with stretching each image:")
for name, comparison in without_labels.items():
    print(f"  {name:15}", comparison.difference("refresh statistics", "stretch each image"))

# %% [markdown]
"""
Read the rows one by one.

- **On grey paper** the cheap remedy does about as well. So refreshing was not needed for this. If you know the cause of a shift, undo the cause: that is *preprocessing* (lesson 5), and one image is enough for it. What is stretched then is the first row again.
- **As they are** and **noisy**: there is nothing to stretch. Refreshing helps, without knowing the cause. That is what it is good for.
- **Dark on bright**: neither helps. We come to that.
"""

# %% [markdown]
"""
### Explore: contrast and background

Choose how bright the paper and the ink are. When the ink is darker than the paper, the contrast is negative.

Look for three settings: one where refreshing is not needed; one where it repairs nearly all of the loss; one where it repairs little although *you* can read the digits. What do the settings of the last kind have in common?
"""

# %%
levels = (0.0, 0.3, 0.7, 1.0)
look = [np.flatnonzero(target.y_test == digit)[0] for digit in (2, 3, 5, 7)]


def measured(paper, ink):
    """Return what the explorer shows for one setting, on 250 test images."""
    images, labels = lit(target.x_test[:250], paper, ink), target.y_test[:250]
    refreshed = adaptation.refreshed(reader, lit(unlabelled[:100], paper, ink))
    accuracies = {
        "nothing": accuracy(reader, images, labels),
        "stretch each image": accuracy(reader, stretched(images), labels),
        "refresh statistics": accuracy(refreshed, images, labels),
    }
    return Adapted(lit(target.x_test[look], paper, ink), accuracies)


contrast_explorer(
    {paper: {ink: measured(paper, ink) for ink in levels if ink != paper} for paper in levels}
)

# %% [markdown]
"""
Two things hold a refreshed reader back.

**The edge of the image.** Convolutions put zeros around the image (`padding="same"`). On bright paper that is a black frame which no training image had. The statistics include it, and cannot take it away. Compare paper 0 and ink 0.3 with paper 0.7 and ink 1: the contrast is the same, and only the second has the frame.

**The sign of the contrast.** What does the first convolution answer to an image with ink and paper swapped? Look away from the edge. **Predict** the correlation between its answers to both versions.
"""

# %%
inner = before_norm(unlabelled).numpy()[:, 1:-1, 1:-1]
swapped = before_norm(1 - unlabelled).numpy()[:, 1:-1, 1:-1]
per_channel = [
    np.corrcoef(inner[..., channel].ravel(), swapped[..., channel].ravel())[0, 1]
    for channel in range(inner.shape[-1])
]
print(
    f"correlation: {min(per_channel):.3f} to {max(per_channel):.3f} in {len(per_channel)} channels"
)

# %% [markdown]
"""
Each answer has turned its sign. BatchNorm subtracts a mean and divides by a standard deviation, and that is *positive*: it can move and scale, but never turn a sign. Then ReLU throws away what the reader needs.

**Refreshing repairs what a shift and a scale of each channel can repair.** The remedy for swapped ink is again to undo the cause: if the paper is bright, `1 - images`.
"""

# %% [markdown]
"""
### Which images, and how many?

Statistics are only as good as the images that they are taken from. **Predict** the order of three refreshed readers, all tested on the same handwriting: refreshed with 100 mixed images; with 5; with 100 images that all show a **0**.
"""

# %%
chosen = {
    "not refreshed": None,
    "100 mixed images": lambda task: task.x_train[:100],
    "5 mixed images": lambda task: task.x_train[:5],
    "100 images of a 0": lambda task: task.x_train[task.y_train == 0][:100],
}


def score_with(seed, choose):
    """Return the accuracy on handwriting, with the statistics of the chosen images."""
    task, model = targets[seed], readers[seed]
    if choose is not None:
        model = adaptation.refreshed(model, choose(task))
    return accuracy(model, task.x_test, task.y_test)


by_images = compare(
    {name: lambda seed, f=choose: score_with(seed, f) for name, choose in chosen.items()}, seeds
)
by_images

# %%
print("only zeros, compared with as many mixed images:")
print(by_images.difference("100 images of a 0", "100 mixed images"))

# %% [markdown]
"""
Few images go a long way: each has 256 places, and a mean over places is soon stable. *Which* images matters more. With nothing but zeros, "what zeros look like" is subtracted as if it were "what this domain looks like". So the unlabelled images should show the classes about as often as the images in use will.
"""

# %% [markdown]
"""
## Which data may be used?

The 500 test images have no part in the adaptation. But why, if refreshing uses no labels? **Predict:** how much would be gained by refreshing with the test images themselves?
"""

# %%
on_test_images = compare(
    {
        "with training images": lambda seed: score_with(seed, chosen["100 mixed images"]),
        "with the test images": lambda seed: score_with(seed, lambda task: task.x_test),
    },
    seeds,
)
print(on_test_images.difference("with the test images", "with training images"))

# %% [markdown]
"""
Whatever that interval says, the second number answers another question. The test images stand for images that you have not got yet. To refresh with them means to wait until all 500 have come, and then to answer. There are programs that may do so. That is *transductive* learning, and it must be reported as what it is. If your program has to answer the first image before it has seen the second, such an accuracy does not describe it.

| data | to adapt | to score |
|---|---|---|
| source images and labels | yes | no: another domain |
| target training images | yes | no: they had a part in it |
| target training labels | not here: that is what "without labels" means | no |
| target test images | **no** | yes |
| target test labels | **no**, not even to choose between two models | yes |
"""

# %% [markdown]
"""
## Exercise 3: adapt, then score

Write `adapt_and_score(model, target)` for a `Dataset` named `target`. It returns `adapted, accuracy`: a copy of the model with the statistics of the target, and the share of test images that this copy reads correctly. Use of the data what the table allows, without any label in the adaptation. You may call `adaptation.refreshed` or your own function.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

A `Dataset` has four arrays. Which of them may have an influence on the *model* that you return, and which on the *accuracy* alone?

</details>
<details><summary>Hint 2: where to look</summary>

The table above, and the function `score_with`. The function `accuracy` is yours to use.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
adapted = adaptation.refreshed(model, ...)
return adapted, accuracy(adapted, ..., ...)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "adapt_and_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adapt_and_score(model, target):
    """Return a copy of `model` with the statistics of the target, and its test accuracy."""
    ### BEGIN SOLUTION
    adapted = adaptation.refreshed(model, target.x_train)
    return adapted, float(accuracy(adapted, target.x_test, target.y_test))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "adapt_and_score_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
from transferlab import check
from transferlab.check import adaptation as check_adaptation

with check.exercise("adapt_and_score"):
    model = check_adaptation.small_reader(seed=2)
    check_adaptation.adapting(adapt_and_score, model, check_adaptation.small_target(seed=2))
    ### BEGIN HIDDEN TESTS
    model = check_adaptation.small_reader(seed=3, classes=5)
    with check.another_case("five classes"):
        target_of_five = check_adaptation.small_target(seed=3, classes=5)
        check_adaptation.adapting(adapt_and_score, model, target_of_five)
    ### END HIDDEN TESTS

# %% [markdown]
"""
Now back to the gap. After refreshing, each domain is read with statistics of its own, and the reader has become better. **Predict** the domain gap of the features: has it gone?
"""

# %%
own = adaptation.refreshed(extractor, target.x_train[:300])
after = adaptation.domain_gap(source_features, own(target.x_train[:1000]).numpy())
before = adaptation.domain_gap(source_features, target_features)
print(f"gap before: {before:.2f}, after: {after:.2f} (2 is the most)")

# %% [markdown]
"""
It has hardly moved. A classifier with 256 features still finds *something* that differs. The gap is a smoke detector: it tells that there is something, and not whether it will burn your accuracy. For that you need labels of the target, a few at least.
"""

# %% [markdown]
"""
## A few labels

Suppose that somebody labels some handwritten digits: five of each, a matter of minutes. You also have a thousand rendered ones. Three ways to train the head on features:

- **rendered only**, as before, with or without refreshing: no labels of the target;
- **few real only**: forget the rendered digits, as in lesson 5;
- **one pot**: rendered and real together, each row counts once.

**Predict** the order for 1, 2, 5 and 20 labels per digit. Do a thousand rendered digits ever hurt?
"""

# %%
features = {
    seed: (extractor(sources[seed].x_train).numpy(), extractor(targets[seed].x_test).numpy())
    for seed in seeds
}


def score_few(seed, labels, weight):
    """Return the accuracy of a head trained on few real digits, with or without the rendered."""
    few = targets[seed].few(labels, seed=seed)
    few_features = extractor(few.x_train).numpy()
    rendered_features, test_features = features[seed]
    if weight is None:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        classifier.fit(few_features, few.y_train)
    else:
        classifier = adaptation.from_both(
            rendered_features, sources[seed].y_train, few_features, few.y_train, weight
        )
    return classifier.score(test_features, few.y_test)


with_labels = {
    labels: compare(
        {
            "few real only": lambda seed, n=labels: score_few(seed, n, weight=None),
            "one pot": lambda seed, n=labels: score_few(seed, n, weight=1),
            "one pot, real ones count 100 times": lambda seed, n=labels: score_few(seed, n, 100),
        },
        seeds,
    )
    for labels in (1, 2, 5, 20)
}

# %% mystnb={"image": {"alt": "Accuracy over 1, 2, 5 and 20 labels per class: with one label the mixtures are above the few real labels alone; from five labels on the few real ones alone are as good as any or better, and one pot is the lowest"}}
plain = without_labels["as they are"]
labels_curve(
    with_labels,
    {
        "no labels": plain.scores["nothing"],
        "no labels, refreshed": plain.scores["refresh statistics"],
    },
)

# %%
print("what the rendered digits add to the few real ones:")
for labels, comparison in with_labels.items():
    for way in list(comparison.scores)[1:]:
        print(f"  {labels:2} labels, {way:35}", comparison.difference(way, "few real only"))

# %% [markdown]
"""
- **One label** of each digit: the rendered digits help where each real row counts a hundred times. (And in one pot? Read its interval.)
- **From five on** they are a burden. In one pot, a thousand printed digits outvote the few that show what is wanted. Source data that hurt: lesson 9 called it negative transfer.
- **A few labels beat all cleverness without labels.** Five of each digit do far more than refreshing did.

That weight takes away a part of the harm. It is a choice of yours, and it has to be made without the test images.
"""

# %% [markdown]
"""
## Exercise 4: weigh the domains

Write `guess_from_both(source_features, source_labels, few_features, few_labels, weight, test_features)`. It trains one classifier on the rows of both domains, in which each **target** row counts `weight` times and each source row once. It returns one guessed label for each test row.

Classifiers of scikit-learn take `sample_weight` in `fit`, one number for each row. In a pipeline, the argument has to name the step that it is for: `logisticregression__sample_weight=...`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

How many numbers does `sample_weight` need, and which of them are 1?

</details>
<details><summary>Hint 2: where to look</summary>

`np.concatenate` puts rows, labels and weights one after the other: in the same order all three times. `np.ones(n)` and `np.full(n, weight)` make the weights.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
rows = np.concatenate([source_features, ...])
labels = ...
weights = np.concatenate([np.ones(len(...)), np.full(len(...), weight)])
classifier = make_pipeline(...)
classifier.fit(rows, labels, logisticregression__sample_weight=...)
return classifier.predict(...)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "guess_from_both", "locked": false, "schema_version": 3, "solution": true, "task": false}
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    """Return guesses of a classifier trained on both; each of the few rows counts `weight` times."""
    ### BEGIN SOLUTION
    rows = np.concatenate([source_features, few_features])
    labels = np.concatenate([source_labels, few_labels])
    weights = np.concatenate([np.ones(len(source_features)), np.full(len(few_features), weight)])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(rows, labels, logisticregression__sample_weight=weights)
    return classifier.predict(test_features)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "guess_from_both_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
from transferlab import check
from transferlab.check import adaptation as check_adaptation

with check.exercise("guess_from_both"):
    check_adaptation.weighted(guess_from_both, seed=0)
    ### BEGIN HIDDEN TESTS
    with check.another_case("a third class, which only the source has shown"):
        check_adaptation.weighted(guess_from_both, seed=1, classes=3)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "whose_test_set",
    "A model reads 99 % of the test images of its source domain. What follows for a new domain with the same classes?",
    right={
        "Nothing yet: measure it on labelled images of the new domain": (
            "A test set speaks for images that come from where it comes from."
        ),
    },
    wrong={
        "About 99 %, since the classes are the same": (
            "The classes were the same here too, and the images were not."
        ),
        "A little less, in every class alike": (
            "Look at the first plot: some digits lost next to nothing, others nearly everything."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "domain_gap_meaning",
    "A classifier tells two domains apart without an error on held-out rows. What do you know?",
    right={
        "They differ in something; whether it costs accuracy remains open": (
            "The gap stayed where it was while the refreshed reader got better."
        ),
    },
    wrong={
        "A model from the one domain will fail on the other": (
            "The difference may be in something that the model ignores."
        ),
        "Nothing, because the classifier has remembered the rows": (
            "It would have, on rows that it was trained on. Held-out rows it has never seen."
        ),
        "The classes are distributed differently": (
            "That would be one possible cause of many. The classifier never saw a class."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "what_moves",
    "You call `model(images, training=True)` once, without `fit`. Which weights may change?",
    right={
        "Moving means and variances of BatchNorm layers that are not frozen": (
            "A tenth of the way at a momentum of 0.9. Kernels need an optimizer."
        ),
    },
    wrong={
        "None, because only `fit` changes weights": (
            "Only an optimizer changes *trainable* weights. Statistics move by looking."
        ),
        "All that are trainable": (
            "For that, a gradient and an optimizer are needed; a call has neither."
        ),
        "Moving statistics of all BatchNorm layers, frozen or not": (
            "A frozen BatchNorm layer is in inference mode: last line of the fact cell."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "why_not_inverted",
    "Why does refreshing not help when ink and paper are swapped?",
    right={
        "The convolutions' answers turn their sign, and BatchNorm divides by a positive number": (
            "It can shift and scale each channel. To turn a sign, undo the cause: `1 - images`."
        ),
    },
    wrong={
        "There were too few unlabelled images": (
            "Five do nearly as well as a hundred elsewhere. More of them would not turn a sign."
        ),
        "The statistics cannot be measured on bright images": (
            "They can, and they were. They are the right ones, and do not help."
        ),
        "Because no label was used": (
            "Grey paper was repaired without a label. It depends on the kind of shift."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "few_labels_or_not",
    "You have a thousand labelled source images, and a colleague offers to label five target images per class. What does this lesson suggest?",
    right={
        "Accept, and compare the few alone with a mixture, on data other than the test set": (
            "With one label the source helped, with five it did not. Where it turns depends on the "
            "pair of domains."
        ),
    },
    wrong={
        "Decline: fifty images among a thousand change nothing": (
            "Alone, the fifty did better than the thousand. It is in one pot that they are "
            "outvoted."
        ),
        "Accept, and put all images into one pot, since more data is always better": (
            "From five labels on, one pot was worse than the few alone."
        ),
        "Accept, and use them as the test set of all further choices": (
            "To have some to score on is good; a set that all choices are made on is no test set."
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

- A domain is where images come from. A test set speaks for its own domain only; look at single classes.
- A domain classifier notices a shift without labels. Score it on held-out rows, with equal numbers, beside a control of one domain. It does not tell what the shift costs.
- Know the cause? Undo it: that is preprocessing. Do not know it? Refresh the BatchNorm statistics with unlabelled images: `training=True`, no `fit`, on a copy.
- Refreshing repairs shift and scale of channels. It cannot turn a sign, and it believes the images that it is given.
- Test images have no part in adapting, not even without labels; test labels do not choose between models.
- A few labels of the target beat all that. Then the source may become a burden: compare with the few alone, and weigh the domains.

**Next:** in lesson 11 you leave images behind. Words become points, and a table of them becomes the backbone.

### Further reading

- Shai Ben-David, John Blitzer, Koby Crammer, Alex Kulesza, Fernando Pereira, Jennifer Wortman Vaughan: [A theory of learning from different domains](https://doi.org/10.1007/s10994-009-5152-4) (Machine Learning, 2010). What a small gap does promise, and under which condition.
- Yanghao Li, Naiyan Wang, Jianping Shi, Jiaying Liu, Xiaodi Hou: [Revisiting Batch Normalization For Practical Domain Adaptation](https://arxiv.org/abs/1603.04779) (2016). Refreshed statistics, under the name AdaBN.
- Hal Daumé III: [Frustratingly Easy Domain Adaptation](https://arxiv.org/abs/0907.1815) (ACL 2007). Simple ways to mix domains, and how far they go.
- Yaroslav Ganin, Evgeniya Ustinova, Hana Ajakan, Pascal Germain, Hugo Larochelle, François Laviolette, Mario Marchand, Victor Lempitsky: [Domain-Adversarial Training of Neural Networks](https://arxiv.org/abs/1505.07818) (JMLR 2016). Features trained so that a domain classifier fails.
- Dequan Wang, Evan Shelhamer, Shaoteng Liu, Bruno Olshausen, Trevor Darrell: [Tent: Fully Test-time Adaptation by Entropy Minimization](https://arxiv.org/abs/2006.10726) (ICLR 2021). The transductive setting, said openly.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
