# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 9. Choosing a model, and negative transfer

Up to now you were handed a backbone. Outside of this course there are thousands, and each comes with a proud number. Which one do you take? And what if taking any of them makes things *worse*?

Both questions have the same answer: ask your own data, ask it fairly, and stop when the noise begins.

**After this lesson you can**

- judge a source by three questions of similarity, before you run anything;
- rank candidates by a linear probe on your training labels, with a spread;
- decide within the noise, where cost has the last word;
- say why a choice made on the test images spoils the number that you report;
- define negative transfer, detect it, and do something about it.

**Time:** about 55 minutes. **You need:** linear probes and controls (lesson 5), fine-tuning (lesson 7), regressors as sources (lesson 8).
"""

# %%
import time

import keras
import numpy as np
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, progress, quiz, reflect, see, sweeps
from transferlab.experiment import Comparison, compare
from transferlab.see.choosing import (
    gaps,
    shortcuts,
    sources_explorer,
    winners_curse,
    within_noise,
)
from transferlab.training import extractor, held_out_probe, linear_probe

keras.utils.set_random_seed(9)
threadpool_limits(1)
print("Keras", keras.__version__)

# %%
progress.panel(["probe_scores", "choose", "report", "verdict"])

# %% [markdown]
"""
## Six candidates on the shelf

Your task is the one of lesson 5: digits in the wild, **ten labels of each**. Six backbones are on the shelf. This is what their makers asked them in pretraining:

| candidate | has seen | was asked |
|---|---|---|
| `letters` | letters in the wild | which of 26 letters is it? |
| `letters_resnet` | letters in the wild | which of 26 letters is it? |
| `measurements` | letters in the wild | how wide is it, how many holes has it? (15 numbers) |
| `pose` | letters in the wild | how was it turned, moved and shrunk? (4 numbers) |
| `rotation` | letters in the wild, turned | by how many quarters was it turned? (4 classes) |
| `textures` | stripes, checks, dots, clouds | which of 12 textures is it? |
"""

# %% tags=["nbval-check-output"]
names = ["letters", "letters_resnet", "measurements", "pose", "rotation", "textures"]
models = {name: backbones.load_backbone(name) for name in names}
for name in names:
    print(f"{name:15} {models[name].count_params():7,} parameters")

# %% [markdown]
"""
A well-kept model comes with a **model card**: what it was trained on, how it was scored, its limits and its licence. Ours lie beside the weights. The next cell reads the scores out of them.
"""

# %%
cards = {name: (backbones.WEIGHTS / f"{name}.md").read_text("utf-8") for name in names}
stated = {name: card.partition("## Score\n\n")[2].splitlines()[0] for name, card in cards.items()}
for name in names:
    print(f"{name:15} {stated[name]}")

# %% mystnb={"image": {"alt": "Three rows of small grey pictures: distorted letters, patches of texture such as stripes and clouds, and handwritten digits in the wild; letters and digits are both made of strokes, textures are not"}}
digits = data.digits("wild", seed=0).few(labels_per_class=10, seed=0)
looks = {
    "letter": data.letters(per_class=1, test_per_class=1).x_test[:8],
    "texture": data.textures(1, test_per_class=1).x_test[:8],
    "target": digits.x_train[:8],
}
see.images(np.concatenate(list(looks.values())), np.repeat(list(looks), 8), columns=8)

# %% [markdown]
"""
**Predict.** Write the six names down, the best source for the digits first. Then mark which two of them you think nobody could tell apart.
"""

# %% [markdown]
"""
## Three questions of similarity

Before you run anything, ask of each candidate:

1. **Categories.** Are the things it has seen like yours? Letters and digits are strokes on paper. Stripes and clouds have no shape.
2. **Task.** Does what it was asked need what you need? To name a letter you must ignore how it was turned; to tell its *pose* you must ignore which letter it is.
3. **Architecture.** Does the network suit your images: their size, their channels, what moves in them? And does it suit your machine?

Our shelf was made so that each question can be asked *by itself*. Take `letters` as the point of departure. `letters_resnet` differs in architecture alone. `rotation`, `measurements` and `pose` differ in task; they have the same architecture and the same kind of image. `textures` has the same architecture and names classes too; what differs is what it has seen.

**Predict:** which of the three differences costs most on digits in the wild?

The comparison was computed beforehand, by `python -m transferlab.sweeps sources`: a linear probe on the features of every candidate, for four targets, five draws of the training and test images each.
"""

# %% mystnb={"image": {"alt": "Dot plot of five differences in accuracy with intervals, each against the backbone letters: textures loses most, the three other tasks lose less, and the other architecture is close to zero"}}
results = sweeps.load("sources")
wild = results["digits in the wild"]
questions = {
    "other categories: textures": "textures",
    "other task: pose": "pose",
    "other task: measurements": "measurements",
    "other task: rotation": "rotation",
    "other architecture: letters_resnet": "letters_resnet",
}
gaps({row: wild.difference(name, "letters") for row, name in questions.items()}, than="letters")

# %% [markdown]
"""
Categories first, then the task. The architecture comes last: its interval holds zero, so these draws do not tell whether it costs anything. There is a reason for this order: features are answers to the question that was asked in pretraining, about the things that were shown.

Can you believe a stored number? Compute one of them anew.
"""

# %%
now = sweeps.recompute("sources", "digits in the wild", "letters", seed=0)
kept = wild.scores["letters"][0]
print(f"letters, seed 0: kept {kept:.3f}, computed now {now:.3f}: ", end="")
print("they agree." if abs(now - kept) < 0.02 else "they differ; was a backbone trained anew?")

# %% [markdown]
"""
One warning. We have looked at *test* accuracies here, because we study how choosing works. Whoever has to choose for a task of their own must not. Why not, and what to do instead, comes next.
"""

# %% [markdown]
"""
## Ask your own data

The three questions make a short list. To rank it, let each candidate show what it can do on **your** labels. The cheapest way is the linear probe of lesson 5: extract features, train a logistic regression. It costs no training of a network, so you can afford to try every candidate.

Scored on what? Not on the images that the classifier was trained on: those it knows. Not on the test images: they are for the final number. What is left are your hundred training images. So divide them into five parts, **folds**. Train on four, score on the fifth; do it five times, with each part held out once. That is **cross-validation**.

`cross_val_score` does all of it and gives one accuracy per fold. `StratifiedKFold` makes folds that hold the same share of every class. With a fixed `random_state` the folds are the same for whoever is tested.

**Predict:** five folds of twenty images each. How far apart will the lowest and the highest of the five accuracies be?
"""

# %%
folds = StratifiedKFold(5, shuffle=True, random_state=0)
probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
rows = np.asarray(extractor(models["letters"])(digits.x_train))
print("letters, held-out accuracy by fold:", cross_val_score(probe, rows, digits.y_train, cv=folds))

# %% [markdown]
"""
One fold by itself is an anecdote. Their mean is better, and their spread tells how much better.
"""

# %% [markdown]
"""
## Exercise 1: the same question for all candidates

Write `probe_scores(candidates, dataset, folds)`. `candidates` is a dictionary from a name to a function that turns images into rows of features. Return a dictionary from each name to its held-out accuracies, **one for each of the `folds` folds**.

The number of folds is passed in. All candidates get the same folds, so that they can be compared pair by pair. And `dataset` holds more than you may use.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

`dataset` has four arrays. Which two may a choice depend on?

</details>
<details><summary>Hint 2: where to look</summary>

The cell above does it for one candidate and five folds. What has to move into a loop over `candidates.items()`, and what must stay before it?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
split = StratifiedKFold(..., shuffle=True, random_state=0)
scores = {}
for name, describe in candidates.items():
    rows = np.asarray(describe(...))
    scores[name] = cross_val_score(..., rows, ..., cv=split)
return scores
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "probe_scores", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe_scores(candidates, dataset, folds):
    """Return name -> the accuracies of a linear probe on each held-out fold."""
    ### BEGIN SOLUTION
    split = StratifiedKFold(folds, shuffle=True, random_state=0)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return {
        name: cross_val_score(
            classifier, np.asarray(describe(dataset.x_train)), dataset.y_train, cv=split
        )
        for name, describe in candidates.items()
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "probe_scores_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import check
from transferlab.check import choosing as check_choosing

with check.exercise("probe_scores"):
    check_choosing.probe_scores(probe_scores, classes=4, folds=4, seed=0)
    ### BEGIN HIDDEN TESTS
    with check.another_case("three classes, six folds"):
        check_choosing.probe_scores(probe_scores, classes=3, folds=6, seed=1)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Rank the shelf

Now the six, and the two controls without pretraining: pixels, and the architecture of `letters` with random weights. Each of them is a candidate like the others. *No transfer* has to be on every list. (`held_out_probe` is what you wrote in exercise 1, for one candidate and five folds.)
"""


# %%
def pixels(images):
    """Describe each image by its pixels, in a row."""
    return images.reshape(len(images), -1)


def shelf(seed):
    """Return name -> function from images to rows, the controls first."""
    keras.utils.set_random_seed(seed)
    untrained = keras.models.clone_model(extractor(models["letters"]))
    trained = {name: extractor(model) for name, model in models.items()}
    return {"pixels": pixels, "untrained": untrained, **trained}


# %% [markdown]
"""
**Predict:** how many of the eight will be too close to the best to be told apart?
"""

# %% mystnb={"image": {"alt": "Dot plot of held-out accuracy for eight candidates, the best on top; small markers for five folds spread widely, and a hatched band of one standard error below the best mean holds the markers called level"}}
candidates = shelf(seed=0)
scores = {name: held_out_probe(describe, digits) for name, describe in candidates.items()}
within_noise(scores)

# %% [markdown]
"""
Look at the small markers first. A hundred labels, twenty in each fold: single folds differ by more than most candidates do. How well, then, is a *mean* of five folds known? Its **standard error** is the standard deviation of the folds divided by the square root of their number.

The hatched band is one standard error wide. Whoever lies in it is **level** with the best, as far as these labels can tell. To pick the first of them "because it is the best" is to pick the luckiest.

So among the level ones, choose by something that you *can* tell apart: **cost**. How long does it take to describe a thousand images?
"""


# %%
def seconds_for(describe, images):
    """Return the shortest of three times that it takes to describe the images."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        describe(images)
        times.append(time.perf_counter() - start)
    return min(times)


thousand = np.concatenate([digits.x_test, digits.x_test])
facts = {
    name: {
        "source score": float(stated[name].split()[0]),
        "parameters": models[name].count_params(),
        "seconds": seconds_for(candidates[name], thousand),
        "probe": scores[name],
    }
    for name in names
}
for name, of in facts.items():
    print(f"{name:15} {of['seconds']:.3f} s per 1,000 images, probe {of['probe'].mean():.2f}")

# %% [markdown]
"""
Time is not size: the smallest of the six by parameters need not be the fastest, since a network with many thin layers has few weights and many steps.

Cost is more than time. A licence that forbids your use makes a model infinitely expensive. Memory counts on a phone, and so does the afternoon that it takes to make a strange model run.
"""

# %% [markdown]
"""
## Exercise 2: decide within the noise

Write `choose(facts)`. `facts` is a dictionary like the one above: name -> `"source score"`, `"parameters"`, `"seconds"` and `"probe"`, the accuracies of the folds. Return the **name of the fastest candidate whose mean probe is at most one standard error below the best mean**. The standard error is that of the best candidate.

This is the *one-standard-error rule*. It was made for pruning decision trees, and it fits wherever many candidates are nearly equal.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Which of the four facts say something about *your* task? Which one is only asked at the very end?

</details>
<details><summary>Hint 2: where to look</summary>

`max(means, key=means.get)` gives the name with the largest value. The standard error stands in the text above: `np.std(..., ddof=1)`, and a square root.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
means = {name: np.mean(of["probe"]) for name, of in facts.items()}
best = max(...)
error = np.std(facts[best]["probe"], ddof=1) / ...
level = [name for name in facts if means[name] >= ...]
return min(level, key=lambda name: facts[name][...])
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "choose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def choose(facts):
    """Return the name of the fastest candidate within one standard error of the best."""
    ### BEGIN SOLUTION
    means = {name: np.mean(of["probe"]) for name, of in facts.items()}
    best = max(means, key=means.get)
    folds_of_best = facts[best]["probe"]
    error = np.std(folds_of_best, ddof=1) / np.sqrt(len(folds_of_best))
    level = [name for name in facts if means[name] >= means[best] - error]
    return min(level, key=lambda name: facts[name]["seconds"])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "choose_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import numpy as np

from transferlab import check
from transferlab.check import choosing as check_choosing


def made_up(**of_each):
    """Return facts out of (source score, parameters, seconds, accuracies of the folds)."""
    labels = ("source score", "parameters", "seconds", "probe")
    return {
        name: dict(zip(labels, (*values[:3], np.array(values[3])), strict=True))
        for name, values in of_each.items()
    }


with check.exercise("choose"):
    table = made_up(
        trees=(0.91, 2e6, 3.0, [0.76, 0.80, 0.82, 0.84, 0.88]),
        ferns=(0.84, 4e6, 1.0, [0.78, 0.84, 0.80, 0.83, 0.80]),
        mosses=(0.80, 8e5, 0.6, [0.80, 0.77, 0.80, 0.79, 0.79]),
        cars=(0.93, 3e6, 2.0, [0.60, 0.95, 0.62, 0.55, 0.58]),
        photos=(0.88, 4e6, 4.0, [0.90, 0.66, 0.70, 0.68, 0.66]),
        faces=(0.99, 5e6, 2.5, [0.61, 0.58, 0.62, 0.60, 0.59]),
        giant=(0.95, 9e7, 30.0, [0.70, 0.72, 0.69, 0.68, 0.71]),
        tiny=(0.60, 1e4, 0.1, [0.50, 0.52, 0.48, 0.49, 0.51]),
        static=(0.30, 5e5, 0.9, [0.30, 0.28, 0.33, 0.31, 0.28]),
    )
    check_choosing.chosen(choose(table), table)
    ### BEGIN HIDDEN TESTS
    clear = made_up(
        slow=(0.70, 1e6, 9.0, [0.90, 0.92, 0.91, 0.93, 0.92, 0.91, 0.90, 0.92]),
        quick=(0.99, 9e6, 0.1, [0.80, 0.81, 0.79, 0.99, 0.80, 0.82, 0.78, 0.80]),
        middle=(0.80, 2e6, 2.0, [0.95, 0.70, 0.72, 0.71, 0.69, 0.73, 0.70, 0.71]),
    )
    with check.another_case("eight folds, one candidate is clearly the best, and slow"):
        check_choosing.chosen(choose(clear), clear)
    level = made_up(
        first=(0.99, 5e6, 5.0, [0.70, 0.80, 0.90, 0.80]),
        second=(0.50, 7e6, 4.0, [0.80, 0.79, 0.78, 0.79]),
        third=(0.60, 1e6, 2.0, [0.78, 0.78, 0.77, 0.79]),
        fourth=(0.70, 2e6, 1.0, [0.60, 0.61, 0.62, 0.61]),
    )
    with check.another_case("three are level, and the fastest is none of them"):
        check_choosing.chosen(choose(level), level)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Two shortcuts that mislead

The card states a score, and models are sold by their size. Would either have given the same ranking as the probe?

**Predict:** `textures` states one of the highest scores on the shelf. Where will it stand in the probe?
"""

# %% mystnb={"image": {"alt": "Two panels of six lettered points, accuracy of the linear probe against the score on the source task and against the number of parameters; in neither do the points lie along a rising line: textures has a high source score and the lowest probe"}}
compared = {
    name: {
        "source score": facts[name]["source score"],
        "thousand parameters": facts[name]["parameters"] / 1000,
        "probe": wild.mean(name),
    }
    for name in names
}
axis_labels = {
    "source score": "score on the source task\n(accuracy, or variance explained; 0 to 1)",
    "thousand parameters": "size (thousand parameters)",
}
shortcuts(compared, axis_labels, probe="probe")

# %%
for fact in axis_labels:
    values = [compared[name][fact] for name in names]
    rho = spearmanr(values, [compared[name]["probe"] for name in names]).statistic
    print(f"rank correlation of the probe with {fact}: {rho:+.2f} (six candidates)")

# %% [markdown]
"""
A *rank correlation* of 1 means the same order, -1 the reverse, 0 no relation. Six candidates are too few to say what it is in general. They are enough to say that a shortcut can fail: `textures` does its own task very well and is no good here.

Why does the source score mislead? It answers "how well does it do its old work?", and old works differ in difficulty. Textures are easy to tell apart. An H looks the same upside down, so nobody can tell by how many quarters it was turned. Some scores are not even of one kind: accuracy here, explained variance there.

And size? Nothing on our shelf is large. Among networks trained on the **same** source, ImageNet, better and larger ones do tend to transfer better (Kornblith and others, 2019). The shortcut works while the source is the same. It fails when sources differ, which is when you have to choose.
"""

# %% [markdown]
"""
## The winner's curse

Back to the warning. Why not choose by the test images? They are more in number, and you look only once.

Let us choose among candidates that have nothing to choose. Each "backbone" is a matrix of random numbers: pixels times matrix, negative values set to 0. The classifier asks for the nearest mean, as in lesson 5. All of them are poor, and they hardly differ.

We choose the one with the best accuracy on 50 test images. Then we score the same winner on 450 **fresh** ones.

**Predict.** The more candidates, the better the winner: is that so on the 50 images? On the fresh ones?
"""


# %%
def right_answers(matrix, task):
    """Return for each test image whether a nearest mean on random features reads it right."""
    train, test = (np.maximum(pixels(x) @ matrix, 0) for x in (task.x_train, task.x_test))
    means = np.stack([train[task.y_train == digit].mean(axis=0) for digit in range(10)])
    guesses = ((test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    return guesses == task.y_test


few = {seed: data.digits("wild", seed=seed).few(10, seed=seed) for seed in range(5)}
counts = [1, 2, 5, 10, 20, 50]
chosen_on, fresh = np.zeros((2, 5, len(counts)))
for seed, task in few.items():
    random = np.random.default_rng(seed)
    right = np.stack([right_answers(random.normal(size=(256, 32)), task) for _ in range(50)])
    on_50, on_450 = right[:, :50].mean(axis=1), right[:, 50:].mean(axis=1)
    winners = [on_50[:count].argmax() for count in counts]
    chosen_on[seed], fresh[seed] = on_50[winners], on_450[winners]

# %% mystnb={"image": {"alt": "Two lines over the number of random candidates, from 1 to 50: the winner's accuracy on the 50 images that chose it climbs steadily, and its accuracy on 450 fresh images stays nearly level"}}
winners_curse(counts, chosen_on, fresh)

# %%
promised, kept = chosen_on[:, -1].mean(), fresh[:, -1].mean()
print(f"winner of 50: {promised:.3f} on the images that chose it, {kept:.3f} on fresh ones")

# %% [markdown]
"""
Nobody cheated, and the number is wrong. The best of many noisy scores is the one whose noise was kindest. That is the **winner's curse**, and it grows with the number of candidates and shrinks with the number of images.

It hits *every* score that has chosen something, the held-out score as well: the winner's mean over the folds is too high on average. The cure has two steps.

1. Choose by scores on your training labels.
2. Take the winner, and **only the winner's number**, from the test images, which had no say.
"""

# %% [markdown]
"""
## Exercise 3: report what can be believed

Write `report(scores, candidates, dataset)`. `scores` holds the held-out accuracies of each candidate, as `probe_scores` gave them; `candidates` the functions from images to rows. Return two things: the **name** of the candidate with the highest mean score, and the **accuracy that you would put into a report**.

(Cost is left out here. `linear_probe(describe, dataset)` extracts, trains on the training images, and scores on the test images.)
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

You have two kinds of numbers: the held-out scores, and what the test images would say. Which kind chooses, and which kind is reported?

</details>
<details><summary>Hint 2: where to look</summary>

The two steps of the cure, right above. For the name, `max` with a `key`, as in exercise 2.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
winner = max(scores, key=lambda name: np.mean(...))
return winner, linear_probe(..., ...)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "report", "locked": false, "schema_version": 3, "solution": true, "task": false}
def report(scores, candidates, dataset):
    """Return the name of the winner, and its accuracy on images that did not choose it."""
    ### BEGIN SOLUTION
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    return winner, linear_probe(candidates[winner], dataset)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "report_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
from transferlab import check
from transferlab.check import choosing as check_choosing

with check.exercise("report"):
    check_choosing.reported(report, classes=4, seed=0)
    ### BEGIN HIDDEN TESTS
    with check.another_case("three classes, other images"):
        check_choosing.reported(report, classes=3, seed=1)
    ### END HIDDEN TESTS

# %% [markdown]
"""
### Does the probe find the right one?

A hundred labels are few, and folds of twenty are noisy. Let us watch the whole procedure on five draws of the digits: choose by held-out scores, then open the envelope with the test accuracies of all candidates, which we happen to have.

**Predict:** in how many of the five draws is the chosen one the best in hindsight? And when it is not, how much is lost?
"""

# %%
for seed, task in few.items():
    by_folds = {
        name: held_out_probe(describe, task).mean() for name, describe in shelf(seed).items()
    }
    winner = max(by_folds, key=by_folds.get)
    on_test = {name: wild.scores[name][seed] for name in by_folds}
    best = max(on_test, key=on_test.get)
    print(
        f"draw {seed}: chose {winner:14} {on_test[winner]:.3f} on test images; "
        f"best in hindsight {best:14} {on_test[best]:.3f}"
    )

# %% [markdown]
"""
Compare the two numbers in each line: the probe takes the best, or one that is nearly as good. What it is for is to keep you from a *bad* choice, and for that a hundred labels are plenty.

What it does not tell: how good the candidates are after **fine-tuning**. The probe judges the features as they are. Fine-tuning changes them, and may change the order of candidates that are close. When the probe leaves two or three level and you will fine-tune anyway, fine-tune these, and decide on held-out images again.
"""

# %% [markdown]
"""
## Negative transfer

A choice has one more possible outcome: **none of them**. Transfer is called **negative** when the result is *worse with the source than without it*, from the same labels.

"Without" has to be the best that you would do otherwise. A source that beats guessing has proved nothing.

Two sources that a reasonable person might try (computed by `python -m transferlab.sweeps negative`; a minute or more for each draw):

- **textures → plain digits**, ten labels of each. The backbone was trained well, on other things.
- **digits 0 to 4 → digits 5 to 9**, five labels of each. Nothing could be more alike! But the source is small: it has a few hundred images.

**Predict** for both: better than training from scratch, worse, or no difference? For feature extraction, and for fine-tuning?
"""

# %% mystnb={"image": {"alt": "Dot plot of four differences in accuracy against training from scratch, with intervals: feature extraction and fine-tuning for textures to plain digits, and for digits 0 to 4 to digits 5 to 9"}}
negative = sweeps.load("negative")
gaps(
    {
        f"{pair}, {way}": found.difference(way, "from scratch")
        for pair, found in negative.items()
        for way in ("feature extraction", "fine-tuning")
    },
    than="training from scratch",
)

# %%
for pair, found in negative.items():
    print(pair, found, sep="\n", end="\n\n")

# %% [markdown]
"""
Read each row by its interval. Features that were made to tell stripes from dots are a **bad description of digits**: clearly negative. Fine-tuning mends a part of it, since it can unlearn, and stays below scratch: the wrong start is still felt at the end.

The second pair is the more instructive one. Similar categories, the same task, the same architecture: three times "yes", and nothing to be gained. Five digits are too small a source to have taught more than a few labels of your own do. **Similarity is necessary, and it is not enough.** This is why you probe.

Was it the *training* on textures, or would any fixed features have been bad? You know the control: the same architecture with random weights.
"""

# %%
for target, found in results.items():
    print(f"{target:20} textures minus untrained:", found.difference("textures", "untrained"))

# %% [markdown]
"""
On every target, the backbone was more useful *before* it was trained. Random features keep a bit of everything. Trained ones keep what the source needed, and discard the rest on purpose.
"""

# %% [markdown]
"""
## Exercise 4: the verdict

Write `verdict(transfer, without)`. Both are lists of accuracies, from the same seeds in the same order. Return one of three words:

- `"negative"` if transfer is clearly worse,
- `"positive"` if it is clearly better,
- `"undecided"` if these seeds do not tell.

"Clearly" means that the 95 % interval of the **paired** difference leaves out zero. (The interval says where the mean over *many* seeds is likely to lie, judged by how much these few spread.) `Comparison` and its `difference`, which you know from lesson 8, may do the arithmetic for you.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

In seed 3 both accuracies are low, since its digits are hard. Does that say anything against transfer?

</details>
<details><summary>Hint 2: where to look</summary>

`Comparison({"a": ..., "b": ...}).difference("a", "b")` has the attributes `low` and `high`: the ends of the interval of *a minus b*.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
gap = Comparison({"transfer": ..., "without": ...}).difference(..., ...)
if gap.high < ...:
    return "negative"
...
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "verdict", "locked": false, "schema_version": 3, "solution": true, "task": false}
def verdict(transfer, without):
    """Return "negative", "positive" or "undecided" from accuracies of the same seeds."""
    ### BEGIN SOLUTION
    found = Comparison({"transfer": tuple(transfer), "without": tuple(without)})
    gap = found.difference("transfer", "without")
    if gap.high < 0:
        return "negative"
    return "positive" if gap.low > 0 else "undecided"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "verdict_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
from transferlab import check
from transferlab.check import choosing as check_choosing

with check.exercise("verdict"):
    without = [0.62, 0.71, 0.80, 0.88, 0.95]
    transfer = [0.60, 0.68, 0.78, 0.87, 0.92]
    check_choosing.verdict(verdict(transfer, without), transfer, without)
    unsteady = [0.70, 0.50, 0.86, 0.70, 0.94]
    check_choosing.verdict(verdict(unsteady, without), unsteady, without)
    ### BEGIN HIDDEN TESTS
    with check.another_case("better by little in each of six seeds that differ much"):
        without = [0.50, 0.60, 0.70, 0.80, 0.90, 0.55]
        transfer = [0.52, 0.61, 0.72, 0.83, 0.91, 0.57]
        check_choosing.verdict(verdict(transfer, without), transfer, without)
    with check.another_case("better in four of five seeds, and much worse in one"):
        without = [0.80, 0.81, 0.79, 0.82, 0.80]
        transfer = [0.81, 0.82, 0.80, 0.83, 0.62]
        check_choosing.verdict(verdict(transfer, without), transfer, without)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## What to do about it

Four ways out, in the order of their price:

1. **Do without.** No transfer is a candidate like any other.
2. **Take another source.** You have a ranking.
3. **Cut earlier.** Early layers hold strokes and edges, late ones what the source needed. Lesson 5 said: earlier when source and target have little in common.
4. **Keep the pixels as well.** Put features and pixels side by side in one row, and let the classifier weigh them.

**Predict:** can the textures be saved for plain digits by cutting earlier? By adding the pixels?
"""

# %% mystnb={"image": {"alt": "Dot plot of four differences in accuracy against a classifier on pixels, with intervals: the features of textures are clearly worse; cut earlier they are better than the pixels, and with the pixels beside them they are no longer worse"}}
plain = {seed: data.digits("plain", seed=seed).few(10, seed=seed) for seed in range(5)}


def cut_at(layer):
    """Return the textures backbone up to that layer, laid out flat."""
    flat = keras.layers.Flatten()(models["textures"].get_layer(layer).output)
    return keras.Model(models["textures"].inputs[0], flat)


cuts = {layer: cut_at(layer) for layer in ("features", "pool2", "pool1")}


def with_pixels(images):
    """Describe each image by the features of textures and by its pixels."""
    return np.concatenate([cuts["features"](images).numpy(), pixels(images)], axis=1)


ways_out = {
    "textures, cut at features": cuts["features"],
    "textures, cut at pool2": cuts["pool2"],
    "textures, cut at pool1": cuts["pool1"],
    "textures and pixels": with_pixels,
}
saved = compare(
    {
        name: lambda seed, describe=describe: linear_probe(describe, plain[seed])
        for name, describe in {"pixels": pixels, **ways_out}.items()
    }
)
gaps({name: saved.difference(name, "pixels") for name in ways_out}, than="pixels")

# %% [markdown]
"""
The same weights, three layers further down, change sides. Negative transfer is not a property of a *model*. It belongs to a source, a target, a layer, and the number of labels that you have.

Which cut would you take for a task of your own? Cuts are candidates too: score them on held-out folds.
"""

# %% [markdown]
"""
### See it: source by target

All sources for four targets. The last column is special: letters again, the categories of most of the sources, in new pictures. **Predict** before you touch the buttons:

- `rotation` has learned about turning. Is it the best source for the *turned* digits?
- Is the best source the same for all four targets?
- Where does the architecture matter most?
- Which cells of "gain over untrained" are negative?
"""

# %%
sources_explorer(results, references=["pixels", "untrained"])

# %% [markdown]
"""
The expected answer about turned digits is wrong here, and that is a lesson about expectations: "the task has something to do with turning" is a *story*, and features are numbers. (Lesson 12 looks at rotation more closely.)

The architecture, which hardly mattered for digits, matters in the last column. All three questions count; which of them counts most depends on the target. Use them to make the short list, and let the probe rank it.
"""

# %% [markdown]
"""
## A procedure

1. Write down what you would do **without transfer**, and its score.
2. Ask the three questions: categories, task, architecture. Read the cards: data, limits, licence. Keep a handful.
3. Probe them on held-out folds of your **training** labels, controls included.
4. Keep those within one standard error of the best; take the cheapest.
5. Fine-tune it if you like (lesson 7), and compare with 1 in pairs. Negative? Cut earlier, or do without.
6. Open the test set. Once.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "what_matters_most",
    "What matters most when you choose a pretrained model?",
    right={
        "How much the source has in common with your task: what it saw, and what it was asked": (
            "Similarity makes the short list, and a probe on your own labels confirms it. On our "
            "shelf the categories mattered most, then the task."
        ),
    },
    wrong={
        "Its accuracy on the task it was trained for": (
            "`textures` is very good at its own task and was the worst source for digits. The "
            "score says how it does its old work."
        ),
        "The number of its parameters": (
            "Size is a cost. Large models often transfer well when the source is the same; that "
            "does not help you to choose among sources."
        ),
        "That it is the newest architecture": (
            "For digits in the wild, `letters` and `letters_resnet` were hard to tell apart, while "
            "another source cost much."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "chosen_on_test",
    "You score twenty candidates on the test images, take the best, and report its test accuracy. What is wrong?",
    right={
        "The number is too high on average: the luckiest of twenty was chosen by its luck": (
            "The winner's curse. Choose on held-out training images, then test the winner alone."
        ),
    },
    wrong={
        "Nothing: no weight was trained on the test images": (
            "A choice is a way of learning too. You have fitted *which candidate* to the test "
            "images."
        ),
        "Twenty candidates are too few": (
            "More candidates make it worse: look at how the upper line climbs."
        ),
        "The best candidate should be averaged with the others": (
            "An average of scores describes no candidate. What is missing is a score on images "
            "that had no say."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "within_noise",
    "Held-out accuracy: A has 0.84 with a standard error of 0.03, B has 0.82 and is four times as fast. Which do you take?",
    right={
        "B: these scores cannot tell the two apart, and its cost is lower": (
            "The one-standard-error rule: among those that are level, cost decides."
        ),
    },
    wrong={
        "A: its accuracy is higher": (
            "In this sample. With other folds the order may be reversed; four times the time is "
            "certain."
        ),
        "Neither, until the difference is significant": (
            "You need not prove that B is as good. You need a sensible choice now, and you may "
            "collect more labels later."
        ),
        "The one with the better single fold": (
            "A fold is an anecdote. The best of several anecdotes is a lucky one."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "negative_transfer",
    "A frozen backbone gives 0.83 on your task. Guessing gives 0.10. Is the transfer positive?",
    right={
        "You cannot tell: it has to be compared with the best you would do without it": (
            "For plain digits, 0.83 is less than the pixels alone give. Features can be far above "
            "guessing and still cost you accuracy."
        ),
    },
    wrong={
        "Yes, it is far above guessing": (
            "So is almost anything that looks at the images, the bare pixels included."
        ),
        "Yes, because pretraining cannot make features worse than random ones": (
            "It did, on four targets of four: training on textures threw away what digits need."
        ),
        "No, because it is below 0.9": (
            "No accuracy is low or high by itself. On digits in the wild, 0.83 would be a fine "
            "result."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "similar_is_not_enough",
    "Digits 0 to 4 were a poor source for digits 5 to 9, although nothing is more similar. Why?",
    right={
        "The source is small: it teaches little more than your own labels do": (
            "Similarity says whether the knowledge would fit. The amount of data says how much "
            "knowledge there is."
        ),
    },
    wrong={
        "They are different categories, so the features do not fit": (
            "Letters are different categories as well, and much less similar, and they help."
        ),
        "The learning rate of the fine-tuning was too high": (
            "Feature extraction has no learning rate, and it gained nothing either."
        ),
        "Transfer never works between parts of one data set": (
            "With a large source it does. What is missing here is not difference, but data."
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

- Three questions make the short list: categories, task, architecture. On our shelf they mattered in this order, for digits in the wild.
- A linear probe with cross-validation on the **training** labels ranks it. No transfer is on every list.
- Within one standard error of the best, candidates are level: take the cheapest.
- Source accuracy and size are shortcuts that fail when sources differ.
- Whatever has chosen cannot report. Test the winner, once.
- Negative transfer is worse than doing without. It shows only against a proper control and in pairs; an earlier cut may turn it round.
- A similar source can still be too small to help.

**Next:** in lesson 10 the source is the right one, and the *images* have changed: domain adaptation.

### Further reading

- Jason Yosinski, Jeff Clune, Yoshua Bengio, Hod Lipson: [How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792) (NeurIPS 2014). Layer by layer: what is general, what is special, and how it depends on the distance of the tasks.
- Amir Zamir, Alexander Sax, William Shen, Leonidas Guibas, Jitendra Malik, Silvio Savarese: [Taskonomy: Disentangling Task Transfer Learning](https://arxiv.org/abs/1804.08328) (CVPR 2018). Our heat map, for 26 tasks.
- Simon Kornblith, Jonathon Shlens, Quoc V. Le: [Do Better ImageNet Models Transfer Better?](https://arxiv.org/abs/1805.08974) (CVPR 2019). Where source accuracy is a good guide.
- Zirui Wang, Zihang Dai, Barnabás Póczos, Jaime Carbonell: [Characterizing and Avoiding Negative Transfer](https://arxiv.org/abs/1811.09751) (CVPR 2019). A definition that names what "without" means.
- Gavin Cawley, Nicola Talbot: [On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation](https://www.jmlr.org/papers/v11/cawley10a.html) (JMLR 2010). The winner's curse, at length.
- Yoshua Bengio, Yves Grandvalet: [No Unbiased Estimator of the Variance of K-Fold Cross-Validation](https://www.jmlr.org/papers/v5/grandvalet04a.html) (JMLR 2004). Folds share training images, so the standard error is a guide and no proof.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
