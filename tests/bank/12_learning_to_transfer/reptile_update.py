# %% right="a weighted mean"
def reptile_update(weights, adapted, rate):
    return [(1 - rate) * a + rate * b for a, b in zip(weights, adapted, strict=True)]


# %% right="by index, as a tuple"
def reptile_update(weights, adapted, rate):
    new = []
    for index in range(len(weights)):
        step = np.subtract(adapted[index], weights[index])
        new.append(np.add(weights[index], np.multiply(rate, step)))
    return tuple(new)


# %% wrong="the sign wrong" message="The sign is wrong"
def reptile_update(weights, adapted, rate):
    return [a - rate * (b - a) for a, b in zip(weights, adapted, strict=True)]


# %% wrong="replaces the start by the adapted weights" message="jumps all the way"
def reptile_update(weights, adapted, rate):
    return adapted


# %% wrong="the rate on the wrong side" message="the wrong side"
def reptile_update(weights, adapted, rate):
    return [rate * a + (1 - rate) * b for a, b in zip(weights, adapted, strict=True)]


# %% wrong="adds the adapted weights instead of the difference" message="grow without end"
def reptile_update(weights, adapted, rate):
    return [a + rate * b for a, b in zip(weights, adapted, strict=True)]


# %% wrong="the mean of both, whatever the rate" message="half of the way"
def reptile_update(weights, adapted, rate):
    return [(a + b) / 2 for a, b in zip(weights, adapted, strict=True)]


# %% wrong="the step alone" message="without the start"
def reptile_update(weights, adapted, rate):
    return [rate * (b - a) for a, b in zip(weights, adapted, strict=True)]


# %% wrong="lists are glued together" message="A list is not an array"
def reptile_update(weights, adapted, rate):
    return weights + adapted


# %% wrong="changes in place and returns nothing" message="returned None"
def reptile_update(weights, adapted, rate):
    for a, b in zip(weights, adapted, strict=True):
        a += rate * (b - a)


# %% wrong="computes and returns the start as it was" message="does not move"
def reptile_update(weights, adapted, rate):
    for a, b in zip(weights, adapted, strict=True):
        a = a + rate * (b - a)
    return weights
