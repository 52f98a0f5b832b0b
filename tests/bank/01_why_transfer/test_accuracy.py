# %% right="with predict"
def test_accuracy(model, dataset):
    answers = model.predict(dataset.x_test, verbose=0).argmax(axis=-1)
    return (answers == dataset.y_test).mean()


# %% right="with a Keras metric"
def test_accuracy(model, dataset):
    metric = keras.metrics.SparseCategoricalAccuracy()
    metric.update_state(dataset.y_test, model(dataset.x_test))
    return float(metric.result())


# %% wrong="scored on the training pictures" message="accuracy on the *training* pictures"
def test_accuracy(model, dataset):
    answers = model(dataset.x_train).numpy().argmax(axis=1)
    return float(np.mean(answers == dataset.y_train))


# %% wrong="a count" message="This counts the right answers"
def test_accuracy(model, dataset):
    answers = model(dataset.x_test).numpy().argmax(axis=1)
    return int((answers == dataset.y_test).sum())


# %% wrong="how sure the model is" message="how sure the model is, not how often it is right"
def test_accuracy(model, dataset):
    return float(model(dataset.x_test).numpy().max(axis=1).mean())


# %% wrong="argmax over the pictures" message="position of the largest probability"
def test_accuracy(model, dataset):
    answers = model(dataset.x_test).numpy().argmax()
    return float(np.mean(answers == dataset.y_test))


# %% wrong="in percent" message="This is in percent"
def test_accuracy(model, dataset):
    answers = model(dataset.x_test).numpy().argmax(axis=1)
    return 100 * float(np.mean(answers == dataset.y_test))


# %% wrong="the labels of a dataset of its own" message="still gives the old score"
def test_accuracy(model, dataset):
    from transferlab import data

    own = (
        data.digits("plain")
        if len(dataset.class_names) == 10
        else data.letters(3, test_per_class=4)
    )
    answers = model(own.x_test).numpy().argmax(axis=1)
    return float(np.mean(answers == own.y_test))


# %% wrong="scores another model" message="Ask the model that is passed in"
def test_accuracy(model, dataset):
    keras.utils.set_random_seed(0)
    answers = keras.models.clone_model(model)(dataset.x_test).numpy().argmax(axis=1)
    return float(np.mean(answers == dataset.y_test))
