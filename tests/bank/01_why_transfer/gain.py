# %% right="in a loop"
def gain(before, after):
    total, wins = 0, 0
    for old, new in zip(before, after, strict=True):
        total += new - old
        wins += new > old
    return total / len(before), wins


# %% right="difference of the means"
def gain(before, after):
    wins = sum(b < a for b, a in zip(before, after, strict=True))
    return [np.mean(after) - np.mean(before), wins]


# %% wrong="before minus after" message="The sign is the wrong way round"
def gain(before, after):
    differences = np.subtract(before, after)
    return differences.mean(), (differences < 0).sum()


# %% wrong="the best seed of each side" message="compares their luck"
def gain(before, after):
    return max(after) - max(before), int((np.subtract(after, before) > 0).sum())


# %% wrong="the first seed only" message="one seed is an anecdote"
def gain(before, after):
    return after[0] - before[0], int((np.subtract(after, before) > 0).sum())


# %% wrong="draws counted as wins" message="counted a draw as a win"
def gain(before, after):
    differences = np.subtract(after, before)
    return differences.mean(), int((differences >= 0).sum())


# %% wrong="the share of wins" message="how many seeds, not which share"
def gain(before, after):
    differences = np.subtract(after, before)
    return differences.mean(), (differences > 0).mean()


# %% wrong="a ratio" message="Subtract pair by pair"
def gain(before, after):
    return np.mean(np.divide(after, before)), int((np.subtract(after, before) > 0).sum())


# %% wrong="the sum of the differences" message="Divide by how many there are"
def gain(before, after):
    differences = np.subtract(after, before)
    return differences.sum(), int((differences > 0).sum())


# %% wrong="the two numbers swapped" message="in the wrong order"
def gain(before, after):
    differences = np.subtract(after, before)
    return int((differences > 0).sum()), differences.mean()
