# %% right="the colleague's function, mended in two places"
def evaluate(train_features, train_labels, test_features, test_labels):
    scaler = StandardScaler().fit(train_features)
    classifier = LogisticRegression(max_iter=1000)
    classifier.fit(scaler.transform(train_features), train_labels)
    scaled = scaler.transform(test_features)
    return classifier.score(scaled, test_labels), classifier.predict(scaled)


# %% right="scales by hand and asks the nearest mean"
def evaluate(train_features, train_labels, test_features, test_labels):
    mean, deviation = train_features.mean(axis=0), train_features.std(axis=0) + 1e-9
    rows = (train_features - mean) / deviation
    classes = np.unique(train_labels)
    means = np.stack([rows[train_labels == label].mean(axis=0) for label in classes])
    gaps = ((test_features - mean) / deviation)[:, None] - means
    guesses = classes[(gaps**2).sum(axis=2).argmin(axis=1)]
    return (guesses == test_labels).mean(), guesses


# %% right="a pipeline with neighbours, guesses as a list"
def evaluate(train_features, train_labels, test_features, test_labels):
    pipeline = make_pipeline(StandardScaler(), KNeighborsClassifier(3))
    guesses = pipeline.fit(train_features, train_labels).predict(test_features)
    right = [bool(guess == label) for guess, label in zip(guesses, test_labels, strict=True)]
    return sum(right) / len(right), list(guesses)


# %% wrong="scaler fitted on training and test data" message="scaler is fitted on test data"
def evaluate(train_features, train_labels, test_features, test_labels):
    scaler = StandardScaler().fit(np.concatenate([train_features, test_features]))
    classifier = LogisticRegression(max_iter=1000)
    classifier.fit(scaler.transform(train_features), train_labels)
    guesses = classifier.predict(scaler.transform(test_features))
    return np.mean(guesses == test_labels), guesses


# %% wrong="scaler fitted anew on the test data" message="scaler is fitted on test data"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = LogisticRegression(max_iter=1000)
    classifier.fit(StandardScaler().fit_transform(train_features), train_labels)
    guesses = classifier.predict(StandardScaler().fit_transform(test_features))
    return np.mean(guesses == test_labels), guesses


# %% wrong="scored on the training data" message="score on the training data"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(train_features, train_labels)
    return classifier.score(train_features, train_labels), classifier.predict(test_features)


# %% wrong="trained on the test data as well" message="learned from the test labels"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(
        np.concatenate([train_features, test_features]),
        np.concatenate([train_labels, test_labels]),
    )
    guesses = classifier.predict(test_features)
    return np.mean(guesses == test_labels), guesses


# %% wrong="chose the strength of the classifier on the test data" message="learned from the test labels"
def evaluate(train_features, train_labels, test_features, test_labels):
    tried = [
        make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=1000)).fit(
            train_features, train_labels
        )
        for c in (1e-4, 1e-3, 1e-2, 1, 100)
    ]
    best = max(tried, key=lambda classifier: classifier.score(test_features, test_labels))
    return best.score(test_features, test_labels), best.predict(test_features)


# %% wrong="scales for the training and not for the test" message="go through the same scaler"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = LogisticRegression(max_iter=1000)
    classifier.fit(StandardScaler().fit_transform(train_features), train_labels)
    guesses = classifier.predict(test_features)
    return np.mean(guesses == test_labels), guesses


# %% wrong="probabilities instead of guesses" message="not `predict_proba`"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(train_features, train_labels)
    return classifier.score(test_features, test_labels), classifier.predict_proba(test_features)


# %% wrong="guesses for the training rows" message="Return one guess for each row of the *test*"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    guesses = classifier.fit(train_features, train_labels).predict(train_features)
    return np.mean(guesses == train_labels), guesses


# %% wrong="the accuracy alone" message="Return two things"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(train_features, train_labels).score(test_features, test_labels)


# %% wrong="guesses first" message="The first thing to return is the accuracy"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    guesses = classifier.fit(train_features, train_labels).predict(test_features)
    return guesses, np.mean(guesses == test_labels)


# %% wrong="in percent" message="0 to 1"
def evaluate(train_features, train_labels, test_features, test_labels):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    guesses = classifier.fit(train_features, train_labels).predict(test_features)
    return 100 * np.mean(guesses == test_labels), guesses


# %% wrong="a forest without a seed" message="Called twice with the same rows"
def evaluate(train_features, train_labels, test_features, test_labels):
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(n_estimators=5).fit(train_features, train_labels)
    guesses = forest.predict(test_features)
    return np.mean(guesses == test_labels), guesses
