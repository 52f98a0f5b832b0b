# %% right="counts with a dictionary"
def baseline(y_train, y_test):
    counts = {}
    for label in y_train:
        counts[label] = counts.get(label, 0) + 1
    answer = max(counts, key=counts.get)
    return sum(label == answer for label in y_test) / len(y_test)


# %% right="bincount, as a NumPy number"
def baseline(y_train, y_test):
    return (y_test == np.bincount(y_train).argmax()).mean()


# %% wrong="scored on the training labels" message="right on the *training* labels"
def baseline(y_train, y_test):
    return np.mean(y_train == np.bincount(y_train).argmax())


# %% wrong="most frequent label of the test data" message="may not look at the test labels"
def baseline(y_train, y_test):
    return np.mean(y_test == np.bincount(y_test).argmax())


# %% wrong="a typed-in number" message="a typed-in number fits one data set only"
def baseline(y_train, y_test):
    return 0.1


# %% wrong="one over the number of classes" message="what blind guessing gives"
def baseline(y_train, y_test):
    return 1 / len(set(y_train))


# %% wrong="in percent" message="This is in percent"
def baseline(y_train, y_test):
    return 100 * np.mean(y_test == np.bincount(y_train).argmax())


# %% wrong="returns the label" message="Compute it from the labels that are passed in"
def baseline(y_train, y_test):
    return np.bincount(y_train).argmax() + 4


# %% wrong="forgets to return" message="returned None"
def baseline(y_train, y_test):
    print(np.mean(y_test == np.bincount(y_train).argmax()))
