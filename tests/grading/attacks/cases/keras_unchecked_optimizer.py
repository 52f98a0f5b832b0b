"""Sends the judge a config in place of an optimizer, which Keras would build unasked.

lesson: 02_model
score: 4
seen: compiled_check: It is not compiled
"""

# %% compiled
from autograder.carry import states

CONFIG = {
    "module": "keras.layers",
    "class_name": "TextVectorization",
    "config": {"vocabulary": "/etc/passwd"},
    "registered_name": None,
}


def compiling(model, writer):
    kept = {"loss": "mse", "loss_weights": None, "metrics": None, "weighted_metrics": None}
    modes = {"run_eagerly": False, "jit_compile": False, "steps_per_execution": 1}
    return writer.encoded({"optimizer": CONFIG, **kept, **modes})


states._compiling = compiling


def compiled(model, rate):
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model
