"""The architectures of the image backbones, each written once; it must not know any data set."""

import keras
from keras import layers

from transferlab.data import SIDE


def classifier(name: str, classes: int) -> keras.Sequential:
    """Return the plain network for that many classes; its last three layers are its head."""
    return keras.Sequential(
        [
            *_base(),
            layers.Dense(64, activation="relu", name="head_dense"),
            layers.Dropout(0.3, name="head_dropout"),
            layers.Dense(classes, activation="softmax", name=f"head_{name}"),
        ],
        name=name,
    )


def regressor(name: str, targets: int) -> keras.Sequential:
    """Return the plain network for that many numbers; its last two layers are its head."""
    return keras.Sequential(
        [
            *_base(),
            layers.Dense(64, activation="relu", name="head_dense"),
            layers.Dense(targets, name="output"),
        ],
        name=name,
    )


def _base() -> list[keras.Layer]:
    """Return three rounds of convolution and pooling, up to `features` `(384,)`.

    A layer draws the seed of its first weights when it is made: if its layers were made in another
    order, the same network would be trained to other weights.
    """
    convolution = {"kernel_size": 3, "padding": "same", "activation": "relu"}
    return [
        layers.Input((SIDE, SIDE, 1), name="images"),
        layers.Conv2D(32, name="conv1", **convolution),
        layers.MaxPooling2D(name="pool1"),
        layers.Conv2D(64, name="conv2", **convolution),
        layers.MaxPooling2D(name="pool2"),
        layers.Conv2D(96, name="conv3", **convolution),
        layers.MaxPooling2D(name="pool3"),
        layers.Flatten(name="features"),
    ]


def residual_classifier(name: str, classes: int, *, output: str) -> keras.Model:
    """Return a stem and two residual blocks up to `features` `(256,)`, then a head of two layers.

    The blocks are those of He et al. (2016), "Deep residual learning for image recognition".
    """
    images = layers.Input((SIDE, SIDE, 1), name="images")
    x = _convolution(images, 32, "stem_conv", "stem_bn")
    x = layers.ReLU(name="stem_relu")(x)
    x = layers.MaxPooling2D(name="pool1")(x)
    x = _block(x, 32, "block1")
    x = layers.MaxPooling2D(name="pool2")(x)
    x = _block(x, 64, "block2")
    x = layers.MaxPooling2D(name="pool3")(x)
    x = layers.Flatten(name="features")(x)
    x = layers.Dropout(0.3, name="head_dropout")(x)
    x = layers.Dense(classes, activation="softmax", name=output)(x)
    return keras.Model(images, x, name=name)


def _block(x: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    """Return two convolutions with a shortcut: a 1x1 convolution where the channels differ."""
    past = x
    if x.shape[-1] != filters:
        past = _convolution(
            x, filters, f"{name}_shortcut_conv", f"{name}_shortcut_bn", kernel_size=1
        )
    x = _convolution(x, filters, f"{name}_conv1", f"{name}_bn1")
    x = layers.ReLU(name=f"{name}_relu1")(x)
    x = _convolution(x, filters, f"{name}_conv2", f"{name}_bn2")
    x = layers.Add(name=f"{name}_add")([x, past])
    return layers.ReLU(name=f"{name}_relu2")(x)


def _convolution(
    x: keras.KerasTensor, filters: int, conv: str, bn: str, kernel_size: int = 3
) -> keras.KerasTensor:
    """Return a convolution, then BatchNorm, whose momentum of 0.9 suits small data sets."""
    x = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, name=conv)(x)
    return layers.BatchNormalization(momentum=0.9, name=bn)(x)
