# %% right="translates both to units first"
def typical_error(dataset, predictions):
    truth = in_units(dataset.y_test, dataset)
    return np.sqrt(np.mean((in_units(predictions, dataset) - truth) ** 2, axis=0))


# %% right="target by target, as a list"
def typical_error(dataset, predictions):
    errors = []
    for k, deviation in enumerate(dataset.deviation):
        gaps = (dataset.y_test[:, k] - predictions[:, k]) * deviation
        errors.append(float((gaps**2).mean() ** 0.5))
    return errors


# %% right="with scikit-learn"
def typical_error(dataset, predictions):
    from sklearn.metrics import mean_squared_error

    squares = mean_squared_error(dataset.y_test, predictions, multioutput="raw_values")
    return squares**0.5 * dataset.deviation


# %% wrong="left standardised" message="still standardised"
def typical_error(dataset, predictions):
    return np.sqrt(((predictions - dataset.y_test) ** 2).mean(axis=0))


# %% wrong="added the mean to an error" message="it cancels"
def typical_error(dataset, predictions):
    errors = np.sqrt(((predictions - dataset.y_test) ** 2).mean(axis=0))
    return in_units(errors, dataset)


# %% wrong="divided by the deviation" message="divided by the deviation"
def typical_error(dataset, predictions):
    return np.sqrt(((predictions - dataset.y_test) ** 2).mean(axis=0)) / dataset.deviation


# %% wrong="no root" message="The root is missing"
def typical_error(dataset, predictions):
    return (((predictions - dataset.y_test) * dataset.deviation) ** 2).mean(axis=0)


# %% wrong="root forgotten before the units" message="The root is missing"
def typical_error(dataset, predictions):
    return ((predictions - dataset.y_test) ** 2).mean(axis=0) * dataset.deviation


# %% wrong="errors to either side cancel" message="have cancelled"
def typical_error(dataset, predictions):
    return (predictions - dataset.y_test).mean(axis=0) * dataset.deviation


# %% wrong="mean absolute error" message="another sensible measure"
def typical_error(dataset, predictions):
    return np.abs(predictions - dataset.y_test).mean(axis=0) * dataset.deviation


# %% wrong="deviation of the test targets" message="that of the training targets"
def typical_error(dataset, predictions):
    deviation = in_units(dataset.y_test, dataset).std(axis=0)
    return np.sqrt(((predictions - dataset.y_test) ** 2).mean(axis=0)) * deviation


# %% wrong="one number for all" message="one number for each target"
def typical_error(dataset, predictions):
    return np.sqrt((((predictions - dataset.y_test) * dataset.deviation) ** 2).mean())


# %% wrong="one number per image" message="one number for each target"
def typical_error(dataset, predictions):
    return np.sqrt((((predictions - dataset.y_test) * dataset.deviation) ** 2).mean(axis=1))


# %% wrong="prints and returns nothing" message="returned None"
def typical_error(dataset, predictions):
    print(np.sqrt(((predictions - dataset.y_test) ** 2).mean(axis=0)) * dataset.deviation)


# %% wrong="translates the errors as if they were values" message="put the mean into the errors"
def typical_error(dataset, predictions):
    gaps = in_units(predictions - dataset.y_test, dataset)
    return np.sqrt((gaps**2).mean(axis=0))


# %% wrong="translates the predictions only" message="Take the difference of two alike"
def typical_error(dataset, predictions):
    gaps = in_units(predictions, dataset) - dataset.y_test
    return np.sqrt((gaps**2).mean(axis=0))


# %% wrong="one standardised error for all" message="The mean went over all targets"
def typical_error(dataset, predictions):
    return np.sqrt(((predictions - dataset.y_test) ** 2).mean()) * dataset.deviation
