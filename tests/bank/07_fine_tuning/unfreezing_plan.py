# %% right="array_split from the end, then growing sets"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [
        layer.name
        for layer in reversed(model.layers)
        if layer.weights and not isinstance(layer, frozen)
    ]
    plan, opened = [], set()
    for piece in np.array_split(names, stages):
        opened = opened | {str(name) for name in piece}
        plan.append(opened)
    return plan


# %% right="lists instead of sets, rounded up"
def unfreezing_plan(model, stages):
    names = []
    for layer in model.layers:
        if layer.count_params() and type(layer).__name__ != "BatchNormalization":
            names.append(layer.name)
    return [names[-(-(stages - s) * len(names) // stages) :] for s in range(1, stages + 1)]


# %% wrong="from the bottom up" message="begins at the bottom"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [
        layer.name for layer in model.layers if layer.weights and not isinstance(layer, frozen)
    ]
    return [set(names[: s * len(names) // stages]) for s in range(1, stages + 1)]


# %% wrong="opens BatchNorm, too" message="Your plan opens BatchNorm"
def unfreezing_plan(model, stages):
    names = [layer.name for layer in model.layers if layer.weights]
    return [set(names[len(names) - s * len(names) // stages :]) for s in range(1, stages + 1)]


# %% wrong="counts layers without weights" message="no layer of this name has weights"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [layer.name for layer in model.layers if not isinstance(layer, frozen)]
    return [set(names[len(names) - s * len(names) // stages :]) for s in range(1, stages + 1)]


# %% wrong="freezes again what was open" message="is frozen again in the next"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [
        layer.name for layer in model.layers if layer.weights and not isinstance(layer, frozen)
    ]
    return [{str(name) for name in piece} for piece in np.array_split(names, stages)][::-1]


# %% wrong="one layer per stage, and the rest never" message="never got to learn"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [
        layer.name for layer in model.layers if layer.weights and not isinstance(layer, frozen)
    ]
    plan = [set(names[-s:]) for s in range(1, stages + 1)]
    return plan if stages > 1 else [set(names)]


# %% wrong="one layer per stage, and all the rest in the last" message="Spread them evenly"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [
        layer.name for layer in model.layers if layer.weights and not isinstance(layer, frozen)
    ]
    return [set(names[-s:]) for s in range(1, stages)] + [set(names)]


# %% wrong="a stage too few" message="stages, and"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [
        layer.name for layer in model.layers if layer.weights and not isinstance(layer, frozen)
    ]
    return [set(names[len(names) - s * len(names) // stages :]) for s in range(1, stages)] or [
        set(names),
        set(names),
    ]


# %% wrong="layers instead of names" message="Put the layers' *names*"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    names = [layer for layer in model.layers if layer.weights and not isinstance(layer, frozen)]
    return [set(names[len(names) - s * len(names) // stages :]) for s in range(1, stages + 1)]


# %% wrong="one flat list of names" message="Each stage is a *set of names*"
def unfreezing_plan(model, stages):
    frozen = keras.layers.BatchNormalization
    return [
        layer.name for layer in model.layers if layer.weights and not isinstance(layer, frozen)
    ][::-1]
