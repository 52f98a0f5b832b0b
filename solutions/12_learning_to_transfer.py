# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 12. Learning to transfer

In every lesson so far the source came ready-made: somebody had labelled it, and a network was trained on it for its own sake. Only afterwards you asked what it was good for. This last lesson turns that around. First you make labels that cost nothing, from the images themselves. Then you train a network **in order to be adapted**: it practises learning on many small tasks, until a few steps are enough for a new one.

**After this lesson you can**

- make a pretext task out of images that nobody has labelled, and keep leaks out of it;
- compare a self-supervised source with a labelled one, with the controls that could explain a difference;
- write the two halves of Reptile, a meta-learning algorithm: steps within a task, and the step between tasks;
- judge a meta-learner fairly, and say where its help ends.

**Time:** about 60 minutes. **You need:** lesson 2 (weights before and after), lesson 5 (feature extraction with a logistic regression) and lesson 9 (negative transfer, deciding within the noise).
"""

# %%
import keras
import numpy as np

from transferlab import backbones, data, meta, progress, quiz, reflect, see, sweeps, training
from transferlab.see.reptile import adaptation_explorer, error_by_step, fits, waves, weight_paths
from transferlab.see.selfsupervision import sources, turns_by_class

keras.utils.set_random_seed(12)
print("Keras", keras.__version__)

# %%
progress.panel(["make_pretext", "leaked_images", "adapt", "reptile_update", "evaluate"])

# %% [markdown]
"""
## Part 1: labels that cost nothing

Labels are what is expensive. Images are not: a camera makes thousands in a day. Can a network learn from images alone?

Here is a task that needs no person. Take an image, turn it by no, one, two or three quarters, and let the network tell which. You know the right answer, because you turned it yourself. Such an invented task is called a **pretext task**, and learning from labels that the data give by themselves is called **self-supervised**.

**Predict.** By how many quarters to the left (anticlockwise) has each of these letters been turned? Say which of them you cannot tell.
"""

# %% mystnb={"image": {"alt": "Ten small grey pictures of distorted letters in different orientations, each with a question mark above"}}
letters = data.letters(per_class=20, seed=12)
puzzle = data.rotations(letters)
see.images(puzzle.x_test[:10], ["?"] * 10)

# %% mystnb={"image": {"alt": "The same ten pictures of letters, each with the number of quarters above by which it was turned to the left: 0, 1, 2 or 3"}}
see.images(puzzle.x_test[:10], [str(turn) for turn in puzzle.y_test[:10]])

# %% [markdown]
"""
How did you do it? You recognised the letter, and you know how it stands. Whoever can tell the turn knows something about *what the thing is*, and nobody had to say so. That is the hope behind the task, due to Gidaris, Singh and Komodakis (2018).
"""

# %% [markdown]
"""
## Exercise 1: make the pretext task

Write `make_pretext(images)`. It gets images `(n, height, width, 1)` and returns two arrays: all images in all four turns, `(4 * n, height, width, 1)`, and for each of them its label, the number of quarter turns **to the left**: 0, 1, 2 or 3. The order is up to you, as long as images and labels have the same.

`np.rot90(array, k, axes=...)` turns by `k` quarters. Read its documentation (`np.rot90?`) before you choose the axes.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

The array has four axes. Which of them count images, rows, columns and grey values? Which two of them lie in the plane that you turn?

</details>
<details><summary>Hint 2: where to look</summary>

Turn the whole stack of images at once, four times, and join the four stacks with `np.concatenate`. In which order do the images stand then? Compare what `np.repeat([0, 1], 3)` and `np.tile([0, 1], 3)` give.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
turned = np.concatenate([np.rot90(images, k, axes=(..., ...)) for k in range(4)])
turns = np....(range(4), len(images))
return turned, turns
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "make_pretext", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_pretext(images):
    """Return all `images` in all four turns, and the number of quarter turns of each."""
    ### BEGIN SOLUTION
    turned = np.concatenate([np.rot90(images, k, axes=(1, 2)) for k in range(4)])
    turns = np.repeat(np.arange(4), len(images))
    return turned, turns
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "make_pretext_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import check, data
from transferlab.check import selfsupervision

with check.exercise("make_pretext"):
    images = data.digits("wild").x_train[:5]
    selfsupervision.pretext(make_pretext(images), images)
    ### BEGIN HIDDEN TESTS
    import numpy as np

    with check.another_case("seven larger images of noise"):
        noise = np.random.default_rng(0).uniform(size=(7, 20, 20, 1)).astype("float32")
        selfsupervision.pretext(make_pretext(noise), noise)
    with check.another_case("a single image"):
        selfsupervision.pretext(make_pretext(noise[:1]), noise[:1])
    ### END HIDDEN TESTS

# %% [markdown]
"""
### Which letters teach?

The backbone `rotation` has been trained on this task, on letters without their labels. Its authors (we) never told it what an A is.

**Predict.** For some letters nobody can tell the turn well. Which ones?
"""

# %% mystnb={"image": {"alt": "Bar chart of how often the turn of each letter was told right, in rising order; letters that look the same upside down, such as O, X, H and I, stand at the low end, hatched"}}
rotation = backbones.load_backbone("rotation")


def turns_told(images):
    """Return the share of the turned images whose turn the backbone tells right."""
    turned, turns = make_pretext(images)
    return np.mean(rotation(turned).numpy().argmax(axis=1) == turns)


told = [turns_told(letters.x_test[letters.y_test == y]) for y in range(26)]
turns_by_class(letters.class_names, told)

# %% [markdown]
"""
A letter that looks the same upside down has no answer to give. Not every low bar is explained by symmetry, though: look for one that surprises you, and guess what the network took the turned letter for.

A pretext task teaches only where it *can* be solved, and what it asks must have to do with what you will need. For a network that is to tell apples from oranges, seen from above, turns would teach little. Keep this in mind for the comparison below.
"""

# %% [markdown]
"""
## Three leaks

A **leak** is knowledge that reaches the training and will not be there in real use. Self-supervision has three of its own.

1. **Labels.** The pretext labels are the turns, and nothing else. If the class of the image gets into them, you are back at ordinary, labelled training, and your claim "without labels" is false.
2. **Test images.** "Nobody needs labels here, so let us pre-train on *all* images." Then the network has seen the images that you will judge it by. Sometimes this is what you want: all images are there, only labels are few. Then say so. It is not what happens to an image that arrives tomorrow.
3. **Copies.** You turn all images, and *then* split into training and test. Now a test image and its turned copies sit on both sides of the split.

The third one hides best, because no two arrays are equal. So let us build a tool that finds it.
"""

# %% [markdown]
"""
## Exercise 2: find the leaked images

Write `leaked_images(train, test)`. Both are arrays of square images, `(n, side, side, 1)` and `(m, side, side, 1)`. Return the number of test images of which a copy stands among the training images, **turned by any number of quarters**, none included. Equal means equal to the last bit. A test image with several copies counts once.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

For one test image and one training image: how many comparisons do you need, to be sure that one is not the other in some turn?

</details>
<details><summary>Hint 2: where to look</summary>

A single image has the axes height, width and grey, so `np.rot90(image, k)` with its default axes turns it. `np.array_equal` compares two images. `any(...)` over all training images and all turns says whether there is a copy.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
count = 0
for image in test:
    turned = [np.rot90(image, k) for k in ...]
    count += any(np.array_equal(..., ...) for other in train for copy in turned)
return count
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "leaked_images", "locked": false, "schema_version": 3, "solution": true, "task": false}
def leaked_images(train, test):
    """Return how many of the `test` images stand in `train`, in any of the four turns."""
    ### BEGIN SOLUTION
    count = 0
    for image in test:
        turned = [np.rot90(image, k) for k in range(4)]
        count += any(np.array_equal(copy, other) for other in train for copy in turned)
    return count
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "leaked_images_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import numpy as np

from transferlab import check, data
from transferlab.check import selfsupervision

with check.exercise("leaked_images"):
    images = data.digits("wild").x_train[:12]
    once, twice, thrice = (np.rot90(images, k, axes=(1, 2)) for k in (1, 2, 3))
    train = np.concatenate([images[:6], once[6:9], images[:1], images[:1]])
    test = np.concatenate([images[5:12], twice[:1], thrice[5:6]])
    selfsupervision.leaked(leaked_images(train, test), train, test)
    ### BEGIN HIDDEN TESTS
    with check.another_case("nothing leaked, though one image is there mirrored"):
        clean = np.concatenate([images[6:], images[:1, :, ::-1]])
        selfsupervision.leaked(leaked_images(images[:6], clean), images[:6], clean)
    with check.another_case("a test image with a copy in each of the four turns"):
        copies = np.concatenate([np.rot90(images[:1], k, axes=(1, 2)) for k in range(4)])
        selfsupervision.leaked(leaked_images(copies, images[:5]), copies, images[:5])
    with check.another_case("copies turned by no, one and three quarters"):
        copies = np.concatenate([images[4:5], once[:2], thrice[2:4]])
        selfsupervision.leaked(leaked_images(copies, images), copies, images)
    ### END HIDDEN TESTS

# %% [markdown]
"""
Now try your tool on the two orders. **Predict.** Of 40 images, turned to 160, a quarter is kept for testing. How many of the 40 test images are leaked when you turn first? And when you split first?
"""

# %% tags=["nbval-check-output"]
images = data.digits("wild").x_train[:40]
turned, _ = make_pretext(images)
shuffled = np.random.default_rng(0).permutation(turned)
print(f"turn, then split: {leaked_images(shuffled[40:], shuffled[:40])} of 40 test images leaked")

train, test = make_pretext(images[10:])[0], make_pretext(images[:10])[0]
print(f"split, then turn: {leaked_images(train, test)} of {len(test)} test images leaked")

# %% [markdown]
"""
Whether a leak raises the score a lot or a little, you cannot know; that is why it must not be there. **Split first.** Everything that multiplies images comes after: turning, cropping, any augmentation.
"""

# %% [markdown]
"""
## What are free labels worth?

Two backbones of the same architecture, both trained on letters: `letters` was told what each letter is, `rotation` only how far it was turned. The target are real digits with 10 labels per class, once **turned** by up to 90 degrees to either side, once **in the wild**. The features stay frozen; a logistic regression learns on them, as in lesson 5.

What could explain a gain away? Three controls:

- the same network **untrained**: how much do random features do?
- the same network trained **from scratch** on the labelled digits;
- each labelled digit **turned too**, in all four turns: then the digits themselves bring what the turned letters could have taught.

**Predict.** Which of the two backbones wins on the turned digits? Which in the wild?
"""

# %% mystnb={"image": {"alt": "Accuracy of seven methods, mean and standard deviation over five seeds, in one panel for turned digits and one for digits in the wild; the best method of each panel has a diamond"}}
free = sweeps.load("self_supervision")
methods = list(free["turned digits"].scores)
sources(free, methods)

# %%
for condition, comparison in free.items():
    print(condition)
    for other in ("untrained features", "letters"):
        print(f"  rotation less {other:19} {comparison.difference('rotation', other)}")

wild = data.digits("wild", seed=0).few(10, seed=0)
here = training.feature_extraction(rotation, wild)
kept = free["digits in the wild"].scores["rotation"][0]
print(f"rotation, digits in the wild, seed 0: {here:.3f} here, {kept:.3f} stored")

# %% [markdown]
"""
(These runs take minutes: `python -m transferlab.sweeps self_supervision` computes them, and the cell above repeats one of them.)

Read the two lines of each target. Where the interval for *untrained features* includes zero, the free labels were worth no more than random features: a null, and worth knowing before you spend a week of computing. Where the interval for *letters* lies below zero, the labels that somebody paid for were worth more.

And look at the last two rows of the figure. To turn the few *labelled* digits costs nothing either. On the turned digits it lifts both backbones; in the wild, where no digit lies on its side, it harms both. Whether a trick helps is decided by the target, not by the trick. That is why the control stands beside the method: without it, you might thank the pretext task for what turning alone can do.

Self-supervision earns its keep elsewhere: where labelled source data do not exist at all, and unlabelled data are plenty. Language models and the large models of images are made so, from far more data than fit into this lesson.
"""

# %% [markdown]
"""
## Part 2: learning to learn

Fine-tuning starts from weights that were made for something else, and you hope that they are a good start. Could you *train* a start to be good?

For that you need many tasks, not one: the network has to practise learning. Each of the tasks below is to continue a wave. You get ten points of it, and are judged on the whole. The waves come from Finn, Abbeel and Levine (2017), and are a standard test because you can see at a glance what was learned.

The ten points to learn from are called the **support** points, the ones to be judged by the **query** points.
"""

# %% mystnb={"image": {"alt": "Four panels, each with a dashed sine wave of another height and position and ten black points on it"}}
practice = meta.sine_tasks(2000, seed=0)  # to learn to learn
new = meta.sine_tasks(200, seed=1)  # to be judged by
waves(practice[:4])

# %% [markdown]
"""
The network is a small one: x goes in, y comes out, with two layers of 64 units between. All pre-training that you know would do this: put the points of all 2,000 tasks together and train on them.

**Predict.** Draw with your finger what the network will answer for a new wave, before it has learned anything of it.
"""

# %% tags=["demonstration"] mystnb={"image": {"alt": "Three panels with three different waves; the answer of the network is the same low wave in each of them and fits none"}}
network = meta.network(seed=0)
random_start = network.get_weights()

keras.utils.set_random_seed(0)
joint_start = meta.joint(network, random_start, practice)
fits(
    {
        f"new wave {number}": (task, meta.predict(network, joint_start, task[2]))
        for number, task in enumerate(new[:3], start=1)
    }
)

# %% [markdown]
"""
One answer for all tasks can only be their **mean**, and the mean of many waves is a wave that nobody asked for. Among the answers that do not look at the ten points it is the best one. What matters is what comes after: how fast does this start learn the new wave?

To find out, we need to learn from ten points, again and again, always from the same start.
"""

# %% [markdown]
"""
### A model remembers

Here is the trap. The next cell learns the same task twice. **Predict.** Will the two lines be the same?
"""


# %%
def error(model, x, y):
    """Return the mean squared error of `model` on the points x, y."""
    return float(np.mean((model(x) - y) ** 2))


x, y, x_query, y_query = practice[0]
for attempt in ("first", "second"):
    before = error(network, x, y)
    for _ in range(5):
        network.train_on_batch(x, y)  # one step of the optimizer, all ten points in one batch
    print(f"{attempt} attempt: error {before:.2f} before, {error(network, x, y):.2f} after 5 steps")

network.set_weights(random_start)
print(f"after set_weights(random_start): error {error(network, x, y):.2f}")

# %% [markdown]
"""
The second attempt began where the first had ended. A model is a workbench, and somebody has always left something on it. `get_weights()` takes a **copy** of all values, a list of arrays; `set_weights(...)` lays such a list back. Train afterwards as you like: the copy stays.

(One thing is left even then: an optimizer such as Adam has a memory of its own, and `set_weights` does not clear it. Our network is compiled with plain SGD, which has none.)
"""

# %% [markdown]
"""
## Exercise 3: steps within a task

Write `adapt(model, weights, x, y, steps)`. Starting **from `weights`**, whatever the model holds now, it takes `steps` steps on the points x, y with the model's own optimizer. It returns the whole path: a list of `steps + 1` entries, each as `get_weights()` gives it. The first entry is the start, the last one where the learning ended.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Which two calls have to stand before the first step, so that every task starts from the same place and so that the start is in the path?

</details>
<details><summary>Hint 2: where to look</summary>

The cell above holds all the calls that you need: one puts weights in, one takes a step, one takes weights out as copies. (`model.weights` would be the objects themselves, and they change in place.)

</details>
<details><summary>Hint 3: nearly there</summary>

```python
model....(weights)
path = [model.get_weights()]
for _ in range(steps):
    model.train_on_batch(x, y)
    path....
return path
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "adapt", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adapt(model, weights, x, y, steps):
    """Learn one task from `weights`; return the weights after 0, 1, ..., `steps` steps."""
    ### BEGIN SOLUTION
    model.set_weights(weights)
    path = [model.get_weights()]
    for _ in range(steps):
        model.train_on_batch(x, y)
        path.append(model.get_weights())
    return path
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "adapt_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
from transferlab import check, meta
from transferlab.check import reptile

with check.exercise("adapt"):
    model, weights = meta.network(3), meta.network(4).get_weights()
    x_check, y_check, _, _ = meta.sine_tasks(1, seed=3)[0]
    path = adapt(model, weights, x_check, y_check, 3)
    reptile.adapted(path, meta.network(3), weights, x_check, y_check, 3)
    ### BEGIN HIDDEN TESTS
    x_check, y_check, _, _ = meta.sine_tasks(1, seed=4)[0]
    with check.another_case("the same model again, on another task"):
        path = adapt(model, weights, x_check, y_check, 5)
        reptile.adapted(path, meta.network(3), weights, x_check, y_check, 5)
    with check.another_case("no step at all"):
        path = adapt(model, weights, x_check, y_check, 0)
        reptile.adapted(path, meta.network(3), weights, x_check, y_check, 0)
    ### END HIDDEN TESTS

# %% [markdown]
"""
### Where should the start be?

Now you can watch where tasks want to go. Three tasks learn, each from the same start, for 30 steps. All weights together are thousands of numbers; the picture shows them on the plane in which most of the movement happens.

**Predict.** You may move the start a little after each task. Where to, so that the *next* task has a shorter way?
"""

# %% mystnb={"image": {"alt": "Three paths run from one start, marked by a star, into different directions of a plane; a black arrow goes from the start a part of the way to the end of the first path"}}
paths = [adapt(network, joint_start, task[0], task[1], steps=30) for task in practice[5:2:-1]]
third = [start + (end - start) / 3 for start, end in zip(paths[0][0], paths[0][-1], strict=True)]
weight_paths(paths, third)

# %% [markdown]
r"""
**Reptile** (Nichol, Achiam and Schulman, 2018) does what the arrow shows: after each task it moves the start a part of the way to where that task ended. Then comes another task, which pulls somewhere else, and another. What the tasks disagree on cancels out. What they have in common stays.

$$\text{start} \leftarrow \text{start} + \text{rate} \cdot (\text{adapted} - \text{start})$$

It never asks how well the start answers. It asks where learning *goes* from there.
"""

# %% [markdown]
"""
## Exercise 4: the step between tasks

Write `reptile_update(weights, adapted, rate)`. Both `weights` (the start) and `adapted` (where a task ended) are lists of arrays, as `get_weights()` gives them. Return the new start, again a list of arrays.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

At rate 0, what should come back? And at rate 1? Test your formula on a single number, for example a start of 2 and an adapted value of 5.

</details>
<details><summary>Hint 2: where to look</summary>

Lists cannot be subtracted, arrays can. `zip(weights, adapted)` goes through both lists side by side; the cell of the picture above does so too, with a rate of one third.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
return [start + rate * (... - ...) for start, end in zip(weights, adapted)]
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "reptile_update", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reptile_update(weights, adapted, rate):
    """Return the start moved the part `rate` of the way to the `adapted` weights."""
    ### BEGIN SOLUTION
    pairs = zip(weights, adapted, strict=True)
    return [start + rate * (end - start) for start, end in pairs]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "reptile_update_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
import numpy as np

from transferlab import check
from transferlab.check import reptile

with check.exercise("reptile_update"):
    random = np.random.default_rng(0)
    start = [random.normal(size=shape).astype("float32") for shape in ((2, 3), (3,))]
    end = [random.normal(size=array.shape).astype("float32") for array in start]
    before = [array.copy() for array in start]
    reptile.updated(reptile_update(start, end, 0.2), before, end, 0.2)
    ### BEGIN HIDDEN TESTS
    with check.another_case("rate 0: nothing moves"):
        reptile.updated(reptile_update(before, end, 0.0), before, end, 0.0)
    with check.another_case("rate 1: all the way"):
        reptile.updated(reptile_update(before, end, 1.0), before, end, 1.0)
    longer = [random.normal(size=shape).astype("float32") for shape in ((1, 4), (4,), (4, 2), (2,))]
    far = [array + 1 for array in longer]
    with check.another_case("four arrays, rate 0.7"):
        reptile.updated(reptile_update(longer, far, 0.7), longer, far, 0.7)
    ### END HIDDEN TESTS

# %% [markdown]
"""
### Your Reptile

Two functions, and you have it all. Here they practise on 60 tasks, ten steps on each.
"""

# %%
own_start = random_start
for task in practice[:60]:
    own_path = adapt(network, own_start, task[0], task[1], steps=10)
    own_start = reptile_update(own_start, own_path[-1], rate=0.3)

for name, start in (("random weights", random_start), ("your Reptile, 60 tasks", own_start)):
    after = meta.errors(network, start, new, steps=5)[:, 5].mean()
    print(f"{name:23} error on new waves after 5 steps: {after:.2f}")

# %% [markdown]
"""
Sixty tasks are a beginning. `meta.reptile` does the same as your two functions, compiled into one TensorFlow graph, and goes through all 2,000 tasks in a few seconds. Its rate falls from 0.6 to 0 on the way, so that the last tasks do not pull the start away.
"""

# %%
reptile_start = meta.reptile(network, random_start, practice)

# %% [markdown]
"""
## Exercise 5: judge it fairly

How good is the start? There are two ways to fool yourself, one above the other. You can ask on *points* that were learned from, and you can ask about *tasks* that were practised on.

| asked about | support points | query points |
|---|---|---|
| **practised tasks** | learned by heart | knows this task |
| **new tasks** | learned by heart | **what you want to know** |

Write `evaluate(model, weights, tasks, seen, steps)`. Each task is a tuple `x, y, x_query, y_query`; `seen` lists the *positions* of those tasks that were practised on. For every task that was **not** seen: adapt from `weights` with `steps` steps on the support points, then take the mean squared error on the query points. Return the mean of these errors, a number.

Two helpers are there for you: `meta.adapt(model, weights, x, y, steps)` is your exercise 3, compiled, and `meta.predict(model, weights, x)` gives the answers of the model with other weights than its own.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

For one new task: which points may the network learn from, which points may it be asked about, and where does it start?

</details>
<details><summary>Hint 2: where to look</summary>

`enumerate(tasks)` gives each task with its position. `meta.adapt` returns a path: you need its last entry.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
found = []
for position, (x, y, x_query, y_query) in enumerate(tasks):
    if position not in ...:
        adapted = meta.adapt(model, weights, ..., ..., steps)[-1]
        answer = meta.predict(model, adapted, ...)
        found.append(np.mean((... - ...) ** 2))
return np.mean(found)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(model, weights, tasks, seen, steps):
    """Return the mean error on the query points of the tasks whose position is not in `seen`."""
    ### BEGIN SOLUTION
    found = []
    for position, (x, y, x_query, y_query) in enumerate(tasks):
        if position not in seen:
            adapted = meta.adapt(model, weights, x, y, steps)[-1]
            found.append(np.mean((meta.predict(model, adapted, x_query) - y_query) ** 2))
    return float(np.mean(found))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "evaluate_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 5.
from transferlab import check, meta
from transferlab.check import reptile

with check.exercise("evaluate"):
    model, weights = meta.network(5), meta.network(6).get_weights()
    tasks, seen = meta.sine_tasks(6, seed=7), [0, 2, 3]
    reptile.evaluated(evaluate(model, weights, tasks, seen, 4), model, weights, tasks, seen, 4)
    ### BEGIN HIDDEN TESTS
    tasks, seen = meta.sine_tasks(5, seed=8), [1]
    with check.another_case("other tasks, other positions, two steps"):
        answer = evaluate(model, weights, tasks, seen, 2)
        reptile.evaluated(answer, model, weights, tasks, seen, 2)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Three starts, one race

Three starts, made from the same random weights, meet 200 new waves: the random weights themselves, ordinary training on all tasks at once, and Reptile.

**Predict.** Which start is best *before* the first step? Which after five?
"""

# %% mystnb={"image": {"alt": "Three curves of the error on new waves against steps of adaptation from 0 to 10; random weights stay high, all tasks at once falls slowly, Reptile falls steeply in the first steps"}}
starts = {
    "random weights": random_start,
    "all tasks at once": joint_start,
    "Reptile": reptile_start,
}
curves = {name: meta.errors(network, start, new, 10) for name, start in starts.items()}
for name, errors in curves.items():
    before, one, five = errors.mean(axis=0)[[0, 1, 5]]
    print(f"{name:18} error {before:.2f} before, {one:.2f} after 1 step, {five:.2f} after 5 steps")
error_by_step(curves, title="200 new waves: mean, and standard error")

# %% [markdown]
"""
Before the first step Reptile's start is about as poor as the mean of all tasks. It is no better *answer*. It is a better *place to learn from*, and that shows with the very first step. (Random weights lose a little at first: they come nearer to their ten points, and go wrong between them.)

### Adaptation, step by step

Go through the steps and watch the three networks learn. Then choose the third task: a wave twice as fast as any of the practice waves. **Predict** before each click which start will win.
"""

# %%
by_height = sorted(new, key=lambda task: np.ptp(task[3]))
faster = meta.sine_tasks(200, seed=1, speed=2.0)
chosen = {
    "a high wave": by_height[180],
    "a low wave": by_height[42],
    "a wave twice as fast": faster[0],
}


def answers_on_the_way(start, task):
    """Return what the network answers after each step from `start`: `(steps + 1, 50, 1)`."""
    x, y, x_query, _ = task
    path = meta.adapt(network, start, x, y, steps=10)
    return np.stack([meta.predict(network, weights, x_query) for weights in path])


answers = {
    task_name: {name: answers_on_the_way(start, task) for name, start in starts.items()}
    for task_name, task in chosen.items()
}
adaptation_explorer(chosen, answers, steps=(0, 1, 2, 5, 10))

# %% [markdown]
"""
Two or three steps turn, raise or flatten Reptile's start into the wave that the points ask for. The weights hold "it will be a wave of this length" and leave open which one. That knowledge is also a limit: on the faster wave it bends what it has, and what it has is the wrong length.

### How long does the lead last?

Ten steps are few. **Predict.** If random weights may learn for a thousand steps on their ten points, will they catch up?
"""

# %% mystnb={"image": {"alt": "The error of the three starts on new waves against the number of steps, both logarithmic, up to 1,000 steps; the curve of random weights falls only after some hundred steps and stays above that of Reptile"}}
long_curves = {name: meta.errors(network, start, new[:20], 1000) for name, start in starts.items()}
patient = long_curves["random weights"].mean(axis=0)[-1]
soon = int(np.argmax(long_curves["Reptile"].mean(axis=0) < patient))
print(f"Reptile's error after step {soon} is below that of random weights after step 1,000.")
error_by_step(long_curves, logarithmic=True, title="20 new waves")

# %% [markdown]
"""
Two benefits of transfer, both known to you from lesson 1, are in this picture: the lead in *time* (read it sideways), and what remains of it in the end. Ten points alone do not say what lies between them. The practice tasks do.

### One seed is an anecdote

Everything so far was one seed. The command `python -m transferlab.sweeps reptile` repeats it for five, each with its own practice and its own new waves, and also for waves twice as fast. Its results are stored with the course. Your run above was its seed 0, computed anew.

**Predict.** On the faster waves: is Reptile's start better than random weights, the same, or worse?
"""

# %%
stored = sweeps.load("reptile")
for condition, comparison in stored.items():
    print(condition)
    print(comparison, "\n")

mine = curves["Reptile"].mean(axis=0)[5]
kept = stored["after 5 steps"].scores["Reptile"][0]
print(f"after 5 steps, seed 0: {mine:.3f} here, {kept:.3f} stored")
print(
    "This run agrees with the stored one."
    if abs(mine - kept) <= stored["after 5 steps"].sd("Reptile")
    else "This run differs from the stored one by more than a standard deviation."
)

# %%
gap = stored["after 5 steps, waves twice as fast"].difference("Reptile", "random weights")
print(f"faster waves, error of Reptile less error of random weights: {gap}")

# %% [markdown]
"""
More error than from random weights: this is **negative transfer**, which you met in lesson 9. A meta-learner learns what its tasks have in common, and assumes it of every task to come. Here it learned how long a wave is. Learning to learn does not lift the first question of this course: *is the source like the target?*
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "pretext_label",
    "You pre-train on images turned by quarters. Where do the labels of this training come from?",
    right={
        "From the turning itself: whoever turned the image knows by how much": (
            "That is what self-supervised means. No person looks at the images."
        ),
    },
    wrong={
        "From the class of the image": (
            "Then labels have leaked, and it is ordinary training. The network is never told what "
            "the thing is."
        ),
        "There are none; the network is trained without labels": (
            "It is trained with labels and a loss, like any classifier. They cost nothing, that is "
            "the difference."
        ),
        "From the predictions of a network that was trained before": (
            "That exists too and has other names. Here no other network is needed."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "turn_then_split",
    "A colleague turns 1,000 images into 4,000, shuffles them and keeps 1,000 for testing. What is wrong?",
    right={
        "Most test images have a turned copy among the training images": (
            "Split first. Your tool from exercise 2 finds it; a comparison without turning does not."
        ),
    },
    wrong={
        "Nothing: no array of the test set is in the training set": (
            "No array is equal, yet the same digit by the same hand is on both sides. Run your "
            "tool from exercise 2 on it."
        ),
        "The test set is too large": ("A quarter is usual. Look at what is in it instead."),
        "The turned images should not be shuffled": (
            "Without shuffling, the test set would hold one turn only. The order of turning and "
            "splitting is the problem."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "reptile_number",
    "A weight is 2.0 at the start. On a task it is adapted to 3.0. What is the new start at a rate of 0.1?",
    right={"2.1": "A tenth of the way from 2.0 to 3.0."},
    wrong={
        "1.9": "That goes away from the task: the sign of the difference is wrong.",
        "2.3": "That adds a tenth of the adapted weight. Add a tenth of the *difference*.",
        "2.9": "That is nine tenths of the way. At rate 0 nothing should move.",
        "3.0": "That is rate 1: the start keeps nothing of the tasks before.",
    },
)

# %% tags=["quiz"]
quiz.ask(
    "fair_judgement",
    "How good is a start that Reptile has found? Which error tells you?",
    right={
        "On the query points of new tasks, after a few steps on their support points": (
            "New tasks, new points, and after adaptation, because that is what it was made for."
        ),
    },
    wrong={
        "On the query points of the practised tasks, after a few steps": (
            "New points, but tasks that it has practised on. You want to know how it does on a "
            "task that it has never met."
        ),
        "On the support points of new tasks, after a few steps": (
            "Those points were learned from. It is training error, one level down."
        ),
        "On new tasks, before any step": (
            "Before the first step it is about as poor as the mean of all tasks. It promises to "
            "learn fast, not to know."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "meta_limit",
    "Your meta-learner adapts to new waves in a few steps. Then somebody brings waves twice as fast. What do you expect?",
    right={
        "Perhaps less than random weights would give: measure before you use it": (
            "It has learned what its practice tasks had in common, and here that is wrong. This "
            "was negative transfer."
        ),
    },
    wrong={
        "The same: it has learned how to learn": (
            "It has learned how to learn *waves of one length*. Look at the third task of the "
            "explorer."
        ),
        "A little slower, but always better than random weights": (
            "That would be kind. Look at the stored results for five seeds."
        ),
        "Keras raises an error, because the tasks differ": (
            "The shapes are the same, so nothing complains. You have to measure."
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

- A pretext task makes its labels out of the data. It teaches what is needed to solve it, and that may or may not be what you need.
- Split first, multiply afterwards. Turned copies of test images are leaks that no plain comparison finds.
- A model remembers the task before. `set_weights` brings every task to the same start; `get_weights` gives copies.
- Reptile moves the start a part of the way to where each task ended. It makes a good place to learn from, not a good answer.
- Judge it on new tasks, on query points, after adaptation.
- Free labels and practised learning do not lift the first question: is the source like the target?

## The end of the course, and what is beyond it

You have come from "what is transfer?" to choosing, cutting, freezing, adapting and judging a pretrained model, and you have measured each step instead of believing it. What carries over to models a million times larger is less the code than the habits: a baseline first, a control that could explain the gain away, several seeds, a test set that nothing has touched, and the courage to report that it did not help.

**Next:** take a task of your own. Write down the score of the plainest baseline before you load any pretrained model. Then go through lesson 9's three questions, extract features (lesson 5), and fine-tune (lesson 7) only if there is something left to gain.

Three topics that this course leaves open:

- **Tables.** Columns of numbers with names of their own are where transfer is least proven: two tables seldom share what their columns mean. Trees trained from scratch are a hard baseline to beat. Networks pre-trained on many made-up tables are a new and lively attempt.
- **Adapters.** To fine-tune a very large model, freeze it whole and train small additions beside its weights. LoRA is the best known. It is lesson 7 with another answer to the question "which numbers may learn?".
- **Distillation.** A large model teaches a small one by its probabilities, which say more than its answers. It is transfer between models rather than between tasks.

### Further reading

- Spyros Gidaris, Praveer Singh, Nikos Komodakis: [Unsupervised Representation Learning by Predicting Image Rotations](https://arxiv.org/abs/1803.07728) (ICLR 2018). The pretext task of part 1.
- Alex Nichol, Joshua Achiam, John Schulman: [On First-Order Meta-Learning Algorithms](https://arxiv.org/abs/1803.02999) (2018). Reptile, and why it works.
- Chelsea Finn, Pieter Abbeel, Sergey Levine: [Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks](https://arxiv.org/abs/1703.03400) (ICML 2017). MAML, Reptile's elder relative, and the sine waves.
- Edward Hu and others: [LoRA: Low-Rank Adaptation of Large Language Models](https://arxiv.org/abs/2106.09685) (ICLR 2022).
- Geoffrey Hinton, Oriol Vinyals, Jeff Dean: [Distilling the Knowledge in a Neural Network](https://arxiv.org/abs/1503.02531) (2015).
- Léo Grinsztajn, Edouard Oyallon, Gaël Varoquaux: [Why do tree-based models still outperform deep learning on typical tabular data?](https://arxiv.org/abs/2207.08815) (NeurIPS 2022).

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
