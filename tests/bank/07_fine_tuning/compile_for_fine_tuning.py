# %% right="SGD with momentum, a tenth of the rate"
def compile_for_fine_tuning(model, old_rate):
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1 * old_rate, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


# %% right="a schedule that falls from a thirtieth of the rate"
def compile_for_fine_tuning(model, old_rate):
    schedule = keras.optimizers.schedules.CosineDecay(old_rate / 30, decay_steps=500)
    model.compile(
        keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model


# %% wrong="nothing compiled at all" message="still has the optimizer of the warm-up"
def compile_for_fine_tuning(model, old_rate):
    return model


# %% wrong="compiled again with the old optimizer" message="stops with 'Unknown variable'. Give"
def compile_for_fine_tuning(model, old_rate):
    model.compile(model.optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


# %% wrong="lowers the rate of the old optimizer" message="Lowering its rate does not help"
def compile_for_fine_tuning(model, old_rate):
    model.optimizer.learning_rate = old_rate / 10
    model.compile(model.optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


# %% wrong="a new optimizer with the old rate" message="is the one of the warm-up"
def compile_for_fine_tuning(model, old_rate):
    model.compile(
        keras.optimizers.Adam(old_rate), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model


# %% wrong="a copy of the old optimizer, rate and all" message="The learning rate is the one of the warm-up"
def compile_for_fine_tuning(model, old_rate):
    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


# %% wrong="half the rate" message="take a tenth of the old rate"
def compile_for_fine_tuning(model, old_rate):
    model.compile(
        keras.optimizers.Adam(old_rate / 2), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model


# %% wrong="Adam's default rate, whatever the old one was" message="In another case (an old rate of 0.0005)"
def compile_for_fine_tuning(model, old_rate):
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model


# %% wrong="so low that nothing is learned" message="so low that nothing is learned"
def compile_for_fine_tuning(model, old_rate):
    model.compile(
        keras.optimizers.Adam(1e-8 * old_rate), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model


# %% wrong="the loss for one-hot labels" message="sparse_categorical_crossentropy"
def compile_for_fine_tuning(model, old_rate):
    model.compile(
        keras.optimizers.Adam(old_rate / 10), "categorical_crossentropy", jit_compile=False
    )
    return model


# %% wrong="the squared error" message="does not train on labels that are whole numbers"
def compile_for_fine_tuning(model, old_rate):
    model.compile(keras.optimizers.Adam(old_rate / 10), loss="mse", jit_compile=False)
    return model


# %% wrong="returns nothing" message="Your function returned None"
def compile_for_fine_tuning(model, old_rate):
    model.compile(
        keras.optimizers.Adam(old_rate / 10), "sparse_categorical_crossentropy", jit_compile=False
    )
