# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 3. New models from layer inputs and outputs

A pretrained model answers one question: "which letter is this?" On the way to its answer it computes much more, layer by layer, and throws it away. In this lesson you open the model, take out what is computed in the middle, and build new models from the pieces.

**After this lesson you can**

- read a model as a graph, and build a new model that ends at any place in it;
- make a feature extractor, and a model with more than one output;
- tell whether two models share their weights or own copies, and prove it;
- cut a model that is not a chain without losing its side paths.

**Time:** about 60 minutes. **You need:** lesson 2: the list of layers, freezing, and comparing weights before and after.
"""

# %%
import keras
import numpy as np

from transferlab import backbones, data, progress, quiz, reflect, see
from transferlab.see.freezing import movement
from transferlab.see.surgery import feature_maps, feature_maps_explorer, graph

keras.utils.set_random_seed(3)
print("Keras", keras.__version__)

# %%
progress.panel(
    ["what_goes_into", "features_and_answer", "shared_weights", "independent_copy", "cut_head"]
)

# %% [markdown]
"""
## A tensor that holds no numbers

Models like the one of lesson 2 are chains: a list of layers says it all. To cut and join freely you need a second way to write models down, the *functional* one. It begins with something odd.
"""

# %% tags=["nbval-check-output"]
pixels = keras.Input((16, 16, 1), name="pixels")
print(type(pixels).__name__, pixels.shape, pixels.dtype)

# %% [markdown]
"""
This is a **symbolic tensor**. It says what *will* be there: a batch of images, 16 by 16 pixels, one channel. `None` stands for "any number of images". No image is there yet. Ask for its numbers, and Keras tells you.
"""

# %%
try:
    float(pixels[0, 0, 0, 0])
except ValueError as error:
    print(error)

# %% [markdown]
"""
What is it good for? You can call a layer on it. **Predict:** how many weight tensors does a Dense layer have before it is called on anything, and how many afterwards?
"""

# %% tags=["nbval-check-output"]
flat = keras.layers.Flatten(name="flat")(pixels)
shared = keras.layers.Dense(8, activation="relu", name="shared")
print("before the call:", len(shared.weights), "weight tensors")
hidden = shared(flat)
print("after the call: ", len(shared.weights), "weight tensors")
print("shapes:", pixels.shape, "→", flat.shape, "→", hidden.shape)

# %% [markdown]
"""
Before the call, the layer could not know how many numbers would come in. The call told it: 256. So it made a kernel of 256 by 8, and a bias.

A layer called on a tensor gives a tensor. The new tensor has a shape, and a **history**: it remembers which layer made it, and from what.
"""

# %% [markdown]
"""
## A model is a claim about a path

`hidden` may be used more than once. Here two layers start from it. That is a graph, and no list of layers could say so.

`keras.Model(inputs, outputs)` makes a claim: *a path leads from these inputs to these outputs*. Keras checks it. It starts at the outputs and follows their histories back until it arrives at the inputs. Whatever it meets on the way belongs to the model.

**Predict.** `whole` has two outputs, `one_side` has only the left one. Which boxes will be left out?
"""

# %% mystnb={"image": {"alt": "Graph of five boxes: pixels, flat and shared in a row, from which arrows lead to left and to right. All are marked kept but right, which is drawn with a dashed line as left out"}}
left = keras.layers.Dense(3, activation="softmax", name="left")(hidden)
right = keras.layers.Dense(1, name="right")(hidden)

whole = keras.Model(pixels, [left, right])
one_side = keras.Model(pixels, left)
graph(whole, kept=one_side)

# %% [markdown]
"""
`one_side` was made without a copy and without training. It is a smaller claim about the same graph.

And a claim may be false. **Predict** what Keras says to a model that starts at an input from which no path leads to `left`.
"""

# %%
elsewhere = keras.Input((16, 16, 1), name="elsewhere")
try:
    keras.Model(elsewhere, left)
except ValueError as error:
    print(error)

# %% [markdown]
"""
Remember this message. It is the one you will meet most often in this kind of work. It means: *no path leads from these inputs to this output; they come from different graphs*. (The path in it is empty, because there is only one output. In a list of outputs it would say which one.)
"""

# %% [markdown]
"""
## Take a trained model apart

A layer keeps both ends of what it did: `layer.input` is the tensor that it was called on, `layer.output` the one that it gave.
"""

# %% tags=["nbval-check-output"]
print("shared gave hidden:      ", shared.output is hidden)
print("left was called on it:   ", whole.get_layer("left").input is hidden)
print("right was called on it:  ", whole.get_layer("right").input is hidden)

# %% [markdown]
"""
So every place between two layers can be named in Python, and a model can end at any of them.

The letters model of lesson 2 was written as a list. It is a graph all the same: each layer was called on what the layer before it gave. Read two lines of this table together: what one puts out, the next takes in.
"""

# %% tags=["nbval-check-output"]
backbone = backbones.load_backbone("letters")
for layer in backbone.layers:
    print(f"{layer.name:12} {layer.input.shape!s:20} → {layer.output.shape}")

# %% [markdown]
"""
Where does the model itself begin? You would write `backbone.input`. Try it.
"""

# %%
try:
    print(backbone.input.shape)
except AttributeError as error:
    print("AttributeError:", error)

# %% tags=["nbval-check-output"]
print("backbone.inputs:          ", len(backbone.inputs), "tensor")
print("the first layer's input:  ", backbone.layers[0].input is backbone.inputs[0])
print("backbone.outputs:         ", len(backbone.outputs), "tensor")
print("the last layer's output:  ", backbone.layers[-1].output is backbone.outputs[0])

# %% [markdown]
"""
If the first cell printed an error, your Keras has a well-known quirk: a `Sequential` that was loaded or built does not know its own `.input` and `.output`. A functional model does. Both know the *lists* `.inputs` and `.outputs`. Write `model.inputs[0]`, and you need not care which kind you hold.

(Why `[0]`? A model made from the list `model.inputs` expects a list of arrays later, and grumbles when you give it one bare array.)
"""

# %% [markdown]
"""
## A feature extractor

In lesson 2 the base was `layers[:-3]`: everything before the head. The last layer of the base is therefore `layers[-4]`. Its output is what the base has to say about an image: its *features*. A model that ends there is a **feature extractor**.

**Predict** three numbers: how many features has one image? How many layers has the extractor, if you count the input? How many new weights did it cost?
"""

# %% tags=["nbval-check-output"]
base = keras.Model(backbone.inputs[0], backbone.layers[-4].output, name="base")

print("output shape:", base.output_shape)
print("layers:", " ".join(layer.name for layer in base.layers))
old = {id(weight) for weight in backbone.weights}
print("new weights:", sum(id(weight) not in old for weight in base.weights))

# %% [markdown]
"""
You may cut anywhere, not only before the head, and a name says it more clearly than a number: `get_layer("pool1")`. A name goes on meaning the same layer when somebody adds one in front.

Here are some images: three letters, and three handwritten digits. The model was never trained on digits.
"""

# %% mystnb={"image": {"alt": "Six small grey pictures: three distorted capital letters and three handwritten digits, each with its name above"}}
letters = data.letters()
digits = data.digits("plain")


def example(dataset, name):
    """Return the first test image of the class called `name`."""
    return dataset.x_test[dataset.y_test == dataset.class_names.index(name)][0]


labels = ["E", "K", "O", "0", "1", "4"]
x_look = np.array([example(digits if name.isdigit() else letters, name) for name in labels])
see.images(x_look, labels, columns=6)

# %% [markdown]
"""
`pool1` gives 32 small pictures for each image. They are called **feature maps**: each shows where in the image one pattern was found. Look at one column at a time. Which pattern might it stand for: an edge? of which direction?
"""

# %% mystnb={"image": {"alt": "Six rows, one for each image: the image and eight blurred pictures of it with eight by eight pixels, in which different edges and strokes of the letter or digit are bright"}}
first_maps = keras.Model(backbone.inputs[0], backbone.get_layer("pool1").output)
feature_maps(x_look, first_maps(x_look).numpy(), labels)

# %% [markdown]
"""
## Exercise 1: what goes into a layer

You know how to get what comes *out* of a layer. Often you know the name of the first layer that you do *not* want: the first one of the head.

Write `what_goes_into(model, name)`: it returns a model that computes what the layer called `name` **receives**. It works for every model with one input, a `Sequential` or not, and its layers are those of `model`, not copies.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

A path needs two ends. Which tensor does it start from, and which one does it end at? Is the second one before or after the layer?

</details>
<details><summary>Hint 2: where to look</summary>

`model.get_layer(name)` gives the layer. The table above prints two of its attributes. For the start, look at what works for both kinds of model.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
layer = model.get_layer(...)
return keras.Model(model.inputs[...], layer....)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "what_goes_into", "locked": false, "schema_version": 3, "solution": true, "task": false}
def what_goes_into(model, name):
    """Return a model from the input of `model` to what its layer `name` receives."""
    ### BEGIN SOLUTION
    return keras.Model(model.inputs[0], model.get_layer(name).input)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "what_goes_into_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 1.
from transferlab import backbones, check
from transferlab.check import given, surgery

with check.exercise("what_goes_into"):
    model = backbones.load_backbone("letters")
    for name in ("head_dense", "conv2"):
        answer = given.same_weights(what_goes_into, model, name)
        surgery.gives(answer, model, model.get_layer(name).input)
    ### BEGIN HIDDEN TESTS
    import keras

    inputs = keras.Input((6,))
    first = keras.layers.Dense(6, activation="tanh", name="first")(inputs)
    side = keras.layers.Dense(6, activation="tanh", name="side")(inputs)
    last = keras.layers.Dense(2, name="last")(keras.layers.Add()([first, side]))
    forked = keras.Model(inputs, last)
    with check.another_case("functional, two paths that meet"):
        answer = given.same_weights(what_goes_into, forked, "last")
        surgery.gives(answer, forked, forked.get_layer("last").input)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## One model, many outputs

The outputs of a model may be a list. One call then gives all of them.

**Predict** the shapes: which of them become smaller from line to line, and what grows?
"""

# %% tags=["nbval-check-output"]
depths = keras.Model(
    backbone.inputs[0], [backbone.get_layer(f"pool{depth}").output for depth in (1, 2, 3)]
)
for values in depths(x_look):
    print(tuple(values.shape))

# %% [markdown]
"""
From pool to pool the maps become smaller and more numerous: less is said about *where*, more about *what*.

### Walk through the model

The explorer is such a model, with an output at every layer. Choose a layer and look at the rows. At which layer can you no longer read the letter from the pictures? The last layer has one stripe for each letter from A to Z. What does it make of a digit, for which it has no stripe?
"""

# %%
feature_maps_explorer(backbone, x_look, labels, letters.class_names)

# %% [markdown]
"""
A digit lights up one or several letters: the head has no other words. The layers before it are less narrow. They speak of strokes and bends, and digits have those too. That is why we keep the base and leave the head.
"""

# %% [markdown]
"""
## Exercise 2: the features and the answer

Write `features_and_answer(model, name)`: it returns **one** model with **two** outputs. The first is what the layer called `name` puts out; the second is the answer of `model` itself. Such a model lets you say "this is a B, and here is what I saw".
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Which two tensors of the graph do you want to see? One belongs to a layer. Whose is the other?

</details>
<details><summary>Hint 2: where to look</summary>

`depths` above has three outputs. Which argument of `keras.Model` made it so? And which list holds the final tensor of any model?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
features = model.get_layer(name)....
return keras.Model(model.inputs[0], [features, model....])
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "features_and_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def features_and_answer(model, name):
    """Return a model with two outputs: those of the layer `name`, and those of `model`."""
    ### BEGIN SOLUTION
    return keras.Model(model.inputs[0], [model.get_layer(name).output, model.outputs[0]])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "features_and_answer_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 2.
from transferlab import backbones, check
from transferlab.check import given, surgery

with check.exercise("features_and_answer"):
    model = backbones.load_backbone("letters")
    for name in ("features", "pool2"):
        answer = given.same_weights(features_and_answer, model, name)
        surgery.features_and_answer(answer, model, name)
    ### BEGIN HIDDEN TESTS
    import keras

    inputs = keras.Input((5,))
    first = keras.layers.Dense(6, activation="tanh", name="first")(inputs)
    second = keras.layers.Dense(6, activation="tanh", name="second")(first)
    last = keras.layers.Dense(2, name="last")(keras.layers.Add()([first, second]))
    skipping = keras.Model(inputs, last)
    with check.another_case("functional, with a path around a layer"):
        answer = given.same_weights(features_and_answer, skipping, "second")
        surgery.features_and_answer(answer, skipping, "second")
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Shared, or copied?

`base` cost no new weights. So what happens if you *train* it?

The plan: put a new layer for ten digits on top of `base`, and train both on handwritten digits. Nobody touches `backbone`, the letters model; `fit` is never called on it.

**Predict.** How many letters will `backbone` read correctly afterwards: as many as before, a few less, far less? And in the plot, which of *its* weights will have moved?
"""


# %%
def snapshot(model):
    """Return a copy of every weight of `model` as it is now, by its path."""
    return {weight.path: weight.numpy() for weight in model.weights}


def accuracy(model, x, y):
    """Return the share of images whose most probable class is the true one."""
    return float(np.mean(model(x).numpy().argmax(axis=1) == y))


# %% mystnb={"image": {"alt": "Bar chart of how far each weight of the letters model moved while the digits model was trained: all weights of the three convolutions moved, those of the head did not"}}
before = snapshot(backbone)
letters_before = accuracy(backbone, letters.x_test, letters.y_test)

ten = keras.layers.Dense(10, activation="softmax", name="ten_digits")(base.outputs[0])
digits_model = keras.Model(base.inputs[0], ten)
digits_model.compile(
    keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy", jit_compile=False
)
few = digits.few(labels_per_class=30, seed=0)
digits_model.fit(few.x_train, few.y_train, epochs=4, verbose=0)

movement(before, snapshot(backbone), backbone, "In the letters model, which nobody trained")

# %%
print(f"digits model, digits:           {accuracy(digits_model, digits.x_test, digits.y_test):.1%}")
print(f"letters model, letters, before: {letters_before:.1%}")
print(f"letters model, letters, after:  {accuracy(backbone, letters.x_test, letters.y_test):.1%}")

# %% [markdown]
"""
The letters model reads letters worse than before, although nothing was done to *it*. Its convolutions are the convolutions of the digits model. Not equal ones: the same ones. Its head was not on the path to the digits, so it stood still, and now it is fed with features that it does not know.

`keras.Model` never copies a layer. It gives you **another view of the same variables**. This is often what you want: one base serves many heads and exists only once in memory. Freeze it first, as in lesson 2, and no head can harm the others. Without freezing it is a trap.

How do you find out? Ask whether two things are *one* object. Python's word for that is `is`.
"""

# %% tags=["nbval-check-output"]
kernel = backbone.get_layer("conv1").kernel
print("digits model has the same kernel:", digits_model.get_layer("conv1").kernel is kernel)

again = backbones.load_backbone("letters")
print("a second load has the same kernel:", again.get_layer("conv1").kernel is kernel)
print("it has the same path:             ", again.get_layer("conv1").kernel.path == kernel.path)

# %% [markdown]
"""
Paths and values can agree by chance or by copying. Only `is` tells you that there is one variable and not two.

A warning for the next exercise: `==` between two Keras variables compares their *numbers*, one by one, and so does `variable in a_list`. Use `is`, or compare `id(...)`: the `id` of an object is a number that no other living object has.
"""

# %% [markdown]
"""
## Exercise 3: find the shared weights

Write `shared_weights(model, other)`: it returns the **set of paths** of those weights of `model` that are also weights of `other`. Not equal weights: the same objects. Look at every weight in `model.weights`, trainable or not.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Each weight of one model has to be compared with each of the other. What do you compare: the path, the numbers, or the object?

</details>
<details><summary>Hint 2: where to look</summary>

A cell in the section on the feature extractor counts new weights. It first collects the `id` of every old weight in a set.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
others = {id(weight) for weight in ...}
return {weight.path for weight in ... if ... in others}
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "shared_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shared_weights(model, other):
    """Return the set of paths of the weights of `model` that `other` has as well."""
    ### BEGIN SOLUTION
    others = {id(weight) for weight in other.weights}
    return {weight.path for weight in model.weights if id(weight) in others}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "shared_weights_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 3.
import keras

from transferlab import check
from transferlab.check import surgery

with check.exercise("shared_weights"):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, name="first"),
            keras.layers.BatchNormalization(name="statistics"),
            keras.layers.Dense(3, name="last"),
        ]
    )
    part = keras.Model(model.inputs[0], model.layers[1].output)
    surgery.shared(shared_weights(model, part), model, part)
    stranger = keras.models.clone_model(model)
    surgery.shared(shared_weights(model, stranger), model, stranger)
    ### BEGIN HIDDEN TESTS
    stranger.set_weights(model.get_weights())
    with check.another_case("a copy with the same values"):
        surgery.shared(shared_weights(model, stranger), model, stranger)
    mixed = keras.Sequential([keras.Input((5,)), stranger.layers[1], model.layers[2]])
    with check.another_case("one layer shared, one from a copy"):
        surgery.shared(shared_weights(model, mixed), model, mixed)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## A clone is an empty house

To keep the old model unharmed you need a copy. Keras has a function with a promising name: `keras.models.clone_model(model)`.

**Predict.** The clone of a model that reads nearly all letters: how many will the clone read?
"""

# %%
pretrained = backbones.load_backbone("letters")
clone = keras.models.clone_model(pretrained)
for name, model in {"pretrained": pretrained, "clone": clone}.items():
    print(f"{name:10} {accuracy(model, letters.x_test, letters.y_test):6.1%} of the letters")

# %% [markdown]
"""
A clone has the same rooms, and nobody has moved in: the layers, the names and the shapes are those of the original, but every weight starts afresh. It guesses.

What else is carried over, and what is not?
"""

# %% tags=["nbval-check-output"]
pretrained.layers[0].trainable = False
clone = keras.models.clone_model(pretrained)
kernels = [model.layers[0].kernel for model in (pretrained, clone)]
print("same names:       ", pretrained.layers[0].name == clone.layers[0].name)
print("frozen as before: ", clone.layers[0].trainable is False)
print("same variables:   ", kernels[0] is kernels[1])
print("same values:      ", np.array_equal(kernels[0].numpy(), kernels[1].numpy()))

# %% [markdown]
"""
Read the second line and the fourth line together: the clone's first layer is **frozen at random values**. Train the clone, and this layer stays random; nothing warns you.
"""

# %% [markdown]
"""
## Exercise 4: an independent copy

Write `independent_copy(model)`: it returns a model that computes the same as `model`, with the same layers frozen, and shares **no** variable with it. You may train the copy, and `model` stays as it is.
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

Which of the four lines printed above are already as you want them, and which one is not?

</details>
<details><summary>Hint 2: where to look</summary>

A model can hand out all of its weights as a list of arrays, and take such a list: `get_weights` and `set_weights`. Not only the trainable ones: why does that matter?

</details>
<details><summary>Hint 3: nearly there</summary>

```python
copy = keras.models.clone_model(...)
copy.set_weights(...)
return copy
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "independent_copy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def independent_copy(model):
    """Return a model that computes the same as `model` and shares no variable with it."""
    ### BEGIN SOLUTION
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "independent_copy_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 4.
import keras
import numpy as np

from transferlab import backbones, check
from transferlab.check import given, surgery

with check.exercise("independent_copy"):
    model = backbones.load_backbone("letters")
    for layer in model.layers[:-3]:
        layer.trainable = False
    surgery.independent(given.unchanged(independent_copy, model), model)
    ### BEGIN HIDDEN TESTS
    inputs = keras.Input((4,))
    first = keras.layers.Dense(4, activation="tanh")(inputs)
    normal = keras.layers.BatchNormalization()(first)
    skipping = keras.Model(inputs, keras.layers.Dense(2)(first + normal))
    random = np.random.default_rng(0)
    skipping.set_weights([random.uniform(0.5, 2, size=w.shape) for w in skipping.weights])
    with check.another_case("functional, with a path around its BatchNormalization"):
        surgery.independent(given.unchanged(independent_copy, skipping), skipping)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## One layer, two calls

Everything so far relied on one thing: each layer was called **once**, so it has one input and one output. A layer may be called again, on another tensor. It then has two places in the graph, with the same weights.

**Predict.** Which of the two is `twice.output`: the first or the second?
"""

# %% tags=["nbval-check-output"]
twice = keras.layers.Dense(2, name="twice")
first_input, second_input = keras.Input((3,)), keras.Input((3,))
first_output = twice(first_input)
second_output = twice(second_input)

print("weight tensors:", len(twice.weights))
print("one of the two:", any(twice.output is tensor for tensor in (first_output, second_output)))

# %%
print("the first:", twice.output is first_output, " the second:", twice.output is second_output)

# %% [markdown]
"""
There is no right answer. Older versions of Keras refused to give one ("multiple inbound nodes"); yours gives you one of the two and says nothing. So once a layer is used twice, do not ask the layer. **Keep the tensor that the call gave you**, or ask the *model* you mean: `model.inputs[0]`, `model.outputs[0]`.

You can meet this without having written a second call yourself: a `Sequential` calls its layers too, also those that were called before. **Predict** what the next cell prints for the letters model, which `load_backbone` put together layer by layer.
"""

# %%
conv1, pool1 = backbone.layers[:2]
print("pool1 was called on what conv1.output gives:", pool1.input is conv1.output)

# %% [markdown]
"""
If it printed `False`: whenever a layer is added to a `Sequential`, Keras may call all layers from the first one again, and `conv1.output` is an older tensor than `pool1.input`. Your models were right nevertheless, because the weights are the same and every one of these tensors leads back to `backbone.inputs[0]`. But a model that *begins* at `conv1.output` and ends at `backbone.outputs[0]` would be refused: no path leads from that older tensor to the answer.
"""

# %% [markdown]
"""
## Not every model is a chain

In a ResNet, and in most networks since, a tensor goes through some layers and *also around them*; then both are added. The side path is called a **skip connection**. Here is the smallest one.
"""

# %% mystnb={"image": {"alt": "Graph of five boxes from top to bottom: numbers, bend, bend_again, an Add that is not a layer, head. Besides the arrows from each box to the next, a bow leads from bend around bend_again to Add"}}
numbers = keras.Input((4,), name="numbers")
bent = keras.layers.Dense(4, activation="tanh", name="bend")(numbers)
bent_again = keras.layers.Dense(4, activation="tanh", name="bend_again")(bent)
joined = bent + bent_again
skipping = keras.Model(numbers, keras.layers.Dense(2, name="head")(joined))
graph(skipping)

# %% [markdown]
"""
A colleague wants what goes into the head. "Easy", he says: "all layers but the last, in a `Sequential`." You make the same cut from the tensor in your hand.

**Predict.** Does his model raise an error? Do both have the same layers, the same output shape, the same numbers?
"""

# %% tags=["nbval-check-output"]
as_a_chain = keras.Sequential(skipping.layers[:-1])
as_a_graph = keras.Model(numbers, joined)

x_four = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
chain_values, graph_values = as_a_chain(x_four).numpy(), as_a_graph(x_four).numpy()

print("his layers: ", " ".join(layer.name for layer in as_a_chain.layers))
print("your layers:", " ".join(layer.name for layer in as_a_graph.layers))
print("same shape:  ", chain_values.shape == graph_values.shape)
print("same numbers:", np.allclose(chain_values, graph_values))

# %% [markdown]
"""
The same layers (a `Sequential` hides its input), the same shape, no error, and **other numbers**. His chain has lost the side path. The `+` is an operation in the graph, but it is not a layer, so it stands in no list of layers. A list of layers is not the model.

With `keras.layers.Add` in the place of `+` he is luckier. Here is a real network with skip connections, a small ResNet that has learned letters too. Its last two layers are its head. **Predict:** what happens to it as a chain, and what as a graph?
"""

# %%
resnet = backbones.load_backbone("letters_resnet")
try:
    print("as a chain:", keras.Sequential(resnet.layers[:-2])(x_look).shape)
except ValueError as error:
    print("as a chain:", error.args[0].splitlines()[0])

features = keras.Model(resnet.inputs[0], resnet.get_layer("features").output)
print("as a graph:", features(x_look).shape)

# %% [markdown]
"""
An Add layer cannot work with a single tensor, so the chain fails as soon as it is called. An error is the better luck: you know at once that something is missing.
"""

# %% [markdown]
"""
## Exercise 5: mend a colleague's cut

Here is what he wrote.
"""


# %%
def colleagues_cut(model, n):
    """Leave out the last `n` layers of a model."""
    return keras.Sequential(model.layers[:-n])


# %% [markdown]
"""
Write `cut_head(model, n)`, the mended version. It returns a model that computes what goes into the first of the last `n` layers, for chains and for graphs alike. Its weights are shared with `model`, and `model` itself stays whole. The last `n` layers are a chain.

Mind the side path: which of the two ends of a layer is still right when a `+` stands before it?
"""

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

In the graph above, let `n` be 1. Which tensor do you want: the output of `bend_again`, or the input of `head`? What lies between them?

</details>
<details><summary>Hint 2: where to look</summary>

The first of the last `n` layers is `model.layers[-n]`. Exercise 1 asked for something similar.

</details>
<details><summary>Hint 3: nearly there</summary>

```python
first_of_head = model.layers[...]
return keras.Model(model.inputs[0], first_of_head....)
```

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "cut_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cut_head(model, n):
    """Return a model that shares all but the last `n` layers of `model`, side paths included."""
    ### BEGIN SOLUTION
    return keras.Model(model.inputs[0], model.layers[-n].input)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "cut_head_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# ✅ Run this cell to check exercise 5.
import keras

from transferlab import backbones, check
from transferlab.check import given, surgery

with check.exercise("cut_head"):
    model = backbones.load_backbone("letters")
    wanted = model.get_layer("head_dense").input
    surgery.gives(given.same_weights(cut_head, model, 3), model, wanted)
    inputs = keras.Input((4,))
    bent = keras.layers.Dense(4, activation="tanh", name="bend")(inputs)
    joined = bent + keras.layers.Dense(4, activation="tanh", name="bend_again")(bent)
    skipping = keras.Model(inputs, keras.layers.Dense(2, name="head")(joined))
    surgery.gives(given.same_weights(cut_head, skipping, 1), skipping, joined)
    ### BEGIN HIDDEN TESTS
    inputs = keras.Input((4,))
    bent = keras.layers.Dense(4, activation="tanh", name="bend")(inputs)
    again = keras.layers.Dense(4, activation="tanh", name="bend_again")(bent)
    joined = keras.layers.Add(name="add")([bent, again])
    hidden = keras.layers.Dense(3, activation="tanh", name="head_hidden")(joined)
    adding = keras.Model(inputs, keras.layers.Dense(2, name="head_last")(hidden))
    with check.another_case("a skip connection that ends in an Add layer, n = 2"):
        surgery.gives(given.same_weights(cut_head, adding, 2), adding, joined)
    with check.another_case("a skip connection that ends in an Add layer, n = 1"):
        surgery.gives(given.same_weights(cut_head, adding, 1), adding, hidden)
    ### END HIDDEN TESTS

# %% [markdown]
"""
## Quiz

Five questions. The page marks your answer at once and tells you why; you may change your mind, and your last answer counts.
"""

# %% tags=["quiz"]
quiz.ask(
    "model_is_a_path",
    "What does `keras.Model(a, b)` do with two symbolic tensors of a trained model?",
    right={
        "It follows the history of b back to a, and makes a model of the layers on the way": (
            "Nothing is copied and nothing is trained. If no path leads back to a, Keras raises an "
            "error."
        ),
    },
    wrong={
        "It copies the layers between a and b, with their weights": (
            "No layer is copied. Remember what training the digits model did to the letters model."
        ),
        "It makes new layers of the same shapes, with fresh weights": (
            "That is what `clone_model` does. Here the very layers of the graph are used."
        ),
        "It computes b from the numbers in a": (
            "A symbolic tensor holds no numbers. They come later, when you call the model on an "
            "array."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "sharing_in_training",
    "You make an extractor from model M, put a new head on it, freeze nothing, and train. What of M changes?",
    right={
        "The layers that are on the path of the new model; the old head does not": (
            "The new model and M have these layers in common. The plot of the letters model shows "
            "it: the convolutions moved, the head stood still."
        ),
    },
    wrong={
        "Nothing: `fit` was called on another model": (
            "Another model, but the same variables. Read the accuracies before and after again."
        ),
        "All of M, its old head too": (
            "The old head is not on the path of the new model, so the optimizer never gets it."
        ),
        "Nothing, unless M is compiled as well": (
            "Compiling M concerns how *M* would be trained. The variables move when any model that "
            "holds them is trained."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "clone_keeps",
    "The first layer of your pretrained model is frozen. What is the first layer of `clone_model(model)`?",
    right={
        "A new layer with random weights, frozen": (
            "The flags are carried over, the weights are not: frozen at values that mean nothing. "
            "Call `set_weights` before you use it."
        ),
    },
    wrong={
        "A new layer with the pretrained weights, frozen": (
            "A clone does not carry weights over. The clone of the letters model guessed."
        ),
        "The same layer, so whatever trains one trains the other": (
            "A clone shares no variable with its original. `keras.Model` does share."
        ),
        "A new layer with random weights, free to learn": (
            "The weights are random indeed, but the flag is copied: print `trainable` and see."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "how_to_prove_sharing",
    "How do you prove that two models share the kernel of a layer?",
    right={
        "`one.get_layer(n).kernel is other.get_layer(n).kernel`": (
            "`is` asks whether there is one variable or two."
        ),
    },
    wrong={
        "Both kernels hold the same numbers": (
            "So do those of a copy with `set_weights`, until you train one of the two."
        ),
        "Both kernels have the same path": (
            "Paths are made of names. The same model, loaded twice, has the same paths."
        ),
        "Both models have the same number of parameters": (
            "So have a model and its clone, which share nothing."
        ),
    },
)

# %% tags=["quiz"]
quiz.ask(
    "chain_of_a_graph",
    "A model adds two paths with `+`. You write `keras.Sequential(model.layers[:-1])`. What do you get?",
    right={
        "A chain without the addition, which may give other numbers without any error": (
            "The `+` is in no list of layers. Cut from tensor to tensor with `keras.Model`."
        ),
    },
    wrong={
        "The same as with `keras.Model`, only shorter to write": (
            "For a chain, yes. Here the numbers differed: look at the last line of that cell."
        ),
        "An error, because a Sequential cannot hold such a model": (
            "With `keras.layers.Add` it would fail when it is called. With `+` nothing fails, "
            "which is worse."
        ),
        "A copy, so that training it leaves the model alone": (
            "A Sequential around old layers shares them. It is wrong for another reason."
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

- A symbolic tensor has a shape and a history, and no numbers. A layer called on a tensor gives a tensor.
- `keras.Model(inputs, outputs)` claims that a path leads from one to the other, and keeps only what lies on it. The outputs may be a list.
- Start from `model.inputs[0]`: it works for a `Sequential` and for a functional model.
- A layer's `input` lies before it, its `output` after it. Both mean little once the layer was called twice.
- A model made from another's tensors **shares** its variables: train one, and the other changes. A clone shares nothing and **knows** nothing; `set_weights` after it makes a true copy. `is` tells which you have.
- A list of layers is not the model. Cut graphs from tensor to tensor.

**Next:** in lesson 4 you put a whole model into another one, as if it were a layer.

### Further reading

- Keras documentation, [The Functional API](https://keras.io/guides/functional_api/): graphs of layers, several inputs and outputs, and shared layers.
- Matthew D. Zeiler, Rob Fergus: [Visualizing and Understanding Convolutional Networks](https://arxiv.org/abs/1311.2901) (ECCV 2014). What single feature maps of a large network respond to, layer by layer.
- Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: [Deep Residual Learning for Image Recognition](https://arxiv.org/abs/1512.03385) (CVPR 2016). Where skip connections come from, and what they are good for.

## Was everything clear?

What you write here stays in this folder, in `reflection.md`. It is not sent anywhere and is not part of your submission.
"""

# %%
reflect.form()
