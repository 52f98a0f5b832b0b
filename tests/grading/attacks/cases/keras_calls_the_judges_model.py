"""Has the judge call its own model, with what no model can take and with what is large.

lesson: 02_model
score: 4
seen: cut_check: The cut gives
shows: (?s)answered.*refused
"""

# %% cut
import gc

import keras
import numpy as np


def cut(model, name):
    student = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Student")
    name = student._parcels.objects.name_of(model)
    large = np.zeros((1_000_000, 3), "float32")
    for argument in (large, model.inputs[0], model, ["x"], keras.Model, print, None):
        try:
            student._call(name, (argument,), {"training": True})
        except Exception as error:
            print("refused", type(error).__name__)
        else:
            print("answered")
    return keras.Model(model.inputs, model.get_layer("hidden_0").output)
