# %% right="every second row held out, a classifier of its own"
def domain_gap(features_a, features_b):
    n = min(len(features_a), len(features_b))
    pick = np.random.default_rng(3)
    a = pick.permutation(features_a)[:n]
    b = pick.permutation(features_b)[:n]
    x, held_out = np.vstack([a[::2], b[::2]]), np.vstack([a[1::2], b[1::2]])
    y = np.r_[np.zeros(len(a[::2])), np.ones(len(b[::2]))]
    y_held_out = np.r_[np.zeros(len(a[1::2])), np.ones(len(b[1::2]))]
    scaler = StandardScaler().fit(x)
    guesses = LogisticRegression(max_iter=1000).fit(scaler.transform(x), y)
    accuracy = np.mean(guesses.predict(scaler.transform(held_out)) == y_held_out)
    return 2 * (2 * accuracy - 1)


# %% right="cross-validation, with the error balanced over the domains"
def domain_gap(features_a, features_b):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = np.concatenate([features_a, features_b])
    domain = np.repeat([0, 1], [len(features_a), len(features_b)])
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    guesses = cross_val_predict(model, rows, domain, cv=folds)
    errors = [np.mean(guesses[domain == d] != d) for d in (0, 1)]
    return 2 * (1 - 2 * np.mean(errors))


# %% wrong="scored on the rows it was trained on" message="remembers the rows"
def domain_gap(features_a, features_b):
    n = min(len(features_a), len(features_b))
    rows = np.concatenate([features_a[:n], features_b[:n]])
    domain = np.repeat([0, 1], n)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return 2 * (1 - 2 * (1 - classifier.fit(rows, domain).score(rows, domain)))


# %% wrong="the larger domain is guessed" message="the larger one"
def domain_gap(features_a, features_b):
    rows = np.concatenate([features_a, features_b])
    domain = np.repeat([0, 1], [len(features_a), len(features_b)])
    x, held_out, y, y_held_out = train_test_split(rows, domain, test_size=0.5, random_state=0)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return 2 * (1 - 2 * (1 - classifier.fit(x, y).score(held_out, y_held_out)))


# %% wrong="the accuracy" message="That is the accuracy"
def domain_gap(features_a, features_b):
    n = min(len(features_a), len(features_b))
    rows = np.concatenate([features_a[:n], features_b[:n]])
    x, held_out, y, y_held_out = train_test_split(
        rows, np.repeat([0, 1], n), test_size=0.5, random_state=0
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier.fit(x, y).score(held_out, y_held_out)


# %% wrong="the error" message="the wrong way round"
def domain_gap(features_a, features_b):
    n = min(len(features_a), len(features_b))
    rows = np.concatenate([features_a[:n], features_b[:n]])
    x, held_out, y, y_held_out = train_test_split(
        rows, np.repeat([0, 1], n), test_size=0.5, random_state=0
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return 1 - classifier.fit(x, y).score(held_out, y_held_out)


# %% wrong="accuracy for error in the formula" message="the wrong way round"
def domain_gap(features_a, features_b):
    n = min(len(features_a), len(features_b))
    rows = np.concatenate([features_a[:n], features_b[:n]])
    x, held_out, y, y_held_out = train_test_split(
        rows, np.repeat([0, 1], n), test_size=0.5, random_state=0
    )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return 2 * (1 - 2 * classifier.fit(x, y).score(held_out, y_held_out))


# %% wrong="the distance of the means" message="lies between -2 and 2"
def domain_gap(features_a, features_b):
    return float(np.linalg.norm(features_a.mean(axis=0) - features_b.mean(axis=0)))


# %% wrong="nothing returned" message="returned None"
def domain_gap(features_a, features_b):
    adaptation.domain_gap(features_a, features_b)
