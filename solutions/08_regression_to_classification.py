# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 8. From regression to classification

Somebody has trained a network to *measure*: how wide is this shape, how many holes has it? You want to *name* things: which digit is it? Can a network that was never told a single name help you?

Surgery comes first, and it is short. The more interesting question comes before it: which of two regressors would you choose, and why? To answer it, ask of each: **what must a network know to solve its task?**

**After this lesson you can**

- tell a regressor from a classifier by its output, its targets, its loss and its score;
- say in degrees or pixels how far off a regressor is, and how much it explains;
- turn a regressor into a classifier, and know the place where to cut;
- explain what goes wrong with a linear output, with squared error, and with a cut after the output;
- choose between sources by a prediction, and then by a test with the right control.

**Time:** about 60 minutes. **You need:** lesson 5 (features, controls, comparisons over seeds) and lesson 6 (heads, softmax, cross-entropy).
"""

# %%
import keras
import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, progress, quiz, reflect, see, sweeps
from transferlab.experiment import Comparison, compare
from transferlab.see.features import scores
from transferlab.see.regression import (
    over_depth,
    pushes,
    shares,
    source_explorer,
    true_and_predicted,
)
from transferlab.training import linear_probe

keras.utils.set_random_seed(8)
threadpool_limits(1)  # for problems as small as ours, one thread is quicker than many
print("Keras", keras.__version__)

# %%
progress.panel(["typical_error", "r_squared", "to_classifier", "choose_source"])

# %% [markdown]
"""
## One image, two questions

Here are letters, and two things that can be asked of each. The first network, `measurements`, has to tell its **shape**: 15 numbers, such as its width and how many holes it has. The second, `pose`, has to tell how the letter was **turned, shifted and shrunk**: 4 numbers. Neither was ever told which letter it sees.
"""

# %% mystnb={"image": {"alt": "Eight small grey pictures of distorted letters; above each its width in pixels, its number of holes, and by how many degrees it was turned"}}
shape = data.measurements(n=300, n_test=520, seed=13)
pose = data.pose(n=300, n_test=520, seed=13)  # the same seed: the same images


def in_units(y, dataset):
    """Return standardised numbers in the units of the dataset's targets."""
    return y * dataset.deviation + dataset.mean


width, holes = (shape.target_names.index(name) for name in ("width", "holes"))
true_shape, true_pose = in_units(shape.y_test, shape), in_units(pose.y_test, pose)
see.images(
    shape.x_test[:8],
    [
        f"{true_shape[i, width]:.0f} px wide\n{true_shape[i, holes]:.0f} holes\n"
        f"{true_pose[i, 0]:+.0f}°"
        for i in range(8)
    ],
    columns=8,
)

# %% [markdown]
"""
**Predict, and write it down.** You will have ten labelled images of each handwritten digit, and one of these two networks to start from. Which one helps you more: the one that measures shapes, or the one that finds the pose? Why?

Before we test it, you should know what kind of network this is.

## The anatomy of a regressor

A network that answers with amounts is a **regressor**. **Predict:** in which layer does it differ from the letter reader of lesson 2, and in which way?
"""

# %% tags=["nbval-check-output"]
networks = {name: backbones.load_backbone(name) for name in ("measurements", "pose", "letters")}
for name, network in networks.items():
    final = network.layers[-1]
    print(f"{name:13} {final.name:13} {final.units:2} outputs, {final.activation.__name__}")

# %% [markdown]
"""
The body is the same. The end is not, and neither is what surrounds it:

| what differs | classifier | regressor |
|---|---|---|
| question | which one? | how much? |
| target | a name, written as a whole number | an amount, with a unit |
| output | one per class, softmax | one per target, **linear** |
| the outputs of an image | positive, sum to 1 | any numbers |
| loss | cross-entropy | **mean squared error** |
| score | accuracy | typical error, R² (both come below) |

*Linear* means that there is no activation: the weighted sum is the answer. An amount may be negative or large, and softmax would forbid both.

### Targets with units

The squared error adds up what the targets get wrong. One is counted in pixels, another in holes, another in shares of the ink. **Predict:** if all are added as they are, which target will the network care about most?
"""

# %% mystnb={"image": {"alt": "Bar chart of the 15 measurements: as they are, one or a few targets own nearly all of the squared error; standardised, all have the same small share"}}
variance = shape.deviation**2
shares(
    {
        "as they are": variance / variance.sum(),
        "standardised": np.full(len(variance), 1 / len(variance)),
    },
    shape.target_names,
)

# %% [markdown]
"""
The bars show the error of a network that has learned nothing yet. A target whose numbers spread widely takes nearly all of it, because of its *unit*. In another unit it would be another target.

So targets are **standardised**, as features were in lesson 5: minus the mean, divided by the standard deviation, both taken from the training data. Then each begins with the same share. The price: the network answers in standard deviations, and somebody has to translate.

`in_units` above does it: times the deviation, plus the mean. Here is what the network says, translated.
"""

# %% mystnb={"image": {"alt": "Four scatter plots of predicted against true values: ink, width, slant and holes; points of a good measurement lie along the dotted diagonal"}}
measured = networks["measurements"](shape.x_test).numpy()
looked_at = [shape.target_names.index(name) for name in ("ink", "width", "slant", "holes")]
true_and_predicted(
    true_shape[:, looked_at],
    in_units(measured, shape)[:, looked_at],
    [shape.target_names[k] for k in looked_at],
    ["share of page", "pixels", "pixels per pixel", "count"],
)

# %% [markdown]
"""
Look at the holes: the truth is a whole number, and the network answers with anything between. It does not choose. It estimates.
"""

# %% [markdown]
"""
## Exercise 1: how far off?

"An error of 0.29" tells nobody anything. Write `typical_error(dataset, predictions)`: the **root of the mean squared error** on the test images, one number for each target, **in its unit**.

`predictions` are standardised, as `dataset.y_test` is. Both have the shape `(n, k)`; return an array of shape `(k,)`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

The truth is 12 pixels and the prediction 15. Add the same mean to both of them. What happens to their difference?

</details>
<details><summary>Hint 2: where to look</summary>

`dataset.deviation` holds one number per target. `.mean(axis=0)` takes the mean over the images and keeps the targets apart.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
gaps = predictions - ...
root = np.sqrt((gaps**2).mean(axis=...))
return root * ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "typical_error", "locked": false, "schema_version": 3, "solution": true, "task": false}
def typical_error(dataset, predictions):
    """Return the root mean squared error on the test images (k,), in the units of the targets."""
    ### BEGIN SOLUTION
    gaps = predictions - dataset.y_test
    return np.sqrt((gaps**2).mean(axis=0)) * dataset.deviation
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "typical_error_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
import numpy as np

from transferlab import check, data
from transferlab.check import regression

with check.exercise("typical_error"):
    dataset = data.pose(n=60, n_test=40, seed=0)
    off = np.random.default_rng(0).normal(0.2, 0.5, dataset.y_test.shape)
    predictions = dataset.y_test + off
    regression.typical_error(typical_error(dataset, predictions), dataset, predictions)
    ### BEGIN HIDDEN TESTS
    dataset = data.measurements(n=50, n_test=30, seed=1)
    predictions = dataset.y_test - np.random.default_rng(1).gamma(1.0, size=dataset.y_test.shape)
    with check.another_case("15 targets, predictions that are all too low"):
        regression.typical_error(typical_error(dataset, predictions), dataset, predictions)
    ### END HIDDEN TESTS

# %% [markdown]
"""
Try it on the real network, in a new cell: `typical_error(pose, networks["pose"](pose.x_test).numpy())`. The four numbers are in the units of `pose.units`. Is that good? Compare with this.
"""

# %%
for name, unit, deviation in zip(pose.target_names, pose.units, pose.deviation, strict=True):
    print(f"{name:12} always answering the mean: typically {deviation:6.3f} {unit} off")

# %% [markdown]
r"""
## How much does it explain?

This is the rival that every regressor has to beat: one that looks at no image, and always answers with the **mean**. It is typically off by one standard deviation.

**R²** compares with it:

$$R^2 = 1 - \frac{\text{squared error of the network}}{\text{squared error of always answering the mean}}$$

It needs no unit. 1 is perfect. 0 is as good as knowing nothing. **Predict:** can it be negative?
"""

# %% tags=["nbval-check-output"]
truth = np.array([4.0, 6.0, 8.0, 10.0])
for kind, answers in {
    "always the mean": [7, 7, 7, 7],
    "one too high each": [5, 7, 9, 11],
    "the wrong way round": [10, 8, 6, 4],
}.items():
    print(f"{kind:20} R² = {r2_score(truth, answers):5.2f}")

# %% [markdown]
"""
Negative is possible: worse than knowing nothing. R² is not the square of anything here, in spite of its name.

Two things follow from the rival. It belongs to *each target*, so one R² for all hides who is good and who is bad. And it answers with the mean of the data on which it is scored, in their own unit; nothing has to be standardised.
"""

# %% [markdown]
"""
## Exercise 2: R², target by target

Write `r_squared(y, predictions)`. Both arrays have the shape `(n, k)`, in **any** unit. Return the R² of each target, shape `(k,)`.

`sklearn.metrics.r2_score` exists. Write it with NumPy the first time: a score that you cannot compute is a score that you cannot doubt.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

What does the rival answer for the second target? What is its error for the first image?

</details>
<details><summary>Hint 2: where to look</summary>

The formula above is a fraction of two sums of squares. Both sums go over the images: `axis=0`.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
of_network = ((y - ...) ** 2).sum(axis=0)
of_rival = ((y - y.mean(axis=...)) ** 2).sum(axis=0)
return ...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "r_squared", "locked": false, "schema_version": 3, "solution": true, "task": false}
def r_squared(y, predictions):
    """Return R² of each target: how much better than always answering its mean, (k,)."""
    ### BEGIN SOLUTION
    of_network = ((y - predictions) ** 2).sum(axis=0)
    of_rival = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    return 1 - of_network / of_rival
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "r_squared_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import numpy as np

from transferlab import check
from transferlab.check import regression

with check.exercise("r_squared"):
    rng = np.random.default_rng(0)
    y = rng.normal([3, -20, 0.5], [2, 9, 0.1], (30, 3))
    predictions = 0.8 * y + rng.normal([0.5, -4, 0.1], [1, 4, 0.05], y.shape)
    regression.r_squared(r_squared(y, predictions), y, predictions)
    ### BEGIN HIDDEN TESTS
    worse = y + rng.normal(0, [1, 25, 0.02], y.shape)
    with check.another_case("one target is predicted worse than by its mean"):
        regression.r_squared(r_squared(y, worse), y, worse)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## What must it know?

Back to the question of the beginning, now with a way to look inside. Cut a network at a layer, and ask with a *linear* model what can be read there:

- **which letter is it?** (logistic regression, accuracy; nobody ever told these networks)
- **how far was it turned?** (linear regression, R²)

Such a test is called a **probe**. We put it after `features`, after `head_dense`, and after `output`, where the 15 or 4 answers come out. As in lesson 5 there is the control: the same architecture with random weights.

**Predict** for the two regressors: does "which letter?" become easier or harder to read towards the output? And "how far turned?"
"""


# %%
def cut(network, layer):
    """Return the network up to the layer of that name."""
    return keras.Model(network.inputs[0], network.get_layer(layer).output)


# %%
def random_twin(seed):
    """Return the architecture of the regressors with random weights."""
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(networks["measurements"])


def turn_read_from(network, layer):
    """Return the R² with which a linear model reads the turn from what a layer gives."""
    reader = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 6)))
    reader.fit(cut(network, layer)(pose.x_train).numpy(), pose.y_train[:, 0])
    return reader.score(cut(network, layer)(pose.x_test).numpy(), pose.y_test[:, 0])


# %% mystnb={"image": {"alt": "Two panels over the layers features, head_dense and output. Which letter: the line of pose falls to the level of guessing at its output, that of measurements stays high. How far turned: the line of pose stays at the top, that of measurements falls"}}
DEPTHS = ["features", "head_dense", "output"]
letters = data.letters(per_class=10, test_per_class=20, seed=8)
probed = {
    "measurements": networks["measurements"],
    "pose": networks["pose"],
    "random weights": random_twin(0),
}
over_depth(
    {
        "which letter? (accuracy)": {
            name: [[linear_probe(cut(network, layer), letters)] for layer in DEPTHS]
            for name, network in probed.items()
        },
        "how far turned? (R²)": {
            name: [[turn_read_from(network, layer)] for layer in DEPTHS]
            for name, network in probed.items()
        },
    },
    DEPTHS,
    chance={"which letter? (accuracy)": 1 / 26},
)

# %% [markdown]
"""
Follow the line of `pose`. At its four outputs the turn can be read, and the letter cannot: there it is as good as guessing. That is no accident. The answer to "how far was it turned?" must be **the same for an A and for a K**. Whatever tells the two apart is noise for this task, and the network was trained to get rid of it.

Follow `measurements`. Nobody told it letters, yet its 15 numbers tell a good part of them: an O and a T differ in holes, width and ink. A network that has to *describe* shapes must keep what makes them different.

And follow both back to `features`. There they are close together. To undo a turn you must first see strokes. **How much of the source is in a layer depends on how near the output it is.** (A point below 0 in the right panel reads the turn worse than always answering the mean.)

So the recipe is two questions. *What must the network know for its task?* That stays to the end. *What must it ignore?* That is lost on the way, later rather than sooner.
"""

# %% [markdown]
"""
## Where to cut

Now with your real task: ten labels per handwritten digit, *plain* and *in the wild*. Same networks, same three places, logistic regression on top, five seeds.

**Predict.** How far can you get with the 15 measurements alone, and how far with the 4 numbers of the pose? At which place will the two regressors differ most? And will random weights be far below them, everywhere?
"""

# %% mystnb={"image": {"alt": "Two panels, plain digits and digits in the wild: accuracy falls from features over head_dense to output for all networks; pose falls deepest, to a small part at its four outputs, and measurements stays highest there"}}
few = {
    style: [data.digits(style, seed=seed).few(10, seed=seed) for seed in range(5)]
    for style in ("plain", "wild")
}
start = {
    "measurements": lambda seed: networks["measurements"],
    "pose": lambda seed: networks["pose"],
    "random weights": random_twin,
}


def probes(style, layer, sources=start):
    """Compare sources cut at a layer, by logistic regression on few digits of a style."""
    return compare(
        {
            name: lambda seed, source=source: linear_probe(
                cut(source(seed), layer), few[style][seed]
            )
            for name, source in sources.items()
        }
    )


cuts = {style: {layer: probes(style, layer) for layer in DEPTHS} for style in few}
over_depth(
    {
        f"{title} (accuracy)": {
            name: [cuts[style][layer].scores[name] for layer in DEPTHS] for name in start
        }
        for style, title in {"plain": "plain digits", "wild": "digits in the wild"}.items()
    },
    DEPTHS,
)

# %%
for style in few:
    for layer in DEPTHS:
        gap = cuts[style][layer].difference("measurements", "pose")
        print(f"{style:5} cut after {layer:10}  measurements - pose: {gap}")

# %% [markdown]
"""
Here is the answer to your first prediction, at three places. Measuring shapes is the better source, and how much better depends on the cut.

Cut **after the output**, and your classifier reads the *answers to the old question*: 15 numbers, or 4. They are a **bottleneck**: what is not in them cannot be brought back by any classifier. If the old answers describe your classes, you lose some accuracy. If they are made to ignore them, you lose nearly all.

The nearer the output, the more the choice of the source matters. The earlier the cut, the more alike all networks are, even one that has learned nothing. That is a comfort and a warning: at `features` a poor source does less harm, and a good one has less to give.
"""

# %% [markdown]
"""
## Why not keep the loss?

You have cut. A new layer comes on top. The regressor was trained with the squared error, on a linear output. Can you go on like that?

**The class as one number.** The shortest way: one linear output, and the digit itself as its target. 2 is 2.0. The squared error then believes that **3 lies between 2 and 4**, and that taking a 1 for a 9 is eight times as far off as taking it for a 2. An image that looks a little like a 1 and a little like a 9 becomes a 5.

**One number per class.** Ten linear outputs; the target is 1 for the true class and 0 for all others (one-hot). No order any more. It is squared error all the same.

**Predict** the accuracies of both, beside cross-entropy on softmax. All three are linear models on the same features of `measurements`, plain digits. (`RidgeCV` is linear regression with squared error, kept from overfitting.)
"""


# %%
def scaled_features(seed):
    """Return training and test features of the plain digits, scaled by the training features."""
    base, task = cut(networks["measurements"], "features"), few["plain"][seed]
    scaler = StandardScaler().fit(base(task.x_train).numpy())
    return [scaler.transform(base(x).numpy()) for x in (task.x_train, task.x_test)]


def as_one_number(seed):
    """Predict the digit as an amount, and round."""
    task, (train, test) = few["plain"][seed], scaled_features(seed)
    amounts = RidgeCV(np.logspace(-1, 4, 6)).fit(train, task.y_train).predict(test)
    return np.mean(np.round(amounts) == task.y_test)


def as_ten_numbers(seed):
    """Predict ten amounts, 1 for the true digit, and take the largest."""
    task, (train, test) = few["plain"][seed], scaled_features(seed)
    amounts = RidgeCV(np.logspace(-1, 4, 6)).fit(train, np.eye(10)[task.y_train]).predict(test)
    return np.mean(amounts.argmax(axis=1) == task.y_test)


def as_probabilities(seed):
    """Predict ten probabilities with cross-entropy."""
    task, (train, test) = few["plain"][seed], scaled_features(seed)
    return LogisticRegression(max_iter=1000).fit(train, task.y_train).score(test, task.y_test)


# %% mystnb={"image": {"alt": "Dot plot of accuracy: the digit as one number is far below the two others, which are close together"}}
scores(
    {
        "squared error twice, cross-entropy once": compare(
            {
                "one number": as_one_number,
                "ten numbers": as_ten_numbers,
                "ten probabilities": as_probabilities,
            }
        )
    },
    chance=0.1,
)

# %% [markdown]
"""
The single number is a disaster: the order that it imposes is not in the images.

Ten numbers with squared error do well, and you should know it: many texts claim that squared error "does not work" for classes. With *linear* outputs it can. What you lose is the meaning: the outputs are no probabilities, some are negative, and they need not sum to 1.

### Softmax with squared error

Worse is the mixture, softmax outputs trained with squared error. You saw in lesson 6 that Keras runs squared error without a word. What is wrong with it?

Training moves a score by the *slope* of the loss, the push. **Predict:** an image is given the wrong class with great confidence. Should the push on the true class's score be large or small? What will each loss do?
"""

# %% mystnb={"image": {"alt": "Two curves over the probability given to the true class: the push of cross-entropy is largest when the network is sure and wrong; that of the squared error falls to zero there"}}
true_score = np.linspace(-9, 9, 361)  # of the true class; the only other class has the score 0
probability = 1 / (1 + np.exp(-true_score))
losses = {
    "cross-entropy": -np.log(probability),
    "squared error, both outputs": (1 - probability) ** 2 + (1 - probability) ** 2,
}
pushes(
    probability,
    {name: -np.gradient(loss, true_score) for name, loss in losses.items()},
)

# %% [markdown]
"""
Cross-entropy pushes hardest where the network is sure and wrong. The squared error does not push there at all: softmax is flat at its ends, and nothing balances it. It has given up on the very images that it should learn most from.

Does it show? Here are two beginnings for the new layer. One is *fresh*. The other is *sure and wrong*: it was trained well, and then all names were moved on by one, so that it calls a 0 a 1 with great confidence. **Predict** the four accuracies after ten epochs.
"""

# %% tags=["demonstration"]
train, test = scaled_features(0)
labels, test_labels = few["plain"][0].y_train, few["plain"][0].y_test
fitted = LogisticRegression(max_iter=1000).fit(train, labels)
moved_on = [np.roll(3 * fitted.coef_.T, 1, axis=1), np.roll(3 * fitted.intercept_, 1)]

for begin in ("fresh", "sure and wrong"):
    for loss in ("categorical_crossentropy", "mean_squared_error"):
        keras.utils.set_random_seed(0)
        layer = keras.layers.Dense(10, activation="softmax")
        head = keras.Sequential([keras.Input((train.shape[1],)), layer])
        if begin == "sure and wrong":
            head.set_weights(moved_on)
        head.compile(keras.optimizers.SGD(1.0), loss, jit_compile=False)
        head.fit(train, np.eye(10)[labels], batch_size=25, epochs=10, verbose=0)
        right = np.mean(head(test).numpy().argmax(axis=1) == test_labels)
        print(f"{begin:15} {loss:25} accuracy {right:.2f}")

# %% [markdown]
"""
From a fresh beginning, with this rate, both learn. From the bad one cross-entropy recovers, and squared error stays where it was. A fresh network is unsure of everything, so you may never notice. In fine-tuning, with old confidence in wrong places, you may.

The pair to remember is **softmax with cross-entropy**. You saw in lesson 6 which form of it your labels need.
"""

# %% [markdown]
"""
## Exercise 3: make it a classifier

Write `to_classifier(regressor, layer, classes)`. It returns `model, loss`:

- `model` runs the regressor up to the layer of that name, shared and **frozen**, and ends in **one** new layer, which gives the probabilities of `classes` classes and learns;
- `loss` is what you would pass to `compile`, for labels that are whole numbers.

It should work for any regressor. Do not compile or train.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Go through the table in "The anatomy of a regressor". Which of its lines does the new layer change, and which one does `loss` change?

</details>
<details><summary>Hint 2: where to look</summary>

`cut` above gives a model that ends at the layer. It has `inputs[0]` and `outputs[0]`. The table of losses is in lesson 6, "Outputs, activation, loss and labels".

</details>
<details><summary>Hint 3: nearly there</summary>

```python
base = keras.Model(regressor.inputs[0], regressor.get_layer(...).output)
base.trainable = ...
new = keras.layers.Dense(..., activation=...)
return keras.Model(base.inputs[0], new(base.outputs[0])), "..."
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "to_classifier", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_classifier(regressor, layer, classes):
    """Return a classifier on what `layer` gives, and the loss for whole numbers as labels."""
    ### BEGIN SOLUTION
    base = cut(regressor, layer)
    base.trainable = False
    new = keras.layers.Dense(classes, activation="softmax")
    return keras.Model(base.inputs[0], new(base.outputs[0])), "sparse_categorical_crossentropy"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "to_classifier_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import keras

from transferlab import backbones, check
from transferlab.check import given, regression

with check.exercise("to_classifier"):
    regressor = backbones.load_backbone("pose")
    answer = given.same_weights(to_classifier, regressor, "features", 10)
    regression.classifier(answer, regressor, "features", 10)
    ### BEGIN HIDDEN TESTS
    inputs = keras.Input((6,))
    first = keras.layers.Dense(5, activation="tanh", name="first")(inputs)
    second = keras.layers.Dense(5, activation="tanh", name="second")(first)
    joined = keras.layers.Add(name="joined")([first, second])
    outputs = keras.layers.Dense(3, name="amounts")(keras.layers.Dense(4, name="late")(joined))
    regressor = keras.Model(inputs, outputs)
    with check.another_case("functional, two paths that meet, as many classes as targets"):
        answer = given.same_weights(to_classifier, regressor, "joined", 3)
        regression.classifier(answer, regressor, "joined", 3)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Predicted; now see

You have written down which regressor helps more. Here is the whole comparison, with everything that could explain a gain away:

- **pixels** and **from scratch**: without any source;
- **random features**: the architecture, with random weights, never trained;
- **feature extraction**: the pretrained features, frozen;
- **fine-tuning**: lesson 7, all layers, a low rate.

Training whole networks that often takes too long for a lesson. `python -m transferlab.sweeps regression` computes them in some minutes; here are the shipped results. The targets are the ones that one would try first: shapes for plain digits, poses for digits that *are* turned and shifted.

**Predict** for each source: does it beat the random features? Does fine-tuning beat training from scratch?
"""

# %% mystnb={"image": {"alt": "Dot plot of test accuracy for five methods and two pairs of source and target: measurements to plain digits all rather high, pose to digits in the wild lower, with pretrained and random starts close together"}}
results = sweeps.load("regression")
scores(results, chance=0.1)

# %%
for pair, comparison in results.items():
    print(pair)
    for method, control in (
        ("feature extraction", "pixels"),
        ("feature extraction", "random features"),
        ("fine-tuning", "from scratch"),
    ):
        gap = comparison.difference(method, control)
        verdict = "within the noise"
        if gap.is_clear:
            verdict = "clearly better" if gap.mean > 0 else "clearly worse"
        print(f"  {method:18} against {control:15} {verdict}: {gap}")

# %%
pair = "pose to digits in the wild"
again = sweeps.recompute("regression", pair, "feature extraction", seed=0)
shipped = results[pair].scores["feature extraction"][0]
print(f"one point again: {again:.3f}, shipped {shipped:.3f}")
print("agrees" if abs(again - shipped) <= 0.02 else "differs: compute the sweep again")

# %% [markdown]
"""
Read the lines with the right control. "Better than the pixels" is what many reports stop at, and it does not separate what was *learned* from what the *architecture* gives. Only the lines against random features and against training from scratch do.

Where such a line is within the noise, you have a **null**: no gain could be shown. It is a result, and it wants a reason.

- *Plain digits* are easy. Random features get nearly everything right that any features of this architecture do, and a good source has little left to give.
- For *pose*, hopes were high: it was trained on turned and shifted images, and its target is turned and shifted. You know the reason from the probes. What this network has learned *beyond* seeing strokes is to ignore the thing itself, and your task asks for the thing.

Similar *images* are not enough. Ask for a similar *question*.
"""

# %% [markdown]
"""
### Choose the source

Four sources for one architecture: the two regressors, the letter reader, and random weights. Choose one. Look first at what it had to tell, and say what such a network must know. Then compare your guess with its accuracy and the interval of its difference to random weights. All are cut at `features`.
"""


# %%
def with_letters(style):
    """Return what the sources brought above when cut at `features`, and the letter reader."""
    reader = probes(style, "features", {"letters": lambda seed: networks["letters"]})
    return Comparison({**cuts[style]["features"].scores, **reader.scores})


source_explorer(
    {
        "measurements": "How wide is it, and how many holes has it? (and 13 more)",
        "pose": "How far was it turned, and shifted to the right? (and 2 more)",
        "letters": "Which letter is it?",
        "random weights": "Nothing was asked.",
    },
    {
        "measurements": (
            shape.x_test[:6],
            [f"{row[width]:.0f} px\n{row[holes]:.0f} holes" for row in true_shape[:6]],
        ),
        "pose": (
            pose.x_test[:6],
            [f"{row[0]:+.0f}°\n{row[2]:+.1f} px" for row in true_pose[:6]],
        ),
        "letters": (letters.x_test[:6], [letters.class_names[y] for y in letters.y_test[:6]]),
        "random weights": (shape.x_test[:6], [""] * 6),
    },
    {"plain digits": with_letters("plain"), "digits in the wild": with_letters("wild")},
    "random weights",
)

# %% [markdown]
"""
Which target separates the sources better? Where a task is easy, random features are nearly enough, and no source can shine.

## Exercise 4: choose, or decline

Now make the decision a function. Write `choose_source(comparison, control)`. `comparison` holds several sources and the control, by name in `comparison.scores`; `control` is the name of the control. A difference, `comparison.difference(name, control)`, has the ends of its interval in `low` and `high`. Return

- the **name** of the source with the highest mean, among those that are **clearly better** than the control: the 95 % interval of the paired difference lies above zero;
- the name of the **control**, if no source is. "Take none of these" is a decision, too.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

A source may have the highest mean because of one lucky seed. What does its interval look like then? And what does the interval of a source look like that is reliably *worse*?

</details>
<details><summary>Hint 2: where to look</summary>

First collect the names of the sources whose interval lies above zero. `comparison.mean` takes a name and gives a mean, so it can be a `key`. `max(names, key=..., default=...)` returns the default when there are no names.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
better = [
    name for name in comparison.scores
    if name != control and comparison.difference(...).low > ...
]
return max(better, key=comparison.mean, default=...)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "choose_source", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose_source(comparison, control):
    """Return the best source that is clearly better than the control, or else the control."""
    ### BEGIN SOLUTION
    better = [
        name
        for name in comparison.scores
        if name != control and comparison.difference(name, control).low > 0
    ]
    return max(better, key=comparison.mean, default=control)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "choose_source_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
from transferlab import check
from transferlab.check import regression
from transferlab.experiment import Comparison

with check.exercise("choose_source"):
    noise_only = {
        "random weights": (0.70, 0.72, 0.69, 0.71, 0.70),
        "lucky": (0.90, 0.69, 0.70, 0.70, 0.71),
        "worse": (0.50, 0.52, 0.48, 0.51, 0.50),
    }
    regression.chosen(choose_source, Comparison(noise_only), "random weights")
    paired = {
        "fine": (0.43, 0.83, 0.63, 0.53, 0.74),
        "better": (0.45, 0.84, 0.65, 0.56, 0.75),
        "random weights": (0.40, 0.80, 0.60, 0.51, 0.70),
    }
    regression.chosen(choose_source, Comparison(paired), "random weights")
    ### BEGIN HIDDEN TESTS
    steady = {
        "untrained": (0.60, 0.61, 0.62, 0.60, 0.61),
        "steady": (0.65, 0.66, 0.66, 0.65, 0.66),
        "wavering": (0.95, 0.55, 0.96, 0.52, 0.97),
    }
    with check.another_case("the highest mean wavers, a lower one is steady"):
        regression.chosen(choose_source, Comparison(steady), "untrained")
    harmful = {
        "nothing": (0.80, 0.81, 0.80, 0.79),
        "harmful": (0.70, 0.71, 0.69, 0.70),
        "no better": (0.80, 0.80, 0.82, 0.78),
    }
    with check.another_case("one source is clearly worse, one no different"):
        regression.chosen(choose_source, Comparison(harmful), "nothing")
    ### END HIDDEN TESTS

# %% [markdown]
"""
Whoever compares many sources on the same test images will find a lucky one among them. Lesson 9 goes on from here: more sources, more targets, and a fair way to choose.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "cut_after_output",
    "A classifier of faces is put on the 3 outputs of a network that tells where the head is turned. It hardly beats guessing. Why?",
    right={
        "The outputs are made to be the same for all persons who look the same way": (
            "The old question has to ignore who it is. What is ignored cannot be brought back; "
            "cut earlier."
        ),
    },
    wrong={
        "A regressor's outputs are not standardised": (
            "Scaling changes units. It adds no information on who it is."
        ),
        "Three numbers can never tell more than three classes apart": (
            "They could tell thousands, if they were about the right thing. It matters which "
            "numbers they are."
        ),
        "The classifier needs to be deeper": (
            "No classifier finds what is not in its input, however deep it is."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "class_as_amount",
    "Breeds of dogs are numbered 0 to 9, and a linear output is trained on that number with squared error. What is the deepest flaw?",
    right={
        "It says that breed 3 lies between 2 and 4, an order that nobody meant": (
            "Number the breeds another way, and it is another task. Names have no order."
        ),
    },
    wrong={
        "The output may become negative": (
            "It may, and one could clip it. The breeds between would be as wrong as before."
        ),
        "The numbers should have been standardised": (
            "Then 3 lies between 2 and 4 in other units."
        ),
        "Squared error can never be used for classes": (
            "On one-hot targets with linear outputs it did well. One number for all classes is "
            "the flaw."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "r_squared_zero",
    "A regressor has R² = 0 on its test images. What does it mean?",
    right={
        "It is as far off as one that always answers with the mean": (
            "The rival that looks at no image. Below zero is worse than that."
        ),
    },
    wrong={
        "All of its predictions are wrong": (
            "Amounts are hardly ever right to the digit. The question is how far off they are."
        ),
        "Its mean squared error is 0": "Then R² would be 1: nothing left to explain.",
        "Predictions and truth are not correlated": (
            "They may be: predictions that follow the truth but are all too high can have 0 or "
            "less."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "flat_softmax",
    "Softmax with squared error: which of the images that it misreads does it learn least from?",
    right={
        "Those to which it gives a wrong class with great confidence": (
            "Softmax is flat there, so the push is near zero. Cross-entropy pushes hardest there."
        ),
    },
    wrong={
        "Those of which it is unsure": (
            "There the push of the squared error is strong: look at the middle of the curve."
        ),
        "None: Keras would report an error": ("Keras runs it without a word, as lesson 6 showed."),
        "All alike, as the loss is a mean": (
            "The mean is over the images. Each one's slope depends on where it is."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "null_result",
    "Features of a regressor beat the pixels by 10 points, and random features of the same architecture by 0.5 points, interval -1 to 2. What do you report?",
    right={
        "The architecture helps; that its pretraining helps could not be shown": (
            "The control with random weights differs in one thing only: what was learned."
        ),
    },
    wrong={
        "Transfer gives 10 points": (
            "Most of the 10 points come without any source: random weights have them too."
        ),
        "The pretraining has been shown to be useless": (
            "The interval holds 2 points as well as -1. Not shown is not the same as shown to be "
            "nothing; and it is about this target and this cut."
        ),
        "Nothing: a null is no result": (
            "It saves the next person the work, and with a reason it says which source to try "
            "instead."
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

- A regressor answers *how much*: linear output, standardised targets, squared error. Its errors have units; R² compares it with always answering the mean.
- To make it a classifier, three things change: the output becomes softmax, the loss cross-entropy, the targets names. The body stays.
- Cut before the output. The old answers are a bottleneck, and the nearer to them, the more has been thrown away.
- A class is a name. As one number it gets an order that is not there. Softmax with squared error does not learn from what it is sure and wrong about.
- To choose a source, ask what its network must know, and what it must ignore. Then test, against random weights and training from scratch, over several seeds.
- A null with a reason is a result.

**Next:** lesson 9 asks the question of this lesson on a larger scale: many sources, many targets, and sources that do harm.

### Further reading

- Like Hui, Mikhail Belkin: [Evaluation of Neural Architectures Trained with Square Loss vs Cross-Entropy in Classification Tasks](https://arxiv.org/abs/2006.07322) (ICLR 2021). Squared error on classes, without softmax, taken seriously.
- Guillaume Alain, Yoshua Bengio: [Understanding intermediate layers using linear classifier probes](https://arxiv.org/abs/1610.01644) (2016). Asking each layer what it knows.
- Amir Zamir, Alexander Sax, William Shen, Leonidas Guibas, Jitendra Malik, Silvio Savarese: [Taskonomy: Disentangling Task Transfer Learning](https://arxiv.org/abs/1804.08328) (CVPR 2018). Which of 26 tasks, many of them regressions, helps which other.
- Ross Girshick: [Fast R-CNN](https://arxiv.org/abs/1504.08083) (ICCV 2015). One network that names things and measures where they are: both heads on the same features.
- Keras documentation, [Regression losses](https://keras.io/api/losses/regression_losses/).

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
