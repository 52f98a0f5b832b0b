# %% right="two loops and `is`"
def shared_weights(model, other):
    found = set()
    for mine in model.weights:
        for theirs in other.weights:
            if mine is theirs:
                found.add(mine.path)
    return found


# %% right="any() inside a comprehension, returned as a list"
def shared_weights(model, other):
    return [w.path for w in model.weights if any(w is v for v in other.weights)]


# %% right="changes one and looks whether the other changed"
def shared_weights(model, other):
    found = set()
    for weight in model.weights:
        kept = weight.numpy()
        before = snapshot(other)
        weight.assign(kept + 1)
        after = snapshot(other)
        changed = any(not np.array_equal(before[path], after[path]) for path in before)
        weight.assign(kept)
        if changed:
            found.add(weight.path)
    return found


# %% wrong="compares paths" message="You compared names"
def shared_weights(model, other):
    return {w.path for w in model.weights} & {w.path for w in other.weights}


# %% wrong="compares values" message="You compared values"
def shared_weights(model, other):
    others = [weight.numpy() for weight in other.weights]
    return {w.path for w in model.weights if any(np.array_equal(w.numpy(), v) for v in others)}


# %% wrong="compares names" message="not paths"
def shared_weights(model, other):
    return {w.name for w in model.weights} & {w.name for w in other.weights}


# %% wrong="trainable weights only" message="You looked at trainable weights only"
def shared_weights(model, other):
    others = {id(weight) for weight in other.trainable_weights}
    return {weight.path for weight in model.trainable_weights if id(weight) in others}


# %% wrong="compares copies of the arrays by identity" message="You found nothing shared"
def shared_weights(model, other):
    mine, theirs = model.get_weights(), other.get_weights()
    pairs = zip(model.weights, mine, strict=True)
    return {weight.path for weight, value in pairs if any(value is v for v in theirs)}


# %% wrong="those that are not shared" message="wrong way round"
def shared_weights(model, other):
    others = {id(weight) for weight in other.weights}
    return {weight.path for weight in model.weights if id(weight) not in others}


# %% wrong="`in` on a list, which compares numbers" message="your code stopped with"
def shared_weights(model, other):
    return {weight.path for weight in model.weights if weight in other.weights}


# %% wrong="the weights themselves" message="use `weight.path`"
def shared_weights(model, other):
    return [weight for weight in model.weights if any(weight is v for v in other.weights)]


# %% wrong="all weights of the shorter model" message="Not the variables that the two share"
def shared_weights(model, other):
    return {weight.path for weight in model.weights[: len(other.weights)][1:]}
