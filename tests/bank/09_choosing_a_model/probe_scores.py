# %% right="splits made once, as a list, and a loop by hand"
def probe_scores(candidates, dataset, folds):
    x, y = dataset.x_train, dataset.y_train
    splits = list(StratifiedKFold(folds, shuffle=True, random_state=5).split(x, y))
    found = {}
    for name, describe in candidates.items():
        rows, scores = np.asarray(describe(x)), []
        for train, held_out in splits:
            classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            guesses = classifier.fit(rows[train], y[train]).predict(rows[held_out])
            scores.append(np.mean(guesses == y[held_out]))
        found[name] = scores
    return found


# %% right="a whole number for cv: stratified, in the order of the rows"
def probe_scores(candidates, dataset, folds):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return {
        name: cross_val_score(classifier, describe(dataset.x_train), dataset.y_train, cv=folds)
        for name, describe in candidates.items()
    }


# %% wrong="scored on the rows it was trained on" message="scored on rows that its classifier has been trained on"
def probe_scores(candidates, dataset, folds):
    split = StratifiedKFold(folds, shuffle=True, random_state=0)
    found = {}
    for name, describe in candidates.items():
        rows, y = describe(dataset.x_train), dataset.y_train
        found[name] = [
            LogisticRegression(max_iter=1000)
            .fit(rows[train], y[train])
            .score(rows[train], y[train])
            for train, _ in split.split(rows, y)
        ]
    return found


# %% wrong="trained on everything, then scored fold by fold" message="scored on rows that its classifier has been trained on"
def probe_scores(candidates, dataset, folds):
    split = StratifiedKFold(folds, shuffle=True, random_state=0)
    found = {}
    for name, describe in candidates.items():
        rows, y = describe(dataset.x_train), dataset.y_train
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(rows, y)
        found[name] = [classifier.score(rows[out], y[out]) for _, out in split.split(rows, y)]
    return found


# %% wrong="scored on parts of the test images" message="scored the candidates on the test images"
def probe_scores(candidates, dataset, folds):
    found = {}
    for name, describe in candidates.items():
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        classifier.fit(describe(dataset.x_train), dataset.y_train)
        right = classifier.predict(describe(dataset.x_test)) == dataset.y_test
        found[name] = [part.mean() for part in np.array_split(right, folds)]
    return found


# %% wrong="cross-validated on training and test images together" message="scored the candidates on the test images"
def probe_scores(candidates, dataset, folds):
    x = np.concatenate([dataset.x_train, dataset.x_test])
    y = np.concatenate([dataset.y_train, dataset.y_test])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    split = StratifiedKFold(folds, shuffle=True, random_state=0)
    return {
        name: cross_val_score(classifier, describe(x), y, cv=split)
        for name, describe in candidates.items()
    }


# %% wrong="one split" message="One split is an anecdote"
def probe_scores(candidates, dataset, folds):
    train, held_out = next(
        StratifiedKFold(folds, shuffle=True, random_state=0).split(dataset.x_train, dataset.y_train)
    )
    found = {}
    for name, describe in candidates.items():
        rows, y = describe(dataset.x_train), dataset.y_train
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        found[name] = classifier.fit(rows[train], y[train]).score(rows[held_out], y[held_out])
    return found


# %% wrong="the mean in place of the folds" message="without a spread you cannot tell a lead from luck"
def probe_scores(candidates, dataset, folds):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return {
        name: cross_val_score(
            classifier, describe(dataset.x_train), dataset.y_train, cv=folds
        ).mean()
        for name, describe in candidates.items()
    }


# %% wrong="folds of its own for each candidate" message="tested on different folds"
def probe_scores(candidates, dataset, folds):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    found = {}
    for seed, (name, describe) in enumerate(candidates.items()):
        split = StratifiedKFold(folds, shuffle=True, random_state=seed)
        rows = describe(dataset.x_train)
        found[name] = cross_val_score(classifier, rows, dataset.y_train, cv=split)
    return found


# %% wrong="folds without a seed" message="Called twice with the same arguments"
def probe_scores(candidates, dataset, folds):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    split = StratifiedKFold(folds, shuffle=True)
    return {
        name: cross_val_score(classifier, describe(dataset.x_train), dataset.y_train, cv=split)
        for name, describe in candidates.items()
    }


# %% wrong="folds that hold one class each" message="does each of your folds hold every class"
def probe_scores(candidates, dataset, folds):
    from sklearn.model_selection import KFold

    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return {
        name: cross_val_score(
            classifier, describe(dataset.x_train), dataset.y_train, cv=KFold(folds)
        )
        for name, describe in candidates.items()
    }


# %% wrong="always five folds" message="one accuracy for each of the 4 folds"
def probe_scores(candidates, dataset, folds):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    split = StratifiedKFold(5, shuffle=True, random_state=0)
    return {
        name: cross_val_score(classifier, describe(dataset.x_train), dataset.y_train, cv=split)
        for name, describe in candidates.items()
    }


# %% wrong="the names are lost" message="Return a dictionary"
def probe_scores(candidates, dataset, folds):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return [
        cross_val_score(classifier, describe(dataset.x_train), dataset.y_train, cv=folds)
        for describe in candidates.values()
    ]
