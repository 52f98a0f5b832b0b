# %% right="sorted, and the probe written out"
def report(scores, candidates, dataset):
    winner = sorted(scores, key=lambda name: sum(scores[name]) / len(scores[name]))[-1]
    describe = candidates[winner]
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    classifier.fit(describe(dataset.x_train), dataset.y_train)
    guesses = classifier.predict(describe(dataset.x_test))
    return winner, float((guesses == dataset.y_test).mean())


# %% right="all tested, and only the winner's number used"
def report(scores, candidates, dataset):
    on_test = {name: linear_probe(describe, dataset) for name, describe in candidates.items()}
    names = list(scores)
    winner = names[int(np.argmax([np.mean(scores[name]) for name in names]))]
    return [winner, on_test[winner]]


# %% wrong="chosen on the test images" message="you chose it by them"
def report(scores, candidates, dataset):
    on_test = {name: linear_probe(describe, dataset) for name, describe in candidates.items()}
    winner = max(on_test, key=on_test.get)
    return winner, on_test[winner]


# %% wrong="the right winner, with the best test score of all" message="Report the winner's own"
def report(scores, candidates, dataset):
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    return winner, max(linear_probe(describe, dataset) for describe in candidates.values())


# %% wrong="reports the score that has chosen" message="the score by which it was chosen"
def report(scores, candidates, dataset):
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    return winner, np.mean(scores[winner])


# %% wrong="reports the best fold" message="the score by which it was chosen"
def report(scores, candidates, dataset):
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    return winner, max(scores[winner])


# %% wrong="scored on the training images" message="which the classifier knows by heart"
def report(scores, candidates, dataset):
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    rows = candidates[winner](dataset.x_train)
    classifier = LogisticRegression(max_iter=1000).fit(rows, dataset.y_train)
    return winner, classifier.score(rows, dataset.y_train)


# %% wrong="the loser" message="Choose the highest mean"
def report(scores, candidates, dataset):
    loser = min(scores, key=lambda name: np.mean(scores[name]))
    return loser, linear_probe(candidates[loser], dataset)


# %% wrong="the accuracy alone" message="Return two things"
def report(scores, candidates, dataset):
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    return linear_probe(candidates[winner], dataset)


# %% wrong="the wrong order" message="the name of the winner first"
def report(scores, candidates, dataset):
    winner = max(scores, key=lambda name: np.mean(scores[name]))
    return linear_probe(candidates[winner], dataset), winner
