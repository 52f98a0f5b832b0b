# %% right="a set of the bytes of all turned training images"
def leaked_images(train, test):
    seen = {np.ascontiguousarray(np.rot90(i, k)).tobytes() for i in train for k in range(4)}
    return sum(np.ascontiguousarray(image).tobytes() in seen for image in test)


# %% right="all pairs at once by broadcasting"
def leaked_images(train, test):
    turned = np.stack([np.rot90(test, k, axes=(1, 2)) for k in range(4)])
    equal = (turned[:, :, None] == train[None, None]).all(axis=(3, 4, 5))
    return equal.any(axis=(0, 2)).sum()


# %% wrong="compares without turning" message="only the copies that stand the same way"
def leaked_images(train, test):
    return sum(any(np.array_equal(image, other) for other in train) for image in test)


# %% wrong="counts pairs" message="counted pairs"
def leaked_images(train, test):
    return sum(
        np.array_equal(np.rot90(image, k), other)
        for image in test
        for other in train
        for k in range(4)
    )


# %% wrong="counts training images" message="training images"
def leaked_images(train, test):
    return sum(
        any(np.array_equal(np.rot90(image, k), other) for image in test for k in range(4))
        for other in train
    )


# %% wrong="left out the turn of none" message="begin with a turn of 0"
def leaked_images(train, test):
    return sum(
        any(np.array_equal(np.rot90(image, k), other) for other in train for k in (1, 2, 3))
        for image in test
    )


# %% wrong="counts the clean ones" message="that are clean"
def leaked_images(train, test):
    return sum(
        not any(np.array_equal(np.rot90(image, k), other) for other in train for k in range(4))
        for image in test
    )


# %% wrong="mirrors as well" message="do not mirror"
def leaked_images(train, test):
    def copies(image):
        for k in range(4):
            yield np.rot90(image, k)
            yield np.fliplr(np.rot90(image, k))

    return sum(
        any(np.array_equal(copy, other) for other in train for copy in copies(image))
        for image in test
    )


# %% wrong="stops after the half turn" message="by 0, 1, 2 and 3 quarters"
def leaked_images(train, test):
    return sum(
        any(np.array_equal(np.rot90(image, k), other) for other in train for k in range(3))
        for image in test
    )
