# %% right="counts pairs in a Counter"
def most_confused(y_true, y_pred, class_names):
    from collections import Counter

    pairs = Counter((int(t), int(p)) for t, p in zip(y_true, y_pred, strict=True) if t != p)
    (true, guessed), _ = pairs.most_common(1)[0]
    return class_names[true], class_names[guessed]


# %% right="a matrix by hand, answered as a list"
def most_confused(y_true, y_pred, class_names):
    count = len(class_names)
    matrix = np.bincount(count * y_true + y_pred, minlength=count**2).reshape(count, count)
    matrix[np.arange(count), np.arange(count)] = -1
    row, column = np.unravel_index(matrix.argmax(), matrix.shape)
    return [class_names[row], class_names[column]]


# %% wrong="transposed" message="the wrong way round"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_pred, y_true, labels=range(len(class_names)))
    np.fill_diagonal(matrix, 0)
    row, column = divmod(matrix.argmax(), len(class_names))
    return class_names[row], class_names[column]


# %% wrong="diagonal included" message="is no mistake"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_true, y_pred, labels=range(len(class_names)))
    row, column = divmod(matrix.argmax(), len(class_names))
    return class_names[row], class_names[column]


# %% wrong="positions instead of names" message="Return the two *names*"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_true, y_pred, labels=range(len(class_names)))
    np.fill_diagonal(matrix, 0)
    return divmod(int(matrix.argmax()), len(class_names))


# %% wrong="a class that does not occur is left out" message="shifted your names"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_true, y_pred)
    np.fill_diagonal(matrix, 0)
    row, column = divmod(matrix.argmax(), len(matrix))
    return class_names[row], class_names[column]


# %% wrong="both directions added up" message="added both directions up"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_true, y_pred, labels=range(len(class_names)))
    np.fill_diagonal(matrix, 0)
    row, column = divmod((matrix + matrix.T).argmax(), len(class_names))
    return class_names[row], class_names[column]


# %% wrong="shares instead of counts" message="compare the counts"
def most_confused(y_true, y_pred, class_names):
    labels = range(len(class_names))
    matrix = np.nan_to_num(confusion_matrix(y_true, y_pred, labels=labels, normalize="true"))
    np.fill_diagonal(matrix, 0)
    row, column = divmod(matrix.argmax(), len(class_names))
    return class_names[row], class_names[column]


# %% wrong="the number of mistakes" message="Return two things"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_true, y_pred, labels=range(len(class_names)))
    np.fill_diagonal(matrix, 0)
    return matrix.max()


# %% wrong="leaves a class out, and divides by the number of all" message="has shifted your names"
def most_confused(y_true, y_pred, class_names):
    matrix = confusion_matrix(y_true, y_pred)
    np.fill_diagonal(matrix, 0)
    row, column = divmod(matrix.argmax(), len(class_names))
    return class_names[row], class_names[column]
