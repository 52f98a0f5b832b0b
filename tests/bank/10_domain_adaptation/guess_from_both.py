# %% right="scaler and classifier by hand"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    scaler = StandardScaler().fit(np.vstack([source_features, few_features]))
    classifier = LogisticRegression(max_iter=1000)
    classifier.fit(
        scaler.transform(np.vstack([few_features, source_features])),
        np.hstack([few_labels, source_labels]),
        sample_weight=[weight] * len(few_labels) + [1] * len(source_labels),
    )
    return classifier.predict(scaler.transform(test_features))


# %% right="the library's pipeline, guesses as a list"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    both = adaptation.from_both(source_features, source_labels, few_features, few_labels, weight)
    return list(both.predict(test_features))


# %% wrong="the weight is not used" message="are those of the source"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    both = adaptation.from_both(source_features, source_labels, few_features, few_labels)
    return both.predict(test_features)


# %% wrong="the source alone" message="are those of the source"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(source_features, source_labels).predict(test_features)


# %% wrong="the few alone" message="are those of the target"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(few_features, few_labels).predict(test_features)


# %% wrong="the weight on the source" message="the weight is on the wrong rows"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    both = adaptation.from_both(few_features, few_labels, source_features, source_labels, weight)
    return both.predict(test_features)


# %% wrong="weights in another order than the rows" message="the order of the rows"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    rows = np.concatenate([few_features, source_features])
    labels = np.concatenate([few_labels, source_labels])
    weights = np.concatenate([np.ones(len(source_labels)), np.full(len(few_labels), weight)])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(rows, labels, logisticregression__sample_weight=weights)
    return classifier.predict(test_features)


# %% wrong="scaler fitted with the test rows" message="depends on the other test rows"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    rows = np.concatenate([source_features, few_features])
    labels = np.concatenate([source_labels, few_labels])
    weights = np.repeat([1, weight], [len(source_labels), len(few_labels)])
    scaler = StandardScaler().fit(np.concatenate([rows, test_features]))
    classifier = LogisticRegression(max_iter=1000)
    classifier.fit(scaler.transform(rows), labels, sample_weight=weights)
    return classifier.predict(scaler.transform(test_features))


# %% wrong="labels in another order than the rows" message="should be nearly all"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    rows = np.concatenate([source_features, few_features])
    labels = np.concatenate([few_labels, source_labels])
    weights = np.repeat([1, weight], [len(source_labels), len(few_labels)])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(rows, labels, logisticregression__sample_weight=weights)
    return classifier.predict(test_features)


# %% wrong="probabilities" message="neither probabilities"
def guess_from_both(
    source_features, source_labels, few_features, few_labels, weight, test_features
):
    both = adaptation.from_both(source_features, source_labels, few_features, few_labels, weight)
    return both.predict_proba(test_features)
