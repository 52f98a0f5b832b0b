# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 11. Transfer in language

So far a backbone knew pictures. In this lesson it knows words. It has read ten thousand texts that nobody labelled; you have five labelled ones for each topic. Is that enough to tell files from networks and statistics from signals? And would a method from the 1970s do as well?

**After this lesson you can**

- turn texts into ids with the vocabulary that belongs to a model, and see what happens with another one;
- keep padding out of an average, by hand and with a Keras mask;
- build a classifier on a frozen embedding;
- run the control that every transfer in language has to beat, tf-idf;
- find test texts that leaked into pre-training.

**Time:** about 60 minutes. **You need:** lesson 2 (freezing) and lesson 5 (a classifier on extracted features).
"""

# %%
import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from transferlab import backbones, data, language, progress, quiz, reflect, sweeps
from transferlab.experiment import compare
from transferlab.see.language import accuracies, by_labels, ids, neighbours_explorer, word_map

keras.utils.set_random_seed(11)
print("Keras", keras.__version__)

# %%
progress.panel(["encode", "masked_mean", "build_classifier", "tfidf_features", "find_leaks"])

# %% [markdown]
"""
## Meet the texts

Programmers write a few sentences about each function: its *documentation string*. Ours come from Python itself and from the scientific packages that this course uses. A thousand of them have a label, the topic of their module. Read the four below, then cover the labels: could you tell them apart?
"""

# %% tags=["nbval-check-output"]
topics = data.texts()
print(topics)
one_of_each = topics.few(labels_per_class=1, seed=1)
for text, label in zip(one_of_each.texts_train, one_of_each.y_train, strict=True):
    print(f"\n{topics.class_names[label]}: {text}")

# %% [markdown]
"""
(A label says what the *module* is about. Some texts have little to do with it: one on statistics explains prime numbers. No method will get those right.)

The other texts, more than ten thousand, have **no label**. Unlabelled text is cheap; labels cost somebody's time. So the plan is the same as ever: learn what can be learned from the cheap source, and spend the labels on the rest.

What can be learned from text without labels? One answer, from the linguist J. R. Firth in 1957: *you shall know a word by the company it keeps.*

## A vector for each word

Our backbone `words` is one layer, an **embedding**: a table with a row of 64 numbers for each word. The row is the word's *vector*. The rows were computed from which words stand near each other in the unlabelled texts. Two words that keep the same company, such as `file` and `filename`, got rows that point the same way.

(The method counts how much more often than by chance two words meet, and compresses that large table of counts into 64 columns. The famous *word2vec* does the same, implicitly. See the further reading.)
"""

# %% tags=["nbval-check-output"]
backbone = backbones.load_backbone("words")
vocabulary = backbones.load_vocabulary("words")
vectors = backbone.get_layer("embedding").embeddings.numpy()

print("table of vectors:", vectors.shape)
print("first words:     ", vocabulary[:8])
print("id of 'file':    ", vocabulary.index("file"))

# %% [markdown]
"""
The **vocabulary** says which row belongs to which word. A word's position in it is the word's **id**. Two ids are reserved: 0 for *padding* (you will see soon) and 1, `[UNK]`, for every word that the vocabulary does not have.

How near are two words? Take the **cosine** of the angle between their vectors: 1 means the same direction, 0 nothing in common.

**Predict.** Order these three pairs by their cosine: `socket` and `connection`; `socket` and `variance`; `mean` and `variance`.
"""


# %%
def cosine(word, other):
    """Return the cosine of the angle between the vectors of two words."""
    a, b = vectors[vocabulary.index(word)], vectors[vocabulary.index(other)]
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


for pair in [("socket", "connection"), ("socket", "variance"), ("mean", "variance")]:
    print(f"{pair[0]:8} {pair[1]:12} {cosine(*pair):.2f}")

# %% [markdown]
"""
Nobody told the table what a socket is. The next picture squeezes 20 words from 64 dimensions into two. The four groups are ours, for the eye; the table has never seen them.
"""

# %% mystnb={"image": {"alt": "Map of 20 words in the plane; words on files, networks, statistics and signals each lie mostly together in a region of their own"}}
groups = {
    "files": ["file", "directory", "path", "zip", "filename"],
    "networks": ["socket", "server", "client", "connection", "host"],
    "statistics": ["mean", "variance", "probability", "distribution", "quantile"],
    "signals": ["filter", "frequency", "fourier", "spectrum", "digital"],
}
shown_words = [word for group in groups.values() for word in group]
rows = vectors[[vocabulary.index(word) for word in shown_words]]
directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
word_map(PCA(2).fit_transform(directions), shown_words, groups)

# %% [markdown]
"""
### The neighbours of a word

Choose a word, but first say its three nearest neighbours yourself. Some words have a meaning here that they do not have at your table: try `tail`, `kernel`, `tree` and `root`. Where do you see that the table knows documentation and nothing else?
"""

# %%
neighbours_explorer(
    vectors,
    vocabulary,
    [
        *("file", "socket", "mean", "filter", "tail", "kernel", "tree", "root"),
        *("pipe", "window", "key", "thread", "random", "header", "matrix", "read"),
    ],
)

# %% [markdown]
"""
A backbone knows the world it was trained on. Here a `tail` belongs to a distribution, and a `kernel` to a support vector machine. `read` and `root` show the dirt: phrases that documentation repeats ("Read more in the User Guide", the listing of a folder) leave their mark. For recipes or medical letters this table would be a poor source (lesson 9), however large it were.

## From text to ids

A model takes numbers. Each text becomes a row of ids, all rows of the same length: longer texts lose their end, shorter ones are filled up with 0. That filling is the **padding**.
"""

# %% mystnb={"image": {"alt": "Table of three short texts as rows of ids with the word under each id; unknown words are dotted, padding at the ends of the rows is hatched"}}
examples = ["Open the FILE!", "Open the flurbl file.", "Return the mean of the sample, or nan"]
to_ids = layers.TextVectorization(
    vocabulary=list(vocabulary[2:]), standardize=None, output_sequence_length=10
)
ids(to_ids([" ".join(data.words(text)) for text in examples]).numpy(), vocabulary)

# %% [markdown]
"""
`data.words` splits a text into words: runs of at least two letters, in lower case. The vocabulary was made with the same function, and that is no accident. Keras's layer `TextVectorization` did the rest. (It adds the two reserved places by itself, so it gets `vocabulary[2:]`.)

## Exercise 1: encode

Do by hand what the layer did. Write `encode(texts, vocabulary, length)`: it returns a whole-number array of shape `(number of texts, length)`.

- Split each text with `data.words(text)`.
- A word's id is its position in `vocabulary`. A word that is not there gets 1.
- Keep the first `length` words; fill up with 0 at the end.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

`vocabulary.index(word)` finds a position, but it searches from the start each time and raises an error for an unknown word. Which Python container looks up a word at once, and can give a default?

</details>
<details><summary>Hint 2: where to look</summary>

`{word: position for position, word in enumerate(vocabulary)}` is that container. Its method `.get(word, default)` never fails. `np.zeros((n, length), dtype="int32")` is an array that is all padding.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
positions = {...}
encoded = np.zeros((len(texts), length), dtype="int32")
for row, text in enumerate(texts):
    found = [positions.get(word, ...) for word in data.words(text)][...]
    encoded[row, : len(found)] = found
return encoded
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "encode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def encode(texts, vocabulary, length):
    """Return the ids of the first words of each text, shape (number of texts, length)."""
    ### BEGIN SOLUTION
    positions = {word: position for position, word in enumerate(vocabulary)}
    encoded = np.zeros((len(texts), length), dtype="int32")
    for row, text in enumerate(texts):
        found = [positions.get(word, 1) for word in data.words(text)][:length]
        encoded[row, : len(found)] = found
    return encoded
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "encode_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import backbones, check
from transferlab.check import language as checks

with check.exercise("encode"):
    small = ("", "[UNK]", "the", "open", "file", "mean")
    texts = ["Open the FILE!", "the flurbl mean", "mean of the mean of the file, open"]
    checks.encoded(encode(texts, small, 5), texts, small, 5)
    ### BEGIN HIDDEN TESTS
    with check.another_case("other lengths and an empty text"):
        more = ["", "File, file: the_file (open)", "unheard of"]
        checks.encoded(encode(more, small, 3), more, small, 3)
        checks.encoded(encode(more, small, 8), more, small, 8)
    with check.another_case("the vocabulary of the backbone"):
        large = backbones.load_vocabulary("words")
        real = ["Compute the variance of a sample", "Send bytes through the socket's transport."]
        checks.encoded(encode(real, large, 6), real, large, 6)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## The wrong vocabulary

An id means nothing without its vocabulary. Suppose that a colleague gives you the table of vectors and, in good faith, a list of the same words in alphabetical order.

To see what that does we need a classifier. The features of a text are the **mean of its words' vectors**. As in lesson 5, a logistic regression learns on the features, here from ten texts for each topic.

**Predict.** (a) You train with the right vocabulary; the test texts are encoded with the alphabetical one. What accuracy? (b) You train *and* test with the alphabetical one. Is all well then? Guessing gives 0.25.
"""

# %%
few = topics.few(labels_per_class=10, seed=0)
alphabetical = ("", "[UNK]", *sorted(vocabulary[2:]))


def accuracy(train_vocabulary, test_vocabulary):
    """Return the test accuracy of a logistic regression on the mean vectors."""
    classifier = LogisticRegression(C=10, max_iter=1000)
    classifier.fit(language.mean_vectors(vectors, train_vocabulary, few.texts_train), few.y_train)
    features = language.mean_vectors(vectors, test_vocabulary, few.texts_test)
    return classifier.score(features, few.y_test)


print(f"right vocabulary throughout:        {accuracy(vocabulary, vocabulary):.2f}")
print(f"(a) another one for the test texts: {accuracy(vocabulary, alphabetical):.2f}")
print(f"(b) the other one throughout:       {accuracy(alphabetical, alphabetical):.2f}")

# %% [markdown]
"""
No error, no warning: every id is a legal row of the table. Case (a) is as good as guessing. Case (b) is the one to fear. Each word has *some* fixed vector, so the classifier learns a little, and you would conclude that transfer does not work in language. What was lost is the pretraining: the vectors belong to other words.

**Ship the vocabulary with the weights, and the function that splits the text as well.** In this course `words.keras` and `words.txt` lie side by side, each with a checksum.

## Padding and the mask

Texts differ in length. With 40 places for each text, how much is padding?
"""

# %% tags=["nbval-check-output"]
encoded = language.encode(topics.texts_test, vocabulary, 40)
print(f"padding:       {np.mean(encoded == 0):.0%} of all places")
print(f"unknown words: {np.mean(encoded[encoded != 0] == 1):.0%} of all words")

# %% [markdown]
"""
The padding has a row in the table too, row 0, all zeros. If you average over all 40 places, you average over nothing for a large part. The vector of a short text shrinks, and the classifier sees *how long* a text is instead of what it says.

**Predict.** With five labels for each topic: does leaving the padding out help? And suppose that you train with 40 places, and a colleague serves your model with 160, "to be on the safe side". Nothing else changes. Which of the two averages survives that?
"""


# %% mystnb={"image": {"alt": "Bars of accuracy in two panels. Left, tested with 40 places: the mean with a mask is better than the mean over all places. Right, tested with 160 places: the mean with a mask is as good as before, the mean over all places has fallen far"}}
def plain_mean(texts, length):
    """Average over all places, padding included."""
    return vectors[language.encode(texts, vocabulary, length)].mean(axis=1)


def mean_with_mask(texts, length):
    """Average over the places where a word stands."""
    encoded = language.encode(texts, vocabulary, length)
    return vectors[encoded].sum(axis=1) / (encoded != 0).sum(axis=1, keepdims=True)


def tested_at(length, average):
    """Return a method for `compare`: trained with 40 places, tested with `length`."""

    def score(seed):
        five = topics.few(labels_per_class=5, seed=seed)
        classifier = LogisticRegression(C=10, max_iter=1000)
        classifier.fit(average(five.texts_train, 40), five.y_train)
        return classifier.score(average(five.texts_test, length), five.y_test)

    return score


masks = {
    f"tested with {length} places": compare(
        {
            "mean with a mask": tested_at(length, mean_with_mask),
            "mean over all places": tested_at(length, plain_mean),
        }
    )
    for length in (40, 160)
}
accuracies(masks, chance=0.25)

# %% [markdown]
"""
Two texts with the same words should have the same features, however much padding follows. A mean under a mask keeps that promise, a plain mean does not.

## Exercise 2: the mean under a mask

Write `masked_mean(vectors, ids)`. It gets the vectors at all places of each text, shape `(texts, places, dimensions)`, and the ids, shape `(texts, places)`. It returns the mean vector of each text, shape `(texts, dimensions)`, over the places where the id is not 0. Unknown words (id 1) do count. A text that is *all* padding gets zeros, and no `nan`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

A mean is a sum divided by a count. Which of the two does the padding disturb? (For the row of zeros in our table, only one of them; your function should not rely on that row being zero.)

</details>
<details><summary>Hint 2: where to look</summary>

`ids != 0` has the shape `(texts, places)`. To multiply it with the vectors it needs a third axis: `(ids != 0)[..., None]`. `mean_with_mask` above does half of the work. What does it do with a text without words?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
present = (ids != 0)[..., None]
total = (vectors * ...).sum(axis=1)
count = present.sum(axis=1)
return total / np.maximum(..., 1)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "masked_mean", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_mean(vectors, ids):
    """Return the mean vector of each text, padding left out, shape (texts, dimensions)."""
    ### BEGIN SOLUTION
    present = (ids != 0)[..., None]
    total = (vectors * present).sum(axis=1)
    return total / np.maximum(present.sum(axis=1), 1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "masked_mean_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
import numpy as np

from transferlab import check
from transferlab.check import language as checks

with check.exercise("masked_mean"):
    vectors_check = np.random.default_rng(0).normal(size=(3, 4, 2))  # padding is not zero here
    ids_check = np.array([[5, 1, 0, 0], [7, 8, 9, 4], [6, 0, 0, 0]])
    checks.averaged(masked_mean(vectors_check, ids_check), vectors_check, ids_check)
    ### BEGIN HIDDEN TESTS
    with check.another_case("a text without words, and padding in the middle"):
        vectors_check = np.random.default_rng(1).normal(size=(3, 5, 3)).astype("float32")
        ids_check = np.array([[0, 0, 0, 0, 0], [2, 0, 0, 3, 1], [4, 4, 4, 4, 4]])
        checks.averaged(masked_mean(vectors_check, ids_check), vectors_check, ids_check)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## The mask in Keras

In Keras the mask travels by itself, if you let it. `Embedding(..., mask_zero=True)` computes it from the ids and attaches it to its output; layers behind it pass it on; `GlobalAveragePooling1D` uses it. Our backbone was made with `mask_zero=True`.

**Predict.** Which of these four ways gives the same mean for two words as for the two words and some padding?
"""

# %% tags=["nbval-check-output"]
two_words = np.array([[vocabulary.index("read"), vocabulary.index("file")]])
padded = np.array([[*two_words[0], 0, 0, 0, 0]])


def heeds_the_mask(*steps):
    """Whether a model of the backbone and the steps gives the same with and without padding."""
    inputs = keras.Input((None,), dtype="int32")
    outputs = backbone(inputs)
    for step in steps:
        outputs = step(outputs)
    model = keras.Model(inputs, outputs)
    return np.allclose(model(two_words), model(padded), atol=1e-6)


average = layers.GlobalAveragePooling1D
print("pooling:                   ", heeds_the_mask(average()))
print("Dropout, then pooling:     ", heeds_the_mask(layers.Dropout(0.5), average()))
print("keras.ops.mean:            ", heeds_the_mask(lambda x: keras.ops.mean(x, axis=1)))
print("times 1.0, then pooling:   ", heeds_the_mask(lambda x: x * 1.0, average()))

# %% [markdown]
"""
A layer such as `Dropout` hands the mask on. An operation (`keras.ops.mean`, a `*`) drops it, and nothing is printed. So one harmless multiplication in between is enough to put the padding back into your mean. The rule: **nothing but layers that know masks between the embedding and the pooling.**

One gap remains. For a text that is all padding `GlobalAveragePooling1D` divides by zero and returns `nan`. Your `masked_mean` does better; when you use the layer, see to it that no text is empty.

## Exercise 3: a classifier on a frozen embedding

Write `build_classifier(backbone, classes)`. It returns a Keras model that takes ids `(texts, places)` and returns the probabilities of `classes` topics. The vectors of the backbone are in it and **frozen**; the mean of a text leaves the padding out; only the new last layer can learn. You need not compile or train it.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Three layers are enough. The first turns ids into vectors, the last gives probabilities. What has to happen between them, and which layer does it with the mask?

</details>
<details><summary>Hint 2: where to look</summary>

A model can be a layer in another model (lesson 4). `heeds_the_mask` above builds such a model. How to freeze all of a backbone is in lesson 2.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
backbone.trainable = ...
return keras.Sequential([backbone, layers....(), layers.Dense(..., activation=...)])
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "build_classifier", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_classifier(backbone, classes):
    """Return a model: ids in, probabilities of the classes out, on top of frozen vectors."""
    ### BEGIN SOLUTION
    backbone.trainable = False
    return keras.Sequential(
        [
            backbone,
            layers.GlobalAveragePooling1D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "build_classifier_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
from transferlab import backbones, check
from transferlab.check import language as checks

with check.exercise("build_classifier"):
    original = backbones.load_backbone("words").get_layer("embedding").embeddings.numpy()
    checks.classifies_texts(build_classifier(backbones.load_backbone("words"), 4), original, 4)
    ### BEGIN HIDDEN TESTS
    import keras

    other = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(50, 3, mask_zero=True, name="embedding"),
        ]
    )
    original = other.layers[0].embeddings.numpy()
    with check.another_case("a backbone of 50 words in 3 dimensions, 7 classes"):
        checks.classifies_texts(build_classifier(other, 7), original, 7)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## The control: no transfer at all

Before word vectors there was **tf-idf**, and it is still hard to beat. Each word of the vocabulary is a column. A text has in it how often the word occurs (*term frequency*), turned down for words that occur in many texts (*inverse document frequency*): `the` says little, `socket` says much. Here the columns come from the few labelled texts alone.

Why must tf-idf be in the comparison? A pretrained embedding on its own proves nothing. If a method without any pretraining does as well, there was no transfer.

## Exercise 4: features for the control

Write `tfidf_features(texts_train, texts_test)`. It returns two matrices of tf-idf weights, for the training and for the test texts, with a row for each text and the same columns in both. The test texts must have no part in what is fitted. scikit-learn's `TfidfVectorizer` does the arithmetic (its matrices are sparse, and that is fine).
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

In lesson 5 a scaler was fitted on the training images only. What is "fitted" in tf-idf: which two things does it learn from texts?

</details>
<details><summary>Hint 2: where to look</summary>

`sklearn.feature_extraction.text.TfidfVectorizer` has `fit`, `transform` and `fit_transform`. For which texts do you call which?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
from sklearn.feature_extraction.text import TfidfVectorizer

vectorizer = TfidfVectorizer()
train = vectorizer....(texts_train)
test = vectorizer....(texts_test)
return train, test
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "tfidf_features", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tfidf_features(texts_train, texts_test):
    """Return the tf-idf matrices of the training and of the test texts."""
    ### BEGIN SOLUTION
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    return vectorizer.fit_transform(texts_train), vectorizer.transform(texts_test)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "tfidf_features_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
from transferlab import check
from transferlab.check import language as checks

with check.exercise("tfidf_features"):
    train = ["read the file", "open the file", "the socket", "the mean of the sample"]
    test = ["read the file", "zebra giraffe", "the socket zebra"]
    checks.tfidf_matrices(tfidf_features(train, test), train, test)
    ### BEGIN HIDDEN TESTS
    train = ["close every door", "every window", "every cat", "every dog barks", "every red door"]
    test = ["close every door", "purple"]
    with check.another_case("words of a house, and a purple one"):
        checks.tfidf_matrices(tfidf_features(train, test), train, test)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Five labels

Now the comparison, over five draws of the labelled texts. All methods get the same texts and the same logistic regression; only the features differ.

- **tf-idf**: your control.
- **tf-idf, unlabelled texts**: the control gets the unlabelled texts as well, to learn from them which words are rare. If that explains all, nobody needs vectors.
- **random vectors**: a table of the same shape that knows nothing.
- **words, frozen**: the pretrained table.

**Predict** the order, and the distance between the first and the last.
"""

# %% mystnb={"image": {"alt": "Bars of accuracy with five and with fifty labels per topic: the pretrained frozen words are best in both, tf-idf with unlabelled texts is next, random vectors are last; the distance is smaller with fifty"}}
METHODS = ["tf-idf", "tf-idf, unlabelled texts", "random vectors", "words, frozen"]


def at(labels):
    """Compare the methods live, at this many labels per topic."""
    methods = sweeps.find("topics").methods(f"{labels} per topic")
    return compare({name: methods[name] for name in METHODS})


live = {f"{labels} labels per topic": at(labels) for labels in (5, 50)}
accuracies(live, chance=0.25)

# %%
five = live["5 labels per topic"]
print("frozen words minus tf-idf:                     ", five.difference("words, frozen", "tf-idf"))
print(
    "frozen words minus tf-idf with unlabelled texts:",
    five.difference("words, frozen", "tf-idf, unlabelled texts"),
)

# %% [markdown]
"""
Twenty texts hold few words. A test text on files that says `directory` where the labelled ones said `path` means nothing to tf-idf: a column it has never seen. The pretrained table knows that the two are near. That is what came from the unlabelled texts, and the random table shows that it is the *knowledge* that counts, not the 64 numbers.

## Freeze, or fine-tune?

The embedding can learn too. It has a quarter of a million numbers, and a text moves only the rows of its own words; all others stay where they are. **Predict.** At how many labels does fine-tuning overtake the frozen table, if ever? And when does tf-idf catch up?

The next figure comes from a sweep of several minutes, made by `python -m transferlab.sweeps topics` and shipped with the course.
"""

# %% mystnb={"image": {"alt": "Four curves of accuracy against labels per topic from 2 to 200, with bands: frozen words lead with few labels; tf-idf starts far below and comes near at 200; fine-tuned words start below the frozen ones and overtake them with many labels"}}
results = sweeps.load("topics")
by_labels(results, [*METHODS[:2], "words, frozen", "words, fine-tuned"])

# %%
for condition, found in results.items():
    print(
        f"{condition:14} frozen minus tf-idf {found.difference('words, frozen', 'tf-idf').mean:+.3f}"
        f"   fine-tuned minus frozen "
        f"{found.difference('words, fine-tuned', 'words, frozen').mean:+.3f}"
    )

# %% [markdown]
"""
Does this machine agree with the sweep? One point of it, computed anew:
"""

# %%
shipped = results["50 per topic"].scores["words, fine-tuned"][0]
again = sweeps.recompute("topics", "50 per topic", "words, fine-tuned", seed=0)
print(
    f"shipped {shipped:.3f}, now {again:.3f}: {'they agree' if abs(shipped - again) < 0.02 else 'they differ'}"
)

# %% [markdown]
"""
Read the two columns from top to bottom. With few labels the frozen table is far ahead of tf-idf, and fine-tuning *hurts*. A likely reason: it moves a few hundred rows to fit twenty texts, and tears them away from their neighbours, which stay behind. With many labels tf-idf has met most words itself, and the advantage of the vectors melts. There, fine-tuning pays.

So "does transfer help?" has no answer without a number of labels. And a paper that compares only at one such number has chosen its result.

## Did the test texts leak?

Pre-training needs no labels, so it is tempting to feed it everything, the test texts included. Is that cheating? The test measures how the model does on texts that it has **never seen**. A text that was read in pre-training is not one of these. With today's language models, which have read much of the internet, *contamination* of this kind is the first question to ask about a benchmark.

Finding a leak is harder than it sounds. The same text comes back in other case, with other spaces, or as a part of a longer text.

## Exercise 5: find the leaks

Write `find_leaks(pretraining_texts, test_texts)`. It returns a list of the **positions** of those test texts whose words, `data.words(text)`, stand in the same order and without a gap in at least one of the pre-training texts. `read the file` has leaked in `Do READ the file, please!`, but not in `read the filename`.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Two texts that differ only in case, signs and spaces are the same for the model. What do you have to make of both before you compare them?

</details>
<details><summary>Hint 2: where to look</summary>

`" ".join(data.words(text))` gives the same text for all spellings. `a in b` tells whether a text is part of another, letter by letter. How do you keep it from ending inside of a word?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
def key(text):
    return " " + " ".join(data.words(text)) + " "

read = [key(text) for text in pretraining_texts]
return [position for position, text in enumerate(test_texts) if any(... in ... for ... in read)]
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "find_leaks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_leaks(pretraining_texts, test_texts):
    """Return the positions of the test texts that stand in a pre-training text."""

    ### BEGIN SOLUTION
    def key(text):
        return " " + " ".join(data.words(text)) + " "

    read = [key(text) for text in pretraining_texts]
    return [
        position
        for position, text in enumerate(test_texts)
        if any(key(text) in other for other in read)
    ]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "find_leaks_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 5.
from transferlab import check
from transferlab.check import language as checks

with check.exercise("find_leaks"):
    pretraining = [
        "Return the mean of a sample.",
        "do READ  the file, please!",
        "Open a socket and wait for data.",
    ]
    test = [
        "Return the mean of a sample.",
        "OPEN a socket, and wait for data",
        "read the file",
        "open a sock",
        "for data wait",
    ]
    checks.leaked(find_leaks(pretraining, test), pretraining, test)
    ### BEGIN HIDDEN TESTS
    with check.another_case("nothing leaked"):
        checks.leaked(find_leaks(pretraining, test[3:]), pretraining, test[3:])
    with check.another_case("real documentation"):
        from transferlab import data

        real = data.texts()
        some = (*real.unlabelled[:300], real.texts_test[7].upper())
        checks.leaked(find_leaks(some, real.texts_test[:20]), some, real.texts_test[:20])
    ### END HIDDEN TESTS

# %% [markdown]
"""
Is our own backbone clean? Its makers say that no unlabelled text holds a test text. Believe it when you have looked: the next cell looks at the first hundred test texts.
"""

# %% tags=["nbval-check-output"]
books = "|".join(" " + " ".join(data.words(text)) + " " for text in topics.unlabelled)
keys = [" " + " ".join(data.words(text)) + " " for text in topics.texts_test[:100]]
print("test texts found in pre-training:", sum(key in books for key in keys))

# %% [markdown]
"""
And what would a leak have done? The sweep has a table of vectors made by the same recipe, which read the 500 test texts as well. **Predict**: how much does the accuracy rise with five labels?
"""

# %%
for condition in ("5 per topic", "50 per topic"):
    gap = results[condition].difference("words, test texts leaked", "words, frozen")
    print(f"{condition}: leaked minus clean {gap}")

# %% [markdown]
"""
The differences are small: a table of counts hardly notices 500 texts among ten thousand, and it has no memory for sentences. That is no licence. You know it only because you measured it, with this model and this corpus. A large language model can repeat texts word for word, and for such a model nobody can run this experiment: it costs a second pre-training. Keep the test texts out, and look.
"""

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "other_vocabulary",
    "You train and test a classifier on a pretrained embedding, with a vocabulary that has the same words in another order. What do you see?",
    right={
        "No error, and an accuracy that is better than guessing but far below what transfer gives": (
            "Each word has a fixed vector, but that of another word. It works like a random table, "
            "and looks as if transfer did not help."
        ),
    },
    wrong={
        "An error, because the ids do not fit the table": (
            "Every id is a row that exists. Nothing in the model knows words; that is why it is "
            "silent."
        ),
        "The same accuracy, because training and testing agree": (
            "They agree with each other, but not with the pre-training. Look at case (b)."
        ),
        "Exactly the accuracy of guessing": (
            "That was case (a), where training and testing disagreed. Here the classifier can learn "
            "from fixed vectors, only without their meaning."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "mask_lost",
    "Which line loses the mask of `Embedding(..., mask_zero=True)` before the average?",
    right={
        "`x = embedding(ids) * 2.0`, then `GlobalAveragePooling1D()(x)`": (
            "An operation returns a tensor without the mask. The pooling then averages over the "
            "padding, and says nothing."
        ),
    },
    wrong={
        "`x = Dropout(0.2)(embedding(ids))`, then `GlobalAveragePooling1D()(x)`": (
            "Dropout hands the mask on. You saw it in the list of four ways."
        ),
        "`GlobalAveragePooling1D()(embedding(ids))`": (
            "Here nothing stands in between: the pooling gets the mask and uses it."
        ),
        "`GlobalAveragePooling1D()(backbone(ids))`, with the embedding inside `backbone`": (
            "The mask leaves a nested model together with its output. The first of the four ways "
            "was this one."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "which_control",
    "A colleague reports: 'with 5 labels per topic, our pretrained embedding reaches 0.76'. Which question comes first?",
    right={
        "What does tf-idf reach on the same texts, over the same draws?": (
            "Without a control there is no transfer to speak of. And five labels vary much between "
            "draws, so ask for the spread as well."
        ),
    },
    wrong={
        "How many dimensions has the embedding?": (
            "The random table had as many, and knew nothing. Ask for the comparison first."
        ),
        "What is the accuracy on the training texts?": (
            "With five labels per topic nearly any classifier has all of them right. It tells you "
            "nothing."
        ),
        "Was it fine-tuned for long enough?": (
            "With so few labels fine-tuning hurt in our curve. First find out whether there is "
            "anything to improve on."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "when_fine_tune",
    "What is a likely reason that fine-tuning the embedding hurts with five labels per topic and helps with two hundred?",
    right={
        "Few texts move few words; those are torn away from neighbours that stay where they were": (
            "With more texts most words are met, and move together. The gain then outweighs the "
            "damage."
        ),
    },
    wrong={
        "With few labels the optimizer makes fewer steps": (
            "In the sweep the number of steps was the same for all. The texts differ, not the steps."
        ),
        "A frozen embedding cannot be used with many labels": (
            "It can, and it was: its curve flattens, but it does not fall."
        ),
        "Fine-tuning needs the unlabelled texts": (
            "It uses labelled texts only. The unlabelled ones did their work in pre-training."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "leak_small",
    "You let the test texts into pre-training, measure, and find a gain of nearly nothing. What follows?",
    right={
        "For this model and corpus the leak did little; keep the test texts out all the same": (
            "A measured small effect is a fact about this experiment. A model that memorises may "
            "differ, and there you cannot measure it."
        ),
    },
    wrong={
        "Leaks in pre-training are harmless, since no labels are involved": (
            "One experiment with a table of counts does not show that. Large models can repeat "
            "whole texts."
        ),
        "The experiment failed: a leak must raise the accuracy": (
            "It need not. An honest null is a result, and you have the interval to show it."
        ),
        "The test texts may be used for fitting tf-idf too": (
            "The next leak may not be small. What is fitted is fitted on training texts (exercise 4)."
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

- A word's vector comes from the company that the word keeps, in texts without labels.
- Ids mean nothing without their vocabulary. A wrong one raises no error; in the worst case it looks as if transfer did not work.
- Padding is not text. Average under a mask, and put nothing in between that drops it.
- With few labels, freeze the embedding; with many, fine-tune; and always run tf-idf beside it.
- Test texts do not belong into pre-training, and a leak hides in other case, other spaces and longer texts.

**Next:** in lesson 12 you make your own source task without any labels, and you train a model to learn quickly.

### Further reading

- Tomas Mikolov, Ilya Sutskever, Kai Chen, Greg Corrado, Jeffrey Dean: [Distributed Representations of Words and Phrases and their Compositionality](https://arxiv.org/abs/1310.4546) (NeurIPS 2013). Skip-gram with negative sampling, known as word2vec.
- Omer Levy, Yoav Goldberg: *Neural Word Embedding as Implicit Matrix Factorization* (NeurIPS 2014). Why our table of counts, compressed, comes to the same.
- Keras documentation, [Understanding masking & padding](https://keras.io/guides/understanding_masking_and_padding/): the official guide to what this lesson does in three sections.
- Jeremy Howard, Sebastian Ruder: [Universal Language Model Fine-tuning for Text Classification](https://arxiv.org/abs/1801.06146) (ACL 2018). From word vectors to whole pretrained language models, with gradual unfreezing.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
