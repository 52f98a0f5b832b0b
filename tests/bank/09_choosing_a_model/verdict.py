# %% right="t interval by hand"
def verdict(transfer, without):
    from scipy.stats import t

    gaps = np.array(transfer) - np.array(without)
    n = len(gaps)
    reach = t.ppf(0.975, n - 1) * gaps.std(ddof=1) / np.sqrt(n)
    if abs(gaps.mean()) <= reach:
        return "undecided"
    return "negative" if gaps.mean() < 0 else "positive"


# %% right="is_clear, and the sign of the mean"
def verdict(transfer, without):
    gap = Comparison({"with": transfer, "without": without}).difference("with", "without")
    if not gap.is_clear:
        return "undecided"
    return "positive" if gap.mean > 0 else "negative"


# %% right="a paired t-test"
def verdict(transfer, without):
    from scipy.stats import ttest_rel

    test = ttest_rel(transfer, without)
    if test.pvalue >= 0.05:
        return "undecided"
    return "positive" if test.statistic > 0 else "negative"


# %% wrong="the mean alone" message="A mean without its spread"
def verdict(transfer, without):
    return "negative" if np.mean(transfer) < np.mean(without) else "positive"


# %% wrong="unpaired: the two groups overlap" message="they are *pairs*"
def verdict(transfer, without):
    from scipy.stats import ttest_ind

    test = ttest_ind(transfer, without)
    if test.pvalue >= 0.05:
        return "undecided"
    return "positive" if test.statistic > 0 else "negative"


# %% wrong="bands of one standard deviation must not touch" message="they are *pairs*"
def verdict(transfer, without):
    if np.mean(transfer) + np.std(transfer) < np.mean(without) - np.std(without):
        return "negative"
    if np.mean(transfer) - np.std(transfer) > np.mean(without) + np.std(without):
        return "positive"
    return "undecided"


# %% wrong="the sign the wrong way round" message="The sign is the wrong way round"
def verdict(transfer, without):
    gap = Comparison({"a": transfer, "b": without}).difference("b", "a")
    if not gap.is_clear:
        return "undecided"
    return "positive" if gap.mean > 0 else "negative"


# %% wrong="the majority of the seeds" message="a count of wins"
def verdict(transfer, without):
    wins = sum(one > other for one, other in zip(transfer, without, strict=True))
    return "positive" if wins > len(transfer) / 2 else "negative"


# %% wrong="one seed" message="these seeds do not decide"
def verdict(transfer, without):
    return "negative" if transfer[0] < without[0] else "positive"


# %% wrong="a number in place of a word" message="Return one of the words"
def verdict(transfer, without):
    return float(np.mean(transfer) - np.mean(without))
