# %% right="by the variance"
def r_squared(y, predictions):
    return 1 - np.mean((y - predictions) ** 2, axis=0) / np.var(y, axis=0)


# %% right="target by target"
def r_squared(y, predictions):
    shares = []
    for truth, guess in zip(y.T, predictions.T, strict=True):
        rival = np.full_like(truth, truth.mean())
        shares.append(1 - sum((truth - guess) ** 2) / sum((truth - rival) ** 2))
    return np.array(shares)


# %% right="with scikit-learn"
def r_squared(y, predictions):
    return r2_score(y, predictions, multioutput="raw_values")


# %% wrong="the mean of all targets" message="one number for each target"
def r_squared(y, predictions):
    return r2_score(y, predictions)


# %% wrong="takes the variance to be 1" message="variance of exactly 1"
def r_squared(y, predictions):
    return 1 - ((y - predictions) ** 2).mean(axis=0)


# %% wrong="the share that is not explained" message="*not* explained"
def r_squared(y, predictions):
    return ((y - predictions) ** 2).sum(axis=0) / ((y - y.mean(axis=0)) ** 2).sum(axis=0)


# %% wrong="the rival answers 0" message="always answers 0"
def r_squared(y, predictions):
    return 1 - ((y - predictions) ** 2).sum(axis=0) / (y**2).sum(axis=0)


# %% wrong="one mean for all targets" message="one mean for all targets"
def r_squared(y, predictions):
    return 1 - ((y - predictions) ** 2).sum(axis=0) / ((y - y.mean()) ** 2).sum(axis=0)


# %% wrong="arguments of scikit-learn swapped" message="spread of the *predictions*"
def r_squared(y, predictions):
    return r2_score(predictions, y, multioutput="raw_values")


# %% wrong="the square of the correlation" message="square of the correlation"
def r_squared(y, predictions):
    columns = zip(y.T, predictions.T, strict=True)
    return np.array([np.corrcoef(truth, guess)[0, 1] ** 2 for truth, guess in columns])


# %% wrong="cut off below 0" message="worse than the mean"
def r_squared(y, predictions):
    return np.maximum(r2_score(y, predictions, multioutput="raw_values"), 0)


# %% wrong="sums over the targets" message="one number for each target"
def r_squared(y, predictions):
    return 1 - ((y - predictions) ** 2).sum(axis=1) / ((y - y.mean(axis=0)) ** 2).sum(axis=1)


# %% wrong="variance of the errors" message="You have divided two variances"
def r_squared(y, predictions):
    return 1 - (y - predictions).var(axis=0) / y.var(axis=0)


# %% wrong="spread of the predictions over that of the truth" message="have to come in"
def r_squared(y, predictions):
    spread = ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    return ((predictions - y.mean(axis=0)) ** 2).sum(axis=0) / spread
