# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 1. Why transfer?

A network that has learned one task knows something about others. *Transfer learning* is the craft of using that: you take a model that somebody has trained, often for a long time and on a great deal of data, and adapt it to your own small task.

That sounds like getting something for nothing, and so it deserves suspicion. In this lesson you see it work, and you learn to tell an effect from luck.

**After this lesson you can**

- say what is transferred in transfer learning, from where to where;
- set up a fair comparison: a baseline, a test set, several seeds, and a rival that tries its best;
- read a labels curve, and tell from it when transfer pays.

**Time:** about 50 minutes. **You need:** Python functions, NumPy arrays, and having trained one Keras model before. Everything runs on a laptop, without a GPU and without a network.
"""

# %%
import time

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, progress, quiz, reflect, see, sweeps, training
from transferlab.experiment import compare
from transferlab.see.evidence import curves, labels_explorer
from transferlab.see.features import scores

keras.utils.set_random_seed(1)
threadpool_limits(1)  # for problems as small as ours, one thread is quicker than many
print("Keras", keras.__version__)

# %%
progress.panel(["baseline", "test_accuracy", "gain", "labels_curve"])

# %% [markdown]
"""
## Your task

You are asked to read handwritten digits. They were photographed badly: turned, moved, shrunk, dimmed and noisy. And somebody has labelled only **ten pictures of each digit** for you, a hundred in all. Five hundred others are kept aside, to find out how good you are.
"""

# %% mystnb={"image": {"alt": "Twenty small grey pictures of handwritten digits, turned, dimmed and noisy, each with its label above"}}
task = data.digits("wild").few(labels_per_class=10)
print(task)
see.images(task.x_train[:20], [task.class_names[label] for label in task.y_train[:20]])

# %% [markdown]
"""
Two words that you will meet in every lesson. The task that you want to solve is the **target task**; here it is reading these digits. Any other task that a model was trained on before is a **source task**.

## Before any model: what does knowing nothing give?

Is 30 % correct good or bad? You cannot say before you know what a model without any skill gets. Such a number is called a **baseline**. The plainest one looks at no picture at all: it always answers the class that was most frequent in training.
"""

# %% [markdown]
"""
## Exercise 1: the plainest baseline

Write `baseline(y_train, y_test)`. It finds the most frequent label in `y_train`, answers it for every test picture, and returns the **accuracy**: the share of the test labels that this gets right, a number from 0 to 1.

On our digits this will be about one in ten. On data of your own it may be far more: if 95 % of your pictures show the same thing, a model with "94 % accuracy" has learned less than nothing.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Two different things are asked of two different arrays: which label is most frequent, and how often it is right. Which array answers which?

</details>
<details><summary>Hint 2: where to look</summary>

`np.unique(..., return_counts=True)` gives the labels and how often each occurs; `argmax` gives the position of the largest number. The mean of an array of True and False is the share of True.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
labels, counts = np.unique(..., return_counts=True)
answer = labels[counts.argmax()]
return float(np.mean(... == answer))
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "baseline", "locked": false, "schema_version": 3, "solution": true, "task": false}
def baseline(y_train, y_test):
    """Return the test accuracy of always answering the most frequent training label."""
    ### BEGIN SOLUTION
    labels, counts = np.unique(y_train, return_counts=True)
    answer = labels[counts.argmax()]
    return float(np.mean(y_test == answer))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "baseline_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
import numpy as np

from transferlab import check
from transferlab.check import evidence

with check.exercise("baseline"):
    y_train, y_test = np.array([0, 1, 1, 2, 1, 0]), np.array([1, 0, 0, 0, 2, 0, 1, 2, 0, 0])
    evidence.baseline(baseline(y_train, y_test), y_train, y_test)
    ### BEGIN HIDDEN TESTS
    random = np.random.default_rng(4)
    for frequent, shares in (("7", [0.2, 0.1, 0.7]), ("5", [0.5, 0.3, 0.2])):
        labels = np.array([5, 6, 7])
        y_train = random.choice(labels, 60, p=shares)
        y_test = random.choice(labels, 37, p=[0.3, 0.5, 0.2])
        with check.another_case(f"labels 5, 6 and 7, most of them {frequent}"):
            evidence.baseline(baseline(y_train, y_test), y_train, y_test)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## From scratch

Now a real model: a small convolutional network with random weights, trained on your hundred pictures. (Its layers are a subject of later lessons. For now it is a box that takes pictures and gives ten probabilities.)

**Predict.** How many of the *training* pictures will it read correctly at the end? And how many of the *test* pictures?
"""

# %% tags=["demonstration"]
keras.utils.set_random_seed(0)
# `clone_model` takes over the layers of a network, and none of what it has learned (lesson 3).
network = training.with_head(
    keras.models.clone_model(training.extractor(backbones.load_backbone("letters_resnet"))), task
)
began = time.perf_counter()
training.fit(network, task, rate=2e-3)
seconds_from_scratch = time.perf_counter() - began

seen = np.mean(network(task.x_train).numpy().argmax(axis=1) == task.y_train)
print(f"{seen:.0%} of the {len(task.x_train)} training pictures are read correctly,")
print(f"after {seconds_from_scratch:.0f} seconds of training.")

# %% [markdown]
"""
That number is worth nothing. A network with tens of thousands of weights can learn a hundred pictures by heart. What counts is what it makes of pictures that it has **not** seen.
"""

# %% [markdown]
"""
## Exercise 2: score what counts

Write `test_accuracy(model, dataset)`. `model(images)` gives a tensor with a row of probabilities for each image, and `.numpy()` makes an array of it. The model's answer is the class with the largest one. Return the share of right answers **on the test pictures** of the dataset, `dataset.x_test` and `dataset.y_test`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

A row of ten probabilities is no answer yet. Which of the ten positions is the answer?

</details>
<details><summary>Hint 2: where to look</summary>

`model(images).numpy()` is an array of shape (pictures, classes), and `argmax(axis=1)` gives a position for each row. The cell above does the same for other pictures.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
answers = model(...).numpy().argmax(axis=1)
return float(np.mean(answers == ...))
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "test_accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def test_accuracy(model, dataset):
    """Return the share of the test pictures of `dataset` that `model` gets right."""
    ### BEGIN SOLUTION
    answers = model(dataset.x_test).numpy().argmax(axis=1)
    return float(np.mean(answers == dataset.y_test))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_accuracy_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
from transferlab import check, data
from transferlab.check import evidence

with check.exercise("test_accuracy"):
    small = data.digits("plain").few(3)
    evidence.test_accuracy(test_accuracy, evidence.nearest_mean(small), small)
    ### BEGIN HIDDEN TESTS
    with check.another_case("letters instead of digits"):
        small = data.letters(per_class=3, test_per_class=4)
        evidence.test_accuracy(test_accuracy, evidence.nearest_mean(small), small)
    ### END HIDDEN TESTS

# %% [markdown]
"""
Whatever you compare from now on, score it with this one function, on the same test pictures.
"""

# %%
print(f"Always the most frequent digit: {baseline(task.y_train, task.y_test):.0%}")
print(f"A network from scratch:         {test_accuracy(network, task):.0%}")

# %% [markdown]
"""
## With something learned elsewhere

Here is a second network of the same build. It has never seen a digit. Long before you came, it learned to read **capital letters**: ten thousand of them, drawn by the computer, so that they cost nobody an hour of labelling. That was its source task.
"""

# %% mystnb={"image": {"alt": "Ten small grey pictures of capital letters, turned, dimmed and noisy, each with its letter above"}}
letters = data.letters(per_class=10)
see.images(letters.x_train[:10], [letters.class_names[label] for label in letters.y_train[:10]])

# %% [markdown]
"""
Its answers, letters, are of no use to you. But on the way to an answer the network turns a picture into a few hundred numbers that say which strokes and bends are where. These numbers are called **features**, and the part of the network that computes them is the **backbone**. What helps to tell a B from an R should help to tell an 8 from a 3.

So we keep the backbone as it is, run your hundred pictures through it once, and train only a small classifier (a logistic regression) on the features. This recipe is called *feature extraction*, and lesson 5 takes it apart.

**Predict.** Your network from scratch has a number now. Will this beat it, with a backbone that never saw a digit? By how much?
"""

# %%
began = time.perf_counter()
transferred = training.feature_extraction(backbones.load_backbone("letters_resnet"), task)
seconds_of_transfer = time.perf_counter() - began

print(f"From scratch:            {test_accuracy(network, task):.0%}")
print(f"Features from letters:   {transferred:.0%}")
print(f"Training took {seconds_from_scratch / seconds_of_transfer:.0f} times as long from scratch.")

# %% [markdown]
"""
Here are the three promises of transfer learning, in small. **Less data:** the letters stood in for labels that you do not have. **Less time:** a small part of it here, as you saw; in large, hours instead of weeks. (The network VGG took its authors two to three weeks on four graphics cards. Adapting it to a new task takes an afternoon.) **A better start:** before it has seen the first digit, the network knows what a stroke is.

You find the recipe wherever labels are dear and a related task has plenty of them: medical images, satellite pictures, species in camera traps, speech in small languages, and nearly everything that is done with text today. Where the inputs have nothing in common with any source, as in most tables of business figures, transfer is least proven.
"""

# %% [markdown]
"""
## Is it luck?

One run, one number. Draw other training pictures, and the numbers change. How much? If they change by more than the difference that you are proud of, there is nothing to be proud of.

So we repeat the experiment with five **seeds**. A seed decides which pictures are drawn and which weights a network begins with. Both methods meet the same five, so that they can be compared *pair by pair*. To keep it quick, the rival is the same small classifier on the bare pixels.

**Predict.** In how many of the five seeds will the features win?
"""

# %% mystnb={"image": {"alt": "Accuracy of two methods on the digits, a small marker for each of five seeds and a large one for the mean; all markers of the features from letters lie to the right of those of the pixels"}}
backbone = backbones.load_backbone("letters_resnet")


def digits_of(seed, labels_per_class=10):
    """Return the digits in the wild, drawn by `seed`."""
    return data.digits("wild", seed=seed).few(labels_per_class, seed=seed)


pixels_and_features = compare(
    {
        "pixels": lambda seed: training.on_pixels(digits_of(seed)),
        "features from letters": lambda seed: training.feature_extraction(
            backbone, digits_of(seed)
        ),
    },
    seeds=range(5),
)
scores({"ten labels per class": pixels_and_features}, chance=0.1)

# %% [markdown]
"""
Look at the small markers. They spread, and still the two groups do not touch. A table says the same in numbers: a mean and a *standard deviation* (sd), which is about how far a single seed strays from the mean.
"""

# %%
pixels_and_features

# %% [markdown]
"""
## Exercise 3: the gain, pair by pair

Write `gain(before, after)`. Both are sequences of scores, one for each seed, in the same order of seeds. Return two numbers with a comma between them: the **mean** over the seeds of *after minus before*, and the **number of seeds** in which *after* is higher. A draw is no win.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

The first score of `before` and the first of `after` belong together. What do you compute for such a pair?

</details>
<details><summary>Hint 2: where to look</summary>

`np.subtract(a, b)` takes two sequences and gives the differences, one for each pair. How many of them are above zero?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
differences = np.subtract(..., ...)
return float(differences....), int((differences ... 0).sum())
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "gain", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gain(before, after):
    """Return the mean of after minus before, and in how many pairs after is higher."""
    ### BEGIN SOLUTION
    differences = np.subtract(after, before)
    return float(differences.mean()), int((differences > 0).sum())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gain_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
from transferlab import check
from transferlab.check import evidence

with check.exercise("gain"):
    before, after = [0.50, 0.60, 0.70, 0.40], [0.65, 0.58, 0.70, 0.75]
    evidence.gain(gain(before, after), before, after)
    ### BEGIN HIDDEN TESTS
    with check.another_case("every seed a little worse but one"):
        before, after = (0.8, 0.8, 0.9, 0.1, 0.7), (0.7, 0.7, 0.8, 0.9, 0.6)
        evidence.gain(gain(before, after), before, after)
    with check.another_case("three seeds, all lower"):
        before, after = (0.4, 0.5, 0.9), (0.3, 0.2, 0.1)
        evidence.gain(gain(before, after), before, after)
    ### END HIDDEN TESTS

# %%
mean, wins = gain(*pixels_and_features.scores.values())
print(f"The features add {mean:+.3f} to the accuracy, and win in {wins} of 5 seeds.")

# %% [markdown]
"""
## How many labels is it worth?

With ten labels per class transfer wins. And with two? With a hundred? The most honest picture of transfer learning is the **labels curve**: accuracy against the number of labels, with transfer and without.

You can draw one with what you have. It takes two loops: over the numbers of labels, and over the seeds.
"""

# %% [markdown]
"""
## Exercise 4: a labels curve

Write `labels_curve(score, labels, seeds)`. `score(n, seed)` is a function: it trains with `n` labels per class and the given seed, and returns an accuracy. Return a dictionary: for each number in `labels` a pair of the **mean** and the **standard deviation** of its scores over all `seeds`. Use the standard deviation of a sample, `np.std(..., ddof=1)`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

For *one* number of labels: how many times do you call `score`, and what changes from call to call?

</details>
<details><summary>Hint 2: where to look</summary>

Begin with an empty dictionary. In a loop over `labels`, collect the scores of all seeds in a list, and store two numbers made of that list.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
curve = {}
for n in labels:
    found = [score(..., ...) for seed in ...]
    curve[n] = (np.mean(...), np.std(..., ddof=1))
return curve
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "labels_curve", "locked": false, "schema_version": 3, "solution": true, "task": false}
def labels_curve(score, labels, seeds):
    """Return number of labels -> (mean, standard deviation) of `score(n, seed)` over the seeds."""
    ### BEGIN SOLUTION
    curve = {}
    for n in labels:
        found = [score(n, seed) for seed in seeds]
        curve[n] = (float(np.mean(found)), float(np.std(found, ddof=1)))
    return curve
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "labels_curve_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
from transferlab import check
from transferlab.check import evidence

with check.exercise("labels_curve"):
    evidence.labels_curve(labels_curve, labels=[1, 5, 20], seeds=[0, 1, 2])
    ### BEGIN HIDDEN TESTS
    with check.another_case("two numbers of labels, five seeds"):
        evidence.labels_curve(labels_curve, labels=(100, 3), seeds=range(10, 15))
    ### END HIDDEN TESTS

# %% [markdown]
"""
Here is your function at work: features against pixels, with two to fifty labels per class.

**Predict.** Will the two curves run side by side, move apart, or close in on each other?
"""

# %% mystnb={"image": {"alt": "Two labels curves with bands of one standard deviation; accuracy rises with the number of labels, and the features from letters lie above the pixels everywhere"}}
numbers, seeds = [2, 5, 10, 20, 50], range(5)
curves(
    {
        "features from letters": labels_curve(
            lambda n, seed: training.feature_extraction(backbone, digits_of(seed, n)),
            numbers,
            seeds,
        ),
        "pixels": labels_curve(
            lambda n, seed: training.on_pixels(digits_of(seed, n)), numbers, seeds
        ),
    }
)

# %% [markdown]
"""
The gap narrows as labels grow, and at the last point it is still there. Read the plot sideways as well: draw a level line, and see how many labels each method needs to reach it. That is what a pretrained model is worth in hours of labelling.
"""

# %% [markdown]
"""
## A rival that tries its best

Pixels are an easy opponent. Before you believe in transfer, let the other side have its best shot: a network from scratch with **augmentation**, which means that every training picture is turned, moved and shrunk anew each time it is used. This too brings in knowledge from outside: that a turned 7 is still a 7.

Those trainings take many minutes, so they were run beforehand. The script is part of the course, `python -m transferlab.sweeps labels_curve`, and you need not take it on trust: the next cell runs **one** of its points again, here and now, and tells whether it agrees. With `method = "from scratch"` it checks a training instead, which takes a third of a minute. ("Fine-tuning" trains the backbone too, carefully. It is the subject of lesson 7.)
"""

# %%
method = "feature extraction"
kept = sweeps.load("labels_curve")
again = sweeps.recompute("labels_curve", "10 per class", method, seed=0)
before = kept["10 per class"].scores[method][0]
spread = kept["10 per class"].sd(method)

print(f"By {method}, 10 labels per class, seed 0: {before:.3f} then, {again:.3f} now.")
if abs(again - before) <= spread:
    print(f"That agrees within the spread of the seeds ({spread:.3f}).")
else:
    print(
        f"That differs by more than the spread of the seeds ({spread:.3f}): run the script again."
    )

# %% [markdown]
"""
Choose a number of labels. Watch three things: how far the *best* method without transfer is behind, how wide the seeds spread, and what becomes of both when labels are plenty.

Beside the difference you find an *interval*: the mean differences that these few seeds leave plausible. The difference is called *clear* if zero is not among them.
"""

# %%
labels_explorer(kept)

# %% [markdown]
"""
What the explorer shows in this small world holds in the large one too:

- **The fewer the labels, the more transfer is worth.** With plenty of them the curves close in on each other.
- **Few labels make noisy results.** The spread is widest where people are quickest to report a single run.
- **The fair rival is nearer than the easy one.** With few labels augmentation takes a good part of the gain away, and not all of it. (With a hundred per class the pictures bring turns enough of their own.) Whoever compares with the weaker rival only sells you something.

Not every source helps. A wrong one can even do harm, and lesson 9 is about finding out beforehand.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "benefit",
    "What is a benefit of transfer learning?",
    right={
        "A good model with fewer labels of your own, in less time": (
            "What the model learned on its source task stands in for labels and for training time "
            "that you do not have."
        ),
    },
    wrong={
        "A model that needs no data of the target task at all": (
            "Some labels are needed to learn which features mean which class, and more to find "
            "out how good the result is."
        ),
        "A model that is smaller than one from scratch": (
            "The network is of the same build. What differs is where its weights begin."
        ),
        "A result that is certain to be better than from scratch": (
            "It often is, and with plenty of labels or a wrong source it may not be. That is why "
            "you compare."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "what_is_transferred",
    "The backbone in this lesson was trained on letters. What of it did your digit reader use?",
    right={
        "Its features: what it computes on the way to an answer": (
            "Strokes and bends are common to letters and digits. The answers themselves were "
            "thrown away."
        ),
    },
    wrong={
        "Its answers: which letter a digit looks like": (
            "They were not used. Lesson 5 measures how much would be lost by that."
        ),
        "Its training pictures, added to your own": (
            "No letter was among the pictures that the classifier was trained on."
        ),
        "Nothing but its number of layers": (
            "The network from scratch has the same layers. The difference between the two is what "
            "was learned."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "training_score",
    "A colleague reports 99 %, scored on the pictures that the network was trained on. What do you conclude about new pictures?",
    right={
        "Nothing: a network can learn its training pictures by heart": (
            "Yours did so too. Ask for the accuracy on pictures kept aside."
        ),
    },
    wrong={
        "It will be right about 99 % of the time": (
            "Compare the two numbers that your own network got, on seen and on unseen pictures."
        ),
        "It will be a little worse, perhaps 95 %": (
            "There is no telling from this number alone. In your experiment the gap was far larger."
        ),
        "It beats the baseline": "Only a score on unseen pictures can show that.",
    },
)

# %% tags=["quiz"]
quiz.ask(
    "one_seed",
    "With one seed, method A gets .84 and method B .81. What is the next step?",
    right={
        "Repeat both with several seeds and compare them pair by pair": (
            "With few labels, other training pictures easily move a score by more than .03."
        ),
    },
    wrong={
        "Report A: it is better by 3 points": (
            "Perhaps, and perhaps B wins with the next draw of training pictures. Look at the "
            "spread of the small markers."
        ),
        "Try more seeds for A until it is clearly better": (
            "Choosing the best of many draws for one side only finds the luckiest draw."
        ),
        "Call it a draw, because the difference is small": (
            "A small difference can be real if it returns in every seed. One seed cannot tell."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "fair_rival",
    "Why was the network from scratch also trained with augmentation?",
    right={
        "Because the gain could otherwise come from a rival that was made weak": (
            "A control has to have every chance that needs no transfer. What is left of the gain "
            "after that is due to transfer."
        ),
    },
    wrong={
        "Because transfer only works together with augmentation": (
            "The features were used without any. Augmentation was given to the other side."
        ),
        "To make the training from scratch quicker": (
            "It makes it no quicker. It shows each picture in ever new positions."
        ),
        "To have more test pictures": (
            "Only training pictures are changed. The test pictures stay the same for all methods."
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

- Transfer learning uses what a model learned on a **source task** for your **target task**. What is carried over are features.
- It promises less data, less time and a better start. All three can be measured, so measure them.
- A score means something beside a **baseline**, on **test pictures**, over **several seeds**, and against a rival that had **every chance**.
- The labels curve says what transfer is worth: most when labels are few.

**Next:** in lesson 2 you open the box: what layers a pretrained model is made of, and how to decide which of them may learn.

### Further reading

- Sinno Jialin Pan, Qiang Yang: [A Survey on Transfer Learning](https://doi.org/10.1109/TKDE.2009.191) (IEEE Transactions on Knowledge and Data Engineering, 2010). The words of the field, source and target among them.
- Jason Yosinski, Jeff Clune, Yoshua Bengio, Hod Lipson: [How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792) (NeurIPS 2014). Which layers of a network are general and which belong to their task.
- Karen Simonyan, Andrew Zisserman: [Very Deep Convolutional Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556) (ICLR 2015). The network VGG; section 3.3 tells how long it was trained, and on what.
- Simon Kornblith, Jonathon Shlens, Quoc Le: [Do Better ImageNet Models Transfer Better?](https://arxiv.org/abs/1805.08974) (CVPR 2019). Labels curves in large, with the cases in which training from scratch catches up.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
