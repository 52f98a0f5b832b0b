# %% right="sorted by time, the first that is good enough"
def choose(facts):
    probes = {name: np.asarray(of["probe"]) for name, of in facts.items()}
    top = max(probes.values(), key=np.mean)
    bar = top.mean() - top.std(ddof=1) / len(top) ** 0.5
    by_time = sorted(facts, key=lambda name: facts[name]["seconds"])
    return next(name for name in by_time if probes[name].mean() >= bar)


# %% right="a loop that keeps the fastest, standard error from scipy"
def choose(facts):
    from scipy.stats import sem

    best = None
    for name in facts:
        if best is None or np.mean(facts[name]["probe"]) > np.mean(facts[best]["probe"]):
            best = name
    least = np.mean(facts[best]["probe"]) - sem(facts[best]["probe"])
    choice = best
    for name, of in facts.items():
        if (
            sum(of["probe"]) / len(of["probe"]) >= least
            and of["seconds"] < facts[choice]["seconds"]
        ):
            choice = name
    return choice


# %% wrong="always the best mean" message="cannot tell the two apart"
def choose(facts):
    return max(facts, key=lambda name: np.mean(facts[name]["probe"]))


# %% wrong="always the fastest" message="the fastest of all, however well it does"
def choose(facts):
    return min(facts, key=lambda name: facts[name]["seconds"])


# %% wrong="ranked by source accuracy" message="score on the *source* task"
def choose(facts):
    return max(facts, key=lambda name: facts[name]["source score"])


# %% wrong="ranked by size" message="the largest model"
def choose(facts):
    return max(facts, key=lambda name: facts[name]["parameters"])


# %% wrong="one split" message="by the first fold alone"
def choose(facts):
    return max(facts, key=lambda name: facts[name]["probe"][0])


# %% wrong="the best single fold" message="by the best single fold"
def choose(facts):
    return max(facts, key=lambda name: max(facts[name]["probe"]))


# %% wrong="standard deviation in place of the standard error" message="divide by the square root of n"
def choose(facts):
    means = {name: np.mean(of["probe"]) for name, of in facts.items()}
    best = max(means, key=means.get)
    band = np.std(facts[best]["probe"], ddof=1)
    level = [name for name in facts if means[name] >= means[best] - band]
    return min(level, key=lambda name: facts[name]["seconds"])


# %% wrong="the smallest of those that are level" message="and it is faster"
def choose(facts):
    means = {name: np.mean(of["probe"]) for name, of in facts.items()}
    best = max(means, key=means.get)
    error = np.std(facts[best]["probe"], ddof=1) / len(facts[best]["probe"]) ** 0.5
    level = [name for name in facts if means[name] >= means[best] - error]
    return min(level, key=lambda name: facts[name]["parameters"])


# %% wrong="the order upside down" message="the order is upside down"
def choose(facts):
    return min(facts, key=lambda name: np.mean(facts[name]["probe"]))


# %% wrong="a fixed margin in place of the noise" message="In another case"
def choose(facts):
    means = {name: np.mean(of["probe"]) for name, of in facts.items()}
    level = [name for name in facts if means[name] >= max(means.values()) - 0.015]
    return min(level, key=lambda name: facts[name]["seconds"])


# %% wrong="the row in place of the name" message="Return the name of one candidate"
def choose(facts):
    means = [np.mean(of["probe"]) for of in facts.values()]
    return int(np.argmax(means))
