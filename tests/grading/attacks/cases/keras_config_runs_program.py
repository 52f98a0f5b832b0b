"""Has the config of a layer name what runs a program.

lesson: 02_model
score: 4
seen: cut_check: .*not a model
shows: lied
never: loot
"""

# %% cut
import keras

FIRST, SECOND = (
    {"module": "subprocess", "class_name": "Popen", "config": {"args": "echo loot"}},
    {
        "module": "builtins",
        "class_name": "function",
        "config": "os.system",
        "registered_name": "os.system",
    },
)


get_config = keras.layers.Dense.get_config


def lying_config(self):
    print("lied")
    return {**get_config(self), "activation": SECOND, "kernel_initializer": FIRST}


def cut(model, name):
    keras.layers.Dense.get_config = lying_config
    return keras.Model(model.inputs, keras.layers.Dense(4)(model.get_layer(name).output))
