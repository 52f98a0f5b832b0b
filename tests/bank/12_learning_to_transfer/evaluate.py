# %% right="with meta.errors on the tasks that are left"
def evaluate(model, weights, tasks, seen, steps):
    unseen = [task for position, task in enumerate(tasks) if position not in seen]
    return meta.errors(model, weights, unseen, steps)[:, -1].mean()


# %% right="with the model itself, as in exercise 3"
def evaluate(model, weights, tasks, seen, steps):
    total = 0.0
    unseen = sorted(set(range(len(tasks))) - set(seen))
    for position in unseen:
        x, y, x_query, y_query = tasks[position]
        model.set_weights(weights)
        for _ in range(steps):
            model.train_on_batch(x, y)
        total += float(keras.ops.mean((model(x_query) - y_query) ** 2))
    return total / len(unseen)


# %% wrong="evaluated on all tasks" message="those of the meta-training too"
def evaluate(model, weights, tasks, seen, steps):
    return meta.errors(model, weights, tasks, steps)[:, steps].mean()


# %% wrong="evaluated on the training tasks" message="known beforehand"
def evaluate(model, weights, tasks, seen, steps):
    return meta.errors(model, weights, [tasks[i] for i in seen], steps)[:, steps].mean()


# %% wrong="judged on the support points" message="training error, one level down"
def evaluate(model, weights, tasks, seen, steps):
    found = []
    for position, (x, y, _, _) in enumerate(tasks):
        if position not in seen:
            adapted = meta.adapt(model, weights, x, y, steps)[-1]
            found.append(np.mean((meta.predict(model, adapted, x) - y) ** 2))
    return np.mean(found)


# %% wrong="without adaptation" message="adapt first, then judge"
def evaluate(model, weights, tasks, seen, steps):
    found = []
    for position, (_, _, x_query, y_query) in enumerate(tasks):
        if position not in seen:
            found.append(np.mean((meta.predict(model, weights, x_query) - y_query) ** 2))
    return np.mean(found)


# %% wrong="adapted on the query points" message="The answers were leaked"
def evaluate(model, weights, tasks, seen, steps):
    found = []
    for position, (_, _, x_query, y_query) in enumerate(tasks):
        if position not in seen:
            adapted = meta.adapt(model, weights, x_query, y_query, steps)[-1]
            found.append(np.mean((meta.predict(model, adapted, x_query) - y_query) ** 2))
    return np.mean(found)


# %% wrong="each task begins where the one before ended" message="Begin every task from the same"
def evaluate(model, weights, tasks, seen, steps):
    found = []
    for position, (x, y, x_query, y_query) in enumerate(tasks):
        if position not in seen:
            weights = meta.adapt(model, weights, x, y, steps)[-1]
            found.append(np.mean((meta.predict(model, weights, x_query) - y_query) ** 2))
    return np.mean(found)


# %% wrong="the sum over the tasks" message="Return their mean"
def evaluate(model, weights, tasks, seen, steps):
    unseen = [task for position, task in enumerate(tasks) if position not in seen]
    return meta.errors(model, weights, unseen, steps)[:, steps].sum()


# %% wrong="all errors instead of their mean" message="Return one number"
def evaluate(model, weights, tasks, seen, steps):
    unseen = [task for position, task in enumerate(tasks) if position not in seen]
    return list(meta.errors(model, weights, unseen, steps)[:, steps])


# %% wrong="the first step of the path instead of the last" message="the mean squared error is"
def evaluate(model, weights, tasks, seen, steps):
    unseen = [task for position, task in enumerate(tasks) if position not in seen]
    return meta.errors(model, weights, unseen, steps)[:, 1].mean()
