# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 5. Feature extraction and a separate classifier

The cheapest way to transfer: run your images through a pretrained model once, keep what it computes in the middle, and train a small classifier on that. No layer is trained. It takes seconds, and it is often hard to beat.

It is also easy to do wrong without noticing. Half of this lesson is about numbers that look fine and are not.

**After this lesson you can**

- extract features from any layer, and train a classifier on them;
- tell how much of the gain comes from *pretraining*, with a control that isolates it;
- report an accuracy that can be believed: nothing of the test data gets into the training;
- read a confusion matrix;
- prepare images as the backbone expects them, and know what happens if you do not.

**Time:** about 60 minutes. **You need:** lesson 3, cutting a model at a layer. At the end you may use your own photos.
"""

# %%
import time

import keras
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from transferlab import backbones, data, photos, progress, quiz, reflect, see
from transferlab.experiment import compare
from transferlab.see.features import confusion, embedding_explorer, scores
from transferlab.see.surgery import feature_maps
from transferlab.training import linear_probe

keras.utils.set_random_seed(5)
threadpool_limits(1)  # for problems as small as ours, one thread is quicker than many
print("Keras", keras.__version__)

# %%
progress.panel(["extract_features", "evaluate", "most_confused", "match_preprocessing"])

# %% [markdown]
"""
## The task

Handwritten digits *in the wild*: turned, shifted, dimmed and noisy. You get **ten labelled images of each digit**, a hundred in all, and 500 others to be tested on.

Our backbone is the letter reader of lesson 2. It has never seen a digit.
"""

# %% mystnb={"image": {"alt": "Twenty small grey pictures of handwritten digits, many of them tilted, faint or grainy, each with its label above"}}
digits = data.digits("wild", seed=0).few(labels_per_class=10, seed=0)
backbone = backbones.load_backbone("letters")

print(digits)
see.images(digits.x_train[:20], [str(label) for label in digits.y_train[:20]])

# %% [markdown]
"""
## From an image to a row of features

In lesson 3 you cut a model at a layer. Here is the cut again: everything up to the layer `features`. The head, which knows only letters, is left out.
"""

# %% tags=["nbval-check-output"]
extractor = keras.Model(backbone.inputs[0], backbone.get_layer("features").output)
features = extractor(digits.x_train).numpy()
print("images:  ", digits.x_train.shape)
print("features:", features.shape, features.dtype)

# %% [markdown]
"""
Each image has become a row of 384 numbers, its **features**. Each number says how strongly one pattern is present in one region: a stroke, a bend, an end of a line. The backbone has found out which patterns are worth looking for when it learned to read letters.

**Predict.** Below are three images of one digit and three of another, with their features as stripes. Will you be able to tell the two digits by their stripes?
"""

# %% mystnb={"image": {"alt": "Six digits in a column, three zeros and three ones, each with its 384 features beside it as thin stripes; a faint image has dark stripes, and the digits are hard to tell by eye"}}
rows = np.concatenate([np.flatnonzero(digits.y_train == digit)[:3] for digit in (0, 1)])
feature_maps(digits.x_train[rows], features[rows], [str(digits.y_train[row]) for row in rows])

# %% [markdown]
"""
Hardly. What strikes the eye is how strong the ink is: a faint image has dark stripes. So measure it. A *correlation* compares two rows by where they are high and low, whatever their strength: 1 is the same pattern, 0 is no relation.
"""

# %%
alike = np.corrcoef(features)
same_digit = digits.y_train[:, None] == digits.y_train
another_image = ~np.eye(len(features), dtype=bool)
print(f"mean correlation, same digit:   {alike[same_digit & another_image].mean():.2f}")
print(f"mean correlation, other digits: {alike[~same_digit].mean():.2f}")

# %% [markdown]
"""
There is a difference, spread thinly over 384 numbers. To collect such hints is what a classifier is for. It need not be a clever one.

## A classifier that costs next to nothing

Two steps, both from scikit-learn:

1. **`StandardScaler`** shifts and scales each feature to mean 0 and standard deviation 1, so that none drowns the others. It has to be *fitted*: it learns 384 means and 384 standard deviations.
2. **`LogisticRegression`** computes a weighted sum of the features for each class, and turns the sums into probabilities. It is what a single Dense layer with softmax would be.

`make_pipeline` ties the two together, so that they are fitted together and used together.

**Predict.** A hundred images to learn from, and ten classes. How many of the 500 test digits will be right? And how long will extracting and training take: milliseconds, seconds, minutes?
"""

# %%
weights_before = backbone.get_weights()

start = time.perf_counter()
train_features = extractor(digits.x_train).numpy()
test_features = extractor(digits.x_test).numpy()
extracted = time.perf_counter()
classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
classifier.fit(train_features, digits.y_train)
trained = time.perf_counter()

print(f"extracting 600 rows of features: {extracted - start:.2f} s")
print(f"training the classifier:         {trained - extracted:.2f} s")
print(f"accuracy on 500 test digits:     {classifier.score(test_features, digits.y_test):.3f}")

# %% [markdown]
"""
The expensive part, the pass through the network, is done **once**. Its results are kept, and you can train a hundred classifiers on them before your coffee is cold.

Is this fine-tuning? Look at the backbone.
"""

# %% tags=["nbval-check-output"]
unchanged = map(np.array_equal, weights_before, backbone.get_weights())
print("tensors of the backbone that changed:", sum(not same for same in unchanged))

# %% [markdown]
"""
None, and none could have: no optimizer was near. **Training a classifier on extracted features is not fine-tuning**, although some texts call it so. Fine-tuning changes the backbone, and lesson 7 is about it.
"""

# %% [markdown]
"""
## Exercise 1: features of any layer

Write `extract_features(model, layer, images)`: it returns what the layer named `layer` gives for `images`, as a NumPy array with **one row per image**. The layer may be any, also one whose output is a stack of maps. Extract as in prediction, not as in training.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

The layer `pool2` gives an array of shape `(n, 4, 4, 64)`. Which shape do you have to return for it?

</details>
<details><summary>Hint 2: where to look</summary>

The cell that made `extractor` does it for one layer of one model. For the shape, look at `reshape`: `-1` stands for "whatever is left".

</details>
<details><summary>Hint 3: nearly there</summary>

```python
cut = keras.Model(model.inputs[0], model.get_layer(...).output)
values = cut(images, training=...).numpy()
return values.reshape(..., -1)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "extract_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def extract_features(model, layer, images):
    """Return the output of the layer of that name as an array (n, d), one row per image."""
    ### BEGIN SOLUTION
    cut = keras.Model(model.inputs[0], model.get_layer(layer).output)
    values = cut(images, training=False).numpy()
    return values.reshape(len(images), -1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "extract_features_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
import numpy as np

from transferlab import backbones, check
from transferlab.check import features as check_features
from transferlab.check import given

with check.exercise("extract_features"):
    images = np.random.default_rng(0).uniform(size=(5, 16, 16, 1)).astype("float32")
    model = backbones.load_backbone("letters")
    for layer in ("features", "pool2"):
        rows = given.same_weights(extract_features, model, layer, images)
        check_features.extracted(rows, model, layer, images)
    ### BEGIN HIDDEN TESTS
    import keras

    inputs = keras.Input((8, 8, 3))
    maps = keras.layers.Conv2D(4, 3, activation="relu", name="maps")(inputs)
    dropped = keras.layers.Dropout(0.5, name="dropped")(keras.layers.BatchNormalization()(maps))
    flat = keras.layers.GlobalMaxPooling2D(name="summary")(dropped)
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(flat))
    images = np.random.default_rng(1).uniform(size=(4, 8, 8, 3)).astype("float32")
    with check.another_case("functional, colour images, Dropout and BatchNorm before the layer"):
        for layer in ("summary", "dropped"):
            rows = given.same_weights(extract_features, model, layer, images)
            check_features.extracted(rows, model, layer, images)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Was it the pretraining?

One accuracy says little. Two questions have to be asked of it.

- *Would it work without the backbone?* Train the same classifier on the 256 **pixels**.
- *Is it the pretraining, or would any convolutional network do?* Take the **same architecture with random weights**. It looks for random patterns, and random patterns are not nothing. This control is left out often, and it is the one that isolates what was *learned*.

And one seed is an anecdote: we draw other training and test digits five times. (`linear_probe` does what you saw above: extract, scale, train, score.)

**Predict** three accuracies, and above all their order.
"""

# %% mystnb={"image": {"alt": "Dot plot of test accuracy for three descriptions of the images: pixels lowest, the untrained backbone higher, the pretrained backbone clearly highest, far above guessing"}}
few = {seed: data.digits("wild", seed=seed).few(10, seed=seed) for seed in range(5)}


def pixels(images):
    """Describe each image by its pixels, in a row."""
    return images.reshape(len(images), -1)


def untrained(seed):
    """Return the extractor's architecture with random weights."""
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(extractor)


payoff = compare(
    {
        "pixels": lambda seed: linear_probe(pixels, few[seed]),
        "untrained backbone": lambda seed: linear_probe(untrained(seed), few[seed]),
        "pretrained backbone": lambda seed: linear_probe(extractor, few[seed]),
    }
)
scores({"logistic regression, 10 labels per digit": payoff}, chance=0.1)

# %%
print("the architecture gives:", payoff.difference("untrained backbone", "pixels"))
print("pretraining adds:      ", payoff.difference("pretrained backbone", "untrained backbone"))

# %% [markdown]
"""
Convolution and pooling by themselves, with weights that know nothing, already help: they look at small regions and forgive small shifts. What remains is what pretraining on *letters* has given to a reader of *digits*.

You may have read that feature extraction is for "a completely new task". Is it? Here the task is the backbone's own: letters, with ten labels for each. **Predict:** will its features still beat the pixels?
"""

# %%
few_letters = data.letters(per_class=10, test_per_class=10)
print(f"letters, from pixels:   {linear_probe(pixels, few_letters):.3f}")
print(f"letters, from features: {linear_probe(extractor, few_letters):.3f}")

# %% [markdown]
"""
The nearer the task, the better the features fit. How new a task is does not decide for feature extraction. What speaks for it: few labels, little time, and a source whose patterns are useful for the target.
"""

# %% [markdown]
"""
### See it: the embedding, before and after

A row of 384 numbers is a point in a space of 384 dimensions, an **embedding**. To look at it we need two. *PCA* turns the cloud of points until its two widest directions face you. *t-SNE* places neighbours beside each other, at the price of everything else: distances between groups and the sizes of groups mean nothing in its pictures.

**Predict.** In which description will the same digits lie together: pixels, untrained features, pretrained features, or the probabilities of the 26 letters? The layouts never see a label; only the drawing does.
"""

# %%
look, names_of_look = digits.x_test[:300], digits.y_test[:300]
descriptions = {
    "pixels": pixels(look),
    "untrained features": untrained(0)(look).numpy(),
    "pretrained features": extractor(look).numpy(),
    "letter probabilities": backbone(look).numpy(),
}
planes = {}
for name, values in descriptions.items():
    main_directions = PCA(20).fit_transform(StandardScaler().fit_transform(values))
    neighbours = TSNE(perplexity=20, max_iter=500, random_state=0).fit_transform(main_directions)
    planes[name] = {"PCA": main_directions[:, :2], "t-SNE": neighbours}
embedding_explorer(planes, names_of_look)

# %% [markdown]
"""
Compare "before" (pixels, or untrained) with "after" (pretrained) in the t-SNE layout. The digits draw together, although nobody told the backbone what a digit is.

Now compare PCA and t-SNE of the *same* features. A picture in two dimensions can hide what a classifier in 384 dimensions finds with ease. A poor picture is no proof of poor features.
"""

# %% [markdown]
"""
## Where to cut

You can cut anywhere, also at the very end: the backbone's answer is a row too, 26 probabilities. It is the tidiest description of all. Is it the best?

**Predict** the order: an early layer (`pool1`), a middle one (`pool2`), `features`, the hidden layer of the old head (`head_dense`), the probabilities (`head_letters`).
"""

# %% mystnb={"image": {"alt": "Dot plot of test accuracy for five places to cut: accuracy rises from pool1 over pool2 to features, and falls again at head_dense and further at the letter probabilities"}}
depths = ["pool1", "pool2", "features", "head_dense", "head_letters"]


def cut_at(layer):
    """Return a model that ends in that layer, laid out flat."""
    flat = keras.layers.Flatten()(backbone.get_layer(layer).output)
    return keras.Model(backbone.inputs[0], flat)


cuts = {f"{layer}: {cut_at(layer).output_shape[1]:,} numbers": cut_at(layer) for layer in depths}
by_depth = compare(
    {name: lambda seed, cut=cut: linear_probe(cut, few[seed]) for name, cut in cuts.items()}
)
scores({"cut at this layer, 10 labels per digit": by_depth}, chance=0.1)

# %% [markdown]
"""
A hill. Early layers see strokes and not yet shapes. Late layers have sorted everything by *letters*: the probabilities say how much a 3 looks like a B or an S, and whatever does not help to tell letters apart has been thrown away on purpose. Often a probability near 1 leaves only rounding for the other 25.

So **do not take probabilities as features**. The best cut is in general the last layer before the head, and earlier when source and target have little in common. It is worth a comparison like this one.
"""

# %% [markdown]
"""
### Another classifier?

Features are rows of numbers. Any classifier takes them. *3-nearest-neighbours* asks the three training images with the most similar features. *Nearest mean* keeps one average row per class, and asks which is closest. Both learn nothing but the rows themselves.
"""


# %%
def scaled_features(seed):
    """Return training and test features; the scaler is fitted on the training features."""
    train = extractor(few[seed].x_train).numpy()
    test = extractor(few[seed].x_test).numpy()
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def score_of(classifier, seed):
    """Return the test accuracy of a classifier on scaled features."""
    train, test = scaled_features(seed)
    return classifier.fit(train, few[seed].y_train).score(test, few[seed].y_test)


def score_of_nearest_mean(seed):
    """Return the test accuracy of asking for the nearest of ten mean rows."""
    train, test = scaled_features(seed)
    means = [train[few[seed].y_train == digit].mean(axis=0) for digit in range(10)]
    return KNeighborsClassifier(1).fit(means, range(10)).score(test, few[seed].y_test)


compare(
    {
        "logistic regression": lambda seed: score_of(LogisticRegression(max_iter=1000), seed),
        "3 nearest neighbours": lambda seed: score_of(KNeighborsClassifier(3), seed),
        "nearest mean": score_of_nearest_mean,
    }
)

# %% [markdown]
"""
All three live on the same features. Logistic regression may weigh the features: the useless ones get little weight. The other two count every feature alike. They have one advantage, though: a new class costs some new rows, and no training.
"""

# %% [markdown]
"""
## A number that can be believed

The test images stand for images that you have not got yet. So nothing may be learned from them, and the scaler *learns*. Four ways to score the same features:

1. the pipeline: the scaler is fitted on the training features;
2. the scaler is fitted on training and test features together;
3. the test features get a scaler of their own, `fit_transform` once more;
4. the score is taken on the training images.

**Predict:** which of 2, 3 and 4 raise the number above that of 1, and how much?
"""


# %%
def leaky_score(seed, leak):
    """Return the accuracy of logistic regression on features, with one of three mistakes."""
    task = few[seed]
    train, test = extractor(task.x_train).numpy(), extractor(task.x_test).numpy()
    scaler = StandardScaler().fit(np.concatenate([train, test]) if leak == "both" else train)
    classifier = LogisticRegression(max_iter=1000).fit(scaler.transform(train), task.y_train)
    if leak == "own scaler":
        scaler = StandardScaler().fit(test)
    if leak == "training images":
        return classifier.score(scaler.transform(train), task.y_train)
    return classifier.score(scaler.transform(test), task.y_test)


compare(
    {
        "1. pipeline": lambda seed: leaky_score(seed, leak=None),
        "2. scaler fitted on both": lambda seed: leaky_score(seed, "both"),
        "3. test images have their own": lambda seed: leaky_score(seed, "own scaler"),
        "4. scored on training images": lambda seed: leaky_score(seed, "training images"),
    }
)

# %% [markdown]
"""
Number 4 is no accuracy at all: it asks how well the classifier *remembers*.

Numbers 2 and 3 hardly differ from 1. Are they harmless, then? Here the numbers are, and that is luck: the scaler uses no labels, and 500 test digits have about the same means as 100 training digits. The procedure is still wrong, and there is a quick way to see it. Your program is finished, a user sends **one** image, and it is treated like the test images in 3.

**Predict** its scaled features.
"""

# %% tags=["nbval-check-output"]
one = test_features[:1]
scaled = StandardScaler().fit_transform(one)
print("smallest and largest scaled feature:", scaled.min(), scaled.max())

# %%
same_for_all = classifier[-1].predict(scaled)[0]
print(f"Every image, sent alone, is taken for a {same_for_all}.")
print(f"Accuracy one by one: {np.mean(digits.y_test == same_for_all):.2f}")

# %% [markdown]
"""
One image minus its own mean is nothing. A fine accuracy, and a program that knows a single answer: the number in 3 described something that can never be used.

A test that always finds this kind of leak: **the guess for one image must not depend on which other images are tested, nor on the test labels.** A pipeline passes it without any effort of yours. It fits everything in `fit`, on what `fit` is given, and `predict` only uses it.
"""

# %% [markdown]
"""
## Exercise 2: mend a colleague's evaluation

A colleague reports 100 % and is proud. You find two mistakes in the function.
"""


# %%
def colleagues_evaluation(train_features, train_labels, test_features, test_labels):
    """Train on the training rows; return the accuracy and the guesses for the test rows."""
    scaler = StandardScaler().fit(np.concatenate([train_features, test_features]))
    scaled = scaler.transform(train_features)
    classifier = LogisticRegression(max_iter=1000).fit(scaled, train_labels)
    guesses = classifier.predict(scaler.transform(test_features))
    return classifier.score(scaled, train_labels), guesses


# %% [markdown]
"""
Write `evaluate(train_features, train_labels, test_features, test_labels)`, the mended version. It returns `accuracy, guesses`: a number that can be believed, and one guessed label per test row. It must also work for a single test row.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Go through your colleague's lines. For each: does it use anything of the test rows, and is it *before* or *after* the training is finished?

</details>
<details><summary>Hint 2: where to look</summary>

`make_pipeline` in the section "A classifier that costs next to nothing" keeps scaler and classifier together. `np.mean` of a comparison is a share.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
classifier = make_pipeline(...)
classifier.fit(...)                       # on which rows?
guesses = classifier.predict(...)         # for which rows?
return np.mean(guesses == ...), guesses   # compared with which labels?
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(train_features, train_labels, test_features, test_labels):
    """Train on the training rows; return the accuracy and the guesses for the test rows."""
    ### BEGIN SOLUTION
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(train_features, train_labels)
    guesses = classifier.predict(test_features)
    return float(np.mean(guesses == test_labels)), guesses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "evaluate_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
from transferlab import check
from transferlab.check import features as check_features

with check.exercise("evaluate"):
    check_features.evaluation(evaluate, classes=3, seed=0)
    ### BEGIN HIDDEN TESTS
    with check.another_case("five classes, other rows"):
        check_features.evaluation(evaluate, classes=5, seed=1)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Which mistakes does it make?

An accuracy counts mistakes. A **confusion matrix** names them: a row for each true digit, a column for each guess. The framed diagonal holds what is right.

**Predict** a pair of digits that is often confused. Does it happen equally often in both directions?
"""

# %% mystnb={"image": {"alt": "Confusion matrix of ten digits: most of the 500 test images lie on the framed diagonal, and some cells off the diagonal are shaded and hold several mistakes"}}
guesses = classifier.predict(test_features)
matrix = confusion_matrix(digits.y_test, guesses, labels=range(10))
confusion(matrix, digits.class_names)

# %% [markdown]
"""
Read it in three steps.

1. **Along a row:** what happens to the images of one class? The sum is how many there are.
2. **Down a column:** when the classifier says "3", what was it really?
3. **Across the diagonal:** "4 taken for 9" and "9 taken for 4" are two different cells, and often two different numbers.

Then look at the images themselves. Here are the mistakes of the darkest cell.
"""

# %% mystnb={"image": {"alt": "A row of small grey pictures of misread digits; above each, the true digit and the guess; many are turned, faint or cut off"}}
mistakes = matrix - np.diag(np.diag(matrix))
true, guessed = divmod(mistakes.argmax(), 10)
wrong = np.flatnonzero((digits.y_test == true) & (guesses == guessed))[:10]
see.images(digits.x_test[wrong], [f"{true} → {guessed}"] * len(wrong))

# %% [markdown]
"""
Would you have read them all? Some mistakes come from the image, some from the ten examples that the classifier has seen, and some from features that were chosen for letters.
"""

# %% [markdown]
"""
## Exercise 3: the most frequent mistake

Write `most_confused(y_true, y_pred, class_names)`: it returns the two **names** of the mistake that was made most often, as `(true name, guessed name)`. `y_true` and `y_pred` hold positions in `class_names`. It should work for any classes, also when one of them does not occur in the labels.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Where in the matrix are the guesses that are *not* mistakes? What has to happen to them, before you look for the largest number?

</details>
<details><summary>Hint 2: where to look</summary>

`confusion_matrix(..., labels=...)` decides which classes get a row. `np.fill_diagonal(matrix, value)` changes a matrix in place. `matrix.argmax()` counts through the rows, and `divmod` turns that into row and column.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
matrix = confusion_matrix(y_true, y_pred, labels=range(...))
np.fill_diagonal(...)
row, column = divmod(...)
return class_names[...], class_names[...]   # which is true, which is guessed?
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "most_confused", "locked": false, "schema_version": 3, "solution": true, "task": false}
def most_confused(y_true, y_pred, class_names):
    """Return (true name, guessed name) of the mistake that was made most often."""
    ### BEGIN SOLUTION
    matrix = confusion_matrix(y_true, y_pred, labels=range(len(class_names)))
    np.fill_diagonal(matrix, 0)
    row, column = divmod(int(matrix.argmax()), len(class_names))
    return class_names[row], class_names[column]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "most_confused_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import numpy as np

from transferlab import check
from transferlab.check import features as check_features

with check.exercise("most_confused"):
    names = ["cat", "dog", "fox"]
    y_true = np.repeat([0, 0, 0, 1, 1, 2, 2, 2], [9, 4, 1, 12, 3, 9, 3, 5])
    y_pred = np.repeat([0, 1, 2, 1, 0, 2, 0, 1], [9, 4, 1, 12, 3, 9, 3, 5])
    check_features.most_confused(most_confused(y_true, y_pred, names), y_true, y_pred, names)
    ### BEGIN HIDDEN TESTS
    names = ["oak", "ash", "elm", "fir", "yew"]
    y_true = np.repeat([1, 1, 2, 2, 3, 3, 4, 4], [5, 1, 30, 7, 20, 6, 2, 4])
    y_pred = np.repeat([1, 4, 2, 3, 3, 2, 4, 1], [5, 1, 30, 7, 20, 6, 2, 4])
    with check.another_case("five trees, of which one does not occur"):
        check_features.most_confused(most_confused(y_true, y_pred, names), y_true, y_pred, names)
    y_true = np.repeat([0, 0, 1, 1, 2, 2], [50, 9, 3, 4, 10, 6])
    y_pred = np.repeat([0, 2, 1, 0, 2, 0], [50, 9, 3, 4, 10, 6])
    with check.another_case("three trees, one of them frequent"):
        check_features.most_confused(
            most_confused(y_true, y_pred, names[:3]), y_true, y_pred, names[:3]
        )
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Preprocessing must match

A backbone expects images as it saw them in pretraining. Ours saw values from 0 (paper) to 1 (ink). An array does not say what its values mean, so nothing can warn you when they mean something else.

Four mistakes that happen every day: values up to **255** that were never divided; the division done **twice**; ink and paper **swapped**; values from **-1 to 1**, because the last backbone wanted them so.

And each can be made in two ways: **at prediction only** (training was right, the finished program is not), or **throughout** (training and test alike).

**Predict.** Which of the four does most harm at prediction only? Will a mistake made throughout do any harm at all?
"""

# %% mystnb={"image": {"alt": "Dot plot of test accuracy for right preprocessing and four mistakes, each made throughout or at prediction only; at prediction only nearly all of them fall far, and throughout most lose a part"}}
changes = {
    "as in pretraining": lambda images: images,
    "up to 255": lambda images: 255 * images,
    "divided twice": lambda images: images / 255,
    "ink and paper swapped": lambda images: 1 - images,
    "from -1 to 1": lambda images: 2 * images - 1,
}


def trained(seed, change):
    """Return a pipeline trained on features of changed images."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return pipeline.fit(extractor(change(few[seed].x_train)).numpy(), few[seed].y_train)


def score_on(pipeline, seed, change):
    """Return the accuracy of a trained pipeline on changed test images."""
    return pipeline.score(extractor(change(few[seed].x_test)).numpy(), few[seed].y_test)


trained_right = {seed: trained(seed, changes["as in pretraining"]) for seed in few}
at_prediction = compare(
    {name: lambda seed, f=f: score_on(trained_right[seed], seed, f) for name, f in changes.items()}
)
throughout = compare(
    {name: lambda seed, f=f: score_on(trained(seed, f), seed, f) for name, f in changes.items()}
)
scores({"throughout": throughout, "at prediction only": at_prediction}, chance=0.1)

# %%
print("lost when made throughout:")
for name in list(changes)[1:]:
    print(f"  {name:22}", throughout.difference(name, "as in pretraining"))

# %% [markdown]
"""
At prediction only, most of these mistakes are a disaster. That is the kinder case: somebody will notice.

Made throughout, they are quiet. The classifier learns to live with spoilt features, the accuracy is better than that of the pixels, and you think that this is what your backbone can do. Compare it with the *untrained* backbone of the first plot: the pretraining is wasted, and nothing in the program is red.

One of them does hardly any harm throughout, and it is worth knowing why. Our backbone is made of convolutions, ReLU and maximum, so inputs 255 times as large give features about 255 times as large, and the scaler divides that out. Dividing twice has no such luck: the biases stay as large as they were, and drown what is left of the image. Do not rely on it; a network with another activation would not forgive you.
"""

# %% [markdown]
"""
### Each backbone wants its own

The models of `keras.applications` come with a function `preprocess_input` each. **Predict:** will they agree on what black, grey and white should become?
"""

# %% tags=["nbval-check-output"]
for family in ("mobilenet_v2", "resnet50", "efficientnet"):
    preprocess = getattr(keras.applications, family).preprocess_input
    grey = preprocess(np.array([0.0, 128.0, 255.0]).reshape(1, 3, 1, 1) * np.ones((1, 3, 1, 3)))
    print(f"{family:13}", *(np.round(value, 1) for value in grey[0, :, 0]))

# %% [markdown]
"""
Three families, three answers. MobileNetV2 wants -1 to 1. ResNet50 wants 0 to 255 minus the mean colour of ImageNet, in the order blue, green, red. EfficientNet gets what it is given, because its first layers do the rescaling. All three start from **0 to 255**: whoever divides by 255 first, prepares twice.

There is one more trap in it. **Predict** what the second line prints.
"""

# %% tags=["nbval-check-output"]
photo = np.full((1, 2, 2, 3), 255.0, dtype="float32")
first = keras.applications.mobilenet_v2.preprocess_input(photo)
print("prepared:           ", first.max())
print("the photo by now:   ", photo.max())
again = keras.applications.mobilenet_v2.preprocess_input(photo)
print("prepared once more: ", again.max().round(3))

# %% [markdown]
"""
A float array is changed **in place**: the photo itself is not what it was. Run such a cell twice, and your images are prepared twice. Give it a copy, or make preprocessing part of one function that goes from the raw image to the features.
"""

# %% [markdown]
"""
## Exercise 4: scans for the letters backbone

A scanner delivers digits as `uint8`, shape `(n, 16, 16)`: **0 is black ink and 255 is white paper**. Write `match_preprocessing(scans)`: it returns what the `letters` backbone expects, floats of shape `(n, 16, 16, 1)` with ink 1 and paper 0.

The amounts must be the same for every scan, whatever else is in the batch. And beware of bytes: in NumPy, a `uint8` that falls below 0 starts again at 255.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

A pixel of the value 255 is paper. Which value must it get? And a pixel of the value 0?

</details>
<details><summary>Hint 2: where to look</summary>

`scans.astype("float32")` comes before any calculation. `array[..., None]` adds an axis of length 1 at the end.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
share = scans.astype("float32") / ...
return (... - share)[..., None]
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "match_preprocessing", "locked": false, "schema_version": 3, "solution": true, "task": false}
def match_preprocessing(scans):
    """Return scans (uint8, ink 0, paper 255) as the letters backbone expects images."""
    ### BEGIN SOLUTION
    brightness = scans.astype("float32") / 255
    return (1 - brightness)[..., None]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "match_preprocessing_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
import numpy as np

from transferlab import check
from transferlab.check import features as check_features

with check.exercise("match_preprocessing"):
    scans = np.random.default_rng(0).integers(0, 256, (6, 16, 16), dtype="uint8")
    check_features.preprocessed(match_preprocessing(scans), scans)
    ### BEGIN HIDDEN TESTS
    faint = np.random.default_rng(1).integers(140, 241, (1, 16, 16), dtype="uint8")
    with check.another_case("a single scan with faint ink on grey paper"):
        check_features.preprocessed(match_preprocessing(faint), faint)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Optional: your own photos

Dog breeds, mushrooms, the cups in your kitchen: the same few lines work on **photos** with a backbone pretrained on ImageNet, a million photos of a thousand classes.

Make a folder `photos` beside this notebook with one folder for each class, such as `photos/poodle/` and `photos/dachshund/`, and put at least eight pictures into each. Without it, the next cells use the digits; nothing else changes.
"""

# %% tags=["photos"]
own = photos.task()
print(own.sentence)

# %% [markdown] tags=["photos"]
"""
`own` holds a data set, a base that makes features, and the preprocessing that belongs to this base: for photos MobileNetV2, cut before its head, and its own `preprocess_input`. `own.features` does both, image to row.

**Predict** the accuracy, and which two classes will be confused. Then check your answer.
"""

# %% tags=["photos"] mystnb={"image": {"alt": "Confusion matrix of the photos, or of the digits when there are none: a row for each true class, a column for each guess, right guesses on the framed diagonal"}}
own_classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
own_classifier.fit(own.features(own.dataset.x_train), own.dataset.y_train)
own_features = own.features(own.dataset.x_test)
own_score = own_classifier.score(own_features, own.dataset.y_test)
print(f"accuracy on {len(own_features)} test images: {own_score:.3f}")

classes = own.dataset.class_names
own_guesses = own_classifier.predict(own_features)
confusion(confusion_matrix(own.dataset.y_test, own_guesses, labels=range(len(classes))), classes)

# %% [markdown] tags=["photos"]
"""
With a handful of test photos, each of them moves the accuracy by several points: ten right of twelve is not clearly better than nine. And ask what else differs between your folders. If all poodles lie on a red sofa, you may have trained a sofa detector.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "isolating_control",
    "A classifier on features of a pretrained network beats the same classifier on pixels. Which control tells how much of it is due to pretraining?",
    right={
        "The same network with random weights": (
            "Everything is equal but what was learned. In our comparison this control alone "
            "explained a part of the gain over the pixels."
        ),
    },
    wrong={
        "A larger classifier on the pixels": (
            "That changes the classifier. Convolution and pooling without any training could "
            "still be what helps."
        ),
        "The same comparison with another seed": (
            "More seeds tell the spread. They do not tell architecture and pretraining apart."
        ),
        "The accuracy on the training images": (
            "That tells how well the classifier remembers, and nothing of where the gain is from."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "probabilities_as_features",
    "Why are the 26 letter probabilities worse features for digits than the layer before the head?",
    right={
        "The head keeps what separates letters and drops the rest, which digits would need": (
            "The hill in 'Where to cut': the nearer to the answer, the more everything is sorted "
            "by the old classes."
        ),
    },
    wrong={
        "Because 26 numbers are always too few": (
            "Few can be enough if they are the right ones: ten would do, one for each digit. It "
            "matters which numbers they are."
        ),
        "Because probabilities cannot be scaled": (
            "A scaler takes any numbers. What was thrown away does not come back by scaling."
        ),
        "They are better, because they are the result of the whole network": (
            "The result of the whole network for *another question*. Look at the plot again."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "scaler_on_test",
    "A scaler was fitted on training and test features together. The accuracy is almost the same as with the pipeline. What do you report?",
    right={
        "The pipeline's number: the other one has used what it is tested on": (
            "That it made no difference this time could be found out only by doing it right. With "
            "a step that uses labels, or few test images, it will."
        ),
    },
    wrong={
        "Either: the difference is within the noise": (
            "You know that only because you have the right number too. And the wrong procedure "
            "cannot be used on a single new image."
        ),
        "The higher one, because more data make a better scaler": (
            "More data, and the very data that you claim not to have yet."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "not_fine_tuning",
    "You extract features once, then train a logistic regression on them. Which statement is right?",
    right={
        "No weight of the backbone changed, so this is not fine-tuning": (
            "Feature extraction and fine-tuning differ in what the optimizer may change."
        ),
    },
    wrong={
        "It is fine-tuning, because a pretrained model is adapted to a new task": (
            "The task is new, but the model is as it was: you compared its weights before and "
            "after."
        ),
        "It is fine-tuning of the last layer": (
            "The last layer of the backbone was not used at all. The classifier is a new model."
        ),
        "It works only for a completely new task": (
            "On letters, the backbone's own task, its features fit even better."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "silent_preprocessing",
    "Training and test images were both prepared in the same wrong way. How do you notice?",
    right={
        "Only by checking range and meaning against what the backbone saw in pretraining": (
            "Print `min`, `max` and one image. No error appears, and the accuracy may look decent."
        ),
    },
    wrong={
        "Keras warns when values are out of range": (
            "No layer knows which range you meant. The swapped images ran without a word."
        ),
        "It does not matter, as long as both are treated alike": (
            "That holds for a classifier trained from nothing. The backbone was trained on "
            "something else: see 'throughout' in the plot."
        ),
        "The accuracy falls to that of guessing": (
            "Something like it happens when only prediction is wrong. Made throughout, the loss is quiet."
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

- Feature extraction: one pass through a frozen backbone, then a cheap classifier on the rows that come out. It is not fine-tuning.
- The control for pretraining is the same network with random weights, over several seeds.
- Cut before the head. Probabilities of the old classes are poor features.
- Whatever is fitted is fitted on training data: use a pipeline. The guess for one image must not depend on other test images.
- A confusion matrix says *which* mistakes; rows are true, columns are guessed.
- Preprocessing belongs to the backbone. A mismatch gives no error: check range, meaning and order yourself.

**Next:** in lesson 6 the classifier moves into the model: you replace the final layer and train it where it stands.

### Further reading

- Ali Sharif Razavian, Hossein Azizpour, Josephine Sullivan, Stefan Carlsson: [CNN Features off-the-shelf: an Astounding Baseline for Recognition](https://arxiv.org/abs/1403.6382) (CVPR workshops 2014). Features and a linear classifier, on one task after another.
- Simon Kornblith, Jonathon Shlens, Quoc V. Le: [Do Better ImageNet Models Transfer Better?](https://arxiv.org/abs/1805.08974) (CVPR 2019). Logistic regression on features against fine-tuning, for many backbones.
- Jake Snell, Kevin Swersky, Richard Zemel: [Prototypical Networks for Few-shot Learning](https://arxiv.org/abs/1703.05175) (NeurIPS 2017). The nearest mean, taken seriously.
- scikit-learn documentation, [Common pitfalls and recommended practices](https://scikit-learn.org/stable/common_pitfalls.html): data leakage and inconsistent preprocessing.
- Keras documentation, [Keras Applications](https://keras.io/api/applications/): the backbones, with the preprocessing that each expects.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
