# %% right="image by image, the four turns of each one after the other"
def make_pretext(images):
    turned, turns = [], []
    for image in images:
        for k in range(4):
            turned.append(np.rot90(image, k))
            turns.append(k)
    return np.array(turned), np.array(turns)


# %% right="by transposing and flipping, shuffled, labels as a list"
def make_pretext(images):
    left = np.flip(np.swapaxes(images, 1, 2), axis=1)
    stacks = [images, left, images[:, ::-1, ::-1], np.flip(left, axis=(1, 2))]
    turned, turns = np.concatenate(stacks), np.arange(4).repeat(len(images))
    order = np.random.default_rng(0).permutation(len(turned))
    return turned[order], turns[order].tolist()


# %% wrong="labels leaked: the classes of the digits" message="must not leak into the pretext"
def make_pretext(images):
    y = data.digits("wild").y_train
    turned = np.concatenate([np.rot90(images, k, axes=(1, 2)) for k in range(4)])
    return turned, np.resize(y, len(turned))


# %% wrong="all images stand the same way" message="nothing to predict"
def make_pretext(images):
    turned = np.concatenate([images for k in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong="the default axes" message="Look at the axes"
def make_pretext(images):
    turned = np.concatenate([np.rot90(images, k).reshape(-1, *images.shape[1:]) for k in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong="labels in another order than the images" message="The labels do not belong to the images"
def make_pretext(images):
    turned = np.concatenate([np.rot90(images, k, axes=(1, 2)) for k in range(4)])
    return turned, np.tile(np.arange(4), len(images))[::-1]


# %% wrong="turned to the right" message="the other way round"
def make_pretext(images):
    turned = np.concatenate([np.rot90(images, -k, axes=(1, 2)) for k in range(4)])
    return turned, np.repeat(np.arange(4), len(images))


# %% wrong="degrees instead of quarters" message="not degrees"
def make_pretext(images):
    turned = np.concatenate([np.rot90(images, k, axes=(1, 2)) for k in range(4)])
    return turned, np.repeat([0, 90, 180, 270], len(images))


# %% wrong="mirrored instead of turned" message="mirrored, not turned"
def make_pretext(images):
    flips = [images, images[:, :, ::-1], images[:, ::-1], images[:, ::-1, ::-1]]
    return np.concatenate(flips), np.repeat(np.arange(4), len(images))


# %% wrong="one random turn for each image" message="once in each of the four turns"
def make_pretext(images):
    turns = np.arange(len(images)) % 4
    return np.array([np.rot90(i, k) for i, k in zip(images, turns, strict=True)]), turns


# %% wrong="returns the images only" message="Return two things"
def make_pretext(images):
    return np.concatenate([np.rot90(images, k, axes=(1, 2)) for k in range(4)])


# %% wrong="a list of four stacks" message="np.concatenate"
def make_pretext(images):
    turned = [np.rot90(images, k, axes=(1, 2)) for k in range(4)]
    return turned, np.repeat(np.arange(4), len(images))
