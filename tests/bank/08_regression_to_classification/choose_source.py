# %% right="a loop that keeps the best so far"
def choose_source(comparison, control):
    best = control
    for name in comparison.scores:
        gap = comparison.difference(name, control)
        clearly_better = gap.is_clear and gap.mean > 0
        if clearly_better and comparison.mean(name) > comparison.mean(best):
            best = name
    return best


# %% right="sorted by the mean, the first that is clear"
def choose_source(comparison, control):
    for name in sorted(comparison.scores, key=comparison.mean, reverse=True):
        if comparison.difference(name, control).low > 0:
            return name
    return control


# %% right="the interval by hand"
def choose_source(comparison, control):
    from scipy import stats

    base, means = np.array(comparison.scores[control]), {control: -1.0}
    for name, values in comparison.scores.items():
        gaps = np.array(values) - base
        if name != control and stats.ttest_1samp(gaps, 0).confidence_interval().low > 0:
            means[name] = np.mean(values)
    return max(means, key=means.get)


# %% wrong="the highest mean" message="within the noise"
def choose_source(comparison, control):
    return max(comparison.scores, key=comparison.mean)


# %% wrong="the best single score" message="within the noise"
def choose_source(comparison, control):
    return max(comparison.scores, key=lambda name: max(comparison.scores[name]))


# %% wrong="one seed" message="within the noise"
def choose_source(comparison, control):
    return max(comparison.scores, key=lambda name: comparison.scores[name][0])


# %% wrong="clear in whichever direction" message="clearly *worse*"
def choose_source(comparison, control):
    clear = [
        name
        for name in comparison.scores
        if name != control and comparison.difference(name, control).is_clear
    ]
    return max(clear, key=comparison.mean, default=control)


# %% wrong="spreads that must not overlap" message="Compare seed by seed"
def choose_source(comparison, control):
    reached = comparison.mean(control) + comparison.sd(control)
    better = [
        name for name in comparison.scores if comparison.mean(name) - comparison.sd(name) > reached
    ]
    return max(better, key=comparison.mean, default=control)


# %% wrong="the highest mean, and nothing if it is not clear" message="is clearly better"
def choose_source(comparison, control):
    best = max(comparison.scores, key=comparison.mean)
    return best if comparison.difference(best, control).low > 0 else control


# %% wrong="the first that is clearly better" message="with the higher mean of all seeds"
def choose_source(comparison, control):
    for name in comparison.scores:
        if comparison.difference(name, control).low > 0:
            return name
    return control


# %% wrong="None for no source" message="the control's own"
def choose_source(comparison, control):
    better = [name for name in comparison.scores if comparison.difference(name, control).low > 0]
    return max(better, key=comparison.mean, default=None)


# %% wrong="a list of all that are better" message="Return a name"
def choose_source(comparison, control):
    return [name for name in comparison.scores if comparison.difference(name, control).low > 0]
