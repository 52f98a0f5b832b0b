# %% right="a loop over texts"
def masked_mean(vectors, ids):
    means = []
    for places, numbers in zip(vectors, ids, strict=True):
        words_there = places[numbers != 0]
        means.append(words_there.mean(axis=0) if len(words_there) else np.zeros(vectors.shape[2]))
    return np.stack(means)


# %% right="one product of matrices"
def masked_mean(vectors, ids):
    weight = (ids > 0) / np.maximum((ids > 0).sum(axis=1, keepdims=True), 1)
    return np.einsum("tp,tpd->td", weight, vectors)


# %% right="the layer of Keras, with nan turned into zero"
def masked_mean(vectors, ids):
    pooled = keras.layers.GlobalAveragePooling1D()(
        vectors, mask=keras.ops.convert_to_tensor(ids != 0)
    )
    return np.nan_to_num(pooled)


# %% wrong="averages over the padding" message="Padding went into the mean"
def masked_mean(vectors, ids):
    return vectors.mean(axis=1)


# %% wrong="divides by the full length" message="divide by the full length"
def masked_mean(vectors, ids):
    return (vectors * (ids != 0)[..., None]).mean(axis=1)


# %% wrong="leaves the padding in the sum" message="the padding is still in the sum"
def masked_mean(vectors, ids):
    return vectors.sum(axis=1) / np.maximum((ids != 0).sum(axis=1, keepdims=True), 1)


# %% wrong="the sum" message="the sum and not the mean"
def masked_mean(vectors, ids):
    return (vectors * (ids != 0)[..., None]).sum(axis=1)


# %% wrong="leaves out unknown words too" message="Unknown words (id 1) were left out"
def masked_mean(vectors, ids):
    known = (ids > 1)[..., None]
    return (vectors * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)


# %% wrong="averages over the texts" message="one row for each text"
def masked_mean(vectors, ids):
    return vectors.mean(axis=0)


# %% wrong="divides by zero" message="nan"
def masked_mean(vectors, ids):
    present = (ids != 0)[..., None]
    with np.errstate(invalid="ignore"):
        return (vectors * present).sum(axis=1) / present.sum(axis=1)


# %% wrong="averages what is not zero, not what is not padding" message="These are not the means"
def masked_mean(vectors, ids):
    present = (ids != 0)[..., None]
    return (vectors * present).sum(axis=1) / (present.sum(axis=1) + 1)
