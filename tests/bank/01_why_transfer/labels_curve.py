# %% right="in one comprehension"
def labels_curve(score, labels, seeds):
    found = {n: np.array([score(n, seed) for seed in seeds]) for n in labels}
    return {n: (scores.mean(), scores.std(ddof=1)) for n, scores in found.items()}


# %% right="seeds in the outer loop"
def labels_curve(score, labels, seeds):
    found = {n: [] for n in labels}
    for seed in seeds:
        for n in labels:
            found[n].append(score(n, seed))
    import statistics

    return {n: [statistics.mean(scores), statistics.stdev(scores)] for n, scores in found.items()}


# %% wrong="one seed" message="Every number of labels needs every seed"
def labels_curve(score, labels, seeds):
    return {n: (score(n, seeds[0]), 0.0) for n in labels}


# %% wrong="typed-in numbers" message="never called `score`"
def labels_curve(score, labels, seeds):
    return {n: (0.8, 0.02) for n in labels}


# %% wrong="the arguments swapped" message="which nobody asked for"
def labels_curve(score, labels, seeds):
    found = {n: [score(seed, n) for seed in seeds] for n in labels}
    return {n: (np.mean(scores), np.std(scores, ddof=1)) for n, scores in found.items()}


# %% wrong="all numbers of labels in one list" message="the scores of all seeds of this number"
def labels_curve(score, labels, seeds):
    curve, found = {}, []
    for n in labels:
        for seed in seeds:
            found.append(score(n, seed))
        curve[n] = (np.mean(found), np.std(found, ddof=1))
    return curve


# %% wrong="the standard deviation of a population" message="A few seeds are a sample"
def labels_curve(score, labels, seeds):
    found = {n: [score(n, seed) for seed in seeds] for n in labels}
    return {n: (np.mean(scores), np.std(scores)) for n, scores in found.items()}


# %% wrong="the variance" message="the spread is not"
def labels_curve(score, labels, seeds):
    found = {n: [score(n, seed) for seed in seeds] for n in labels}
    return {n: (np.mean(scores), np.var(scores, ddof=1)) for n, scores in found.items()}


# %% wrong="a list of pairs" message="Return a dictionary"
def labels_curve(score, labels, seeds):
    found = [[score(n, seed) for seed in seeds] for n in labels]
    return [(np.mean(scores), np.std(scores, ddof=1)) for scores in found]


# %% wrong="the seeds as keys" message="should be the numbers of labels"
def labels_curve(score, labels, seeds):
    found = {seed: [score(n, seed) for n in labels] for seed in seeds}
    return {seed: (np.mean(scores), np.std(scores, ddof=1)) for seed, scores in found.items()}
