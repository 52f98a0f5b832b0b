# %% right="forty calls in training mode"
def adapt_and_score(model, target):
    adapted = keras.models.clone_model(model)
    adapted.set_weights(model.get_weights())
    for _ in range(40):
        adapted(target.x_train, training=True)
    probabilities = adapted(target.x_test, training=False).numpy()
    return adapted, (probabilities.argmax(axis=1) == target.y_test).mean()


# %% right="the library's function, right guesses counted"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train)
    guesses = adapted.predict(target.x_test, verbose=0).argmax(axis=1)
    return adapted, sum(guesses == target.y_test) / len(guesses)


# %% wrong="adapted with the test images" message="test data were used to adapt"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_test)
    return adapted, accuracy(adapted, target.x_test, target.y_test)


# %% wrong="adapted with all images" message="test data were used to adapt"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, np.concatenate([target.x_train, target.x_test]))
    return adapted, accuracy(adapted, target.x_test, target.y_test)


# %% wrong="trained with the labels of the target" message="labels were used to adapt"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train)
    adapted.compile(
        keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", jit_compile=False
    )
    adapted.fit(target.x_train, target.y_train, epochs=3, shuffle=False, verbose=0)
    return adapted, accuracy(adapted, target.x_test, target.y_test)


# %% wrong="chose between two models by test labels" message="a choice between two models"
def adapt_and_score(model, target):
    models = [model, adaptation.refreshed(model, target.x_train)]
    best = max(models, key=lambda one: accuracy(one, target.x_test, target.y_test))
    return best, accuracy(best, target.x_test, target.y_test)


# %% wrong="statistics of the images of one class" message="labels were used to adapt"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train[target.y_train == 0])
    return adapted, accuracy(adapted, target.x_test, target.y_test)


# %% wrong="scored on the training images" message="on the *training* images"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train)
    return adapted, accuracy(adapted, target.x_train, target.y_train)


# %% wrong="scored before adapting" message="the model *before* it was adapted"
def adapt_and_score(model, target):
    score = accuracy(model, target.x_test, target.y_test)
    return adaptation.refreshed(model, target.x_train), score


# %% wrong="kernels trained on its own guesses" message="The kernels moved"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train)
    adapted.compile(
        keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", jit_compile=False
    )
    guesses = adapted(target.x_train).numpy().argmax(axis=1)
    adapted.fit(target.x_train, guesses, epochs=3, shuffle=False, verbose=0)
    return adapted, accuracy(adapted, target.x_test, target.y_test)


# %% wrong="not adapted" message="No statistic moved"
def adapt_and_score(model, target):
    return model, accuracy(model, target.x_test, target.y_test)


# %% wrong="the accuracy first" message="not a model"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train)
    return accuracy(adapted, target.x_test, target.y_test), adapted


# %% wrong="the accuracy alone" message="Return two things"
def adapt_and_score(model, target):
    return accuracy(adaptation.refreshed(model, target.x_train), target.x_test, target.y_test)


# %% wrong="in percent" message="the share of right guesses"
def adapt_and_score(model, target):
    adapted = adaptation.refreshed(model, target.x_train)
    return adapted, 100 * accuracy(adapted, target.x_test, target.y_test)
