# %% right="turns over first, as whole numbers that cannot wrap"
def match_preprocessing(scans):
    return ((255 - scans.astype(int)) / 255)[:, :, :, np.newaxis]


# %% right="255 less a byte stays a byte, then a Rescaling layer"
def match_preprocessing(scans):
    ink = np.expand_dims(255 - scans, axis=-1)
    return keras.layers.Rescaling(1 / 255)(ink.astype("float32"))


# %% right="one line on a reshaped float array"
def match_preprocessing(scans):
    return 1.0 - scans.reshape(*scans.shape, 1).astype("float64") / 255.0


# %% wrong="no division" message="divide by 255"
def match_preprocessing(scans):
    return (255 - scans.astype("float32"))[..., None]


# %% wrong="divided twice" message="divided by 255 twice"
def match_preprocessing(scans):
    share = (255 - scans.astype("float32")) / 255
    return share[..., None] / 255


# %% wrong="divided twice, then turned over" message="divided by 255 twice"
def match_preprocessing(scans):
    share = scans.astype("float32") / 255
    return 1 - share[..., None] / 255


# %% wrong="inverted" message="Ink and paper are swapped"
def match_preprocessing(scans):
    return (scans.astype("float32") / 255)[..., None]


# %% wrong="as they are" message="not divided by 255 either"
def match_preprocessing(scans):
    return scans[..., None].astype("float32")


# %% wrong="bytes wrap around" message="Bytes have wrapped around"
def match_preprocessing(scans):
    return ((1 - scans) / 255)[..., None]


# %% wrong="preprocessing of MobileNetV2" message="Your values reach from -1 to 1"
def match_preprocessing(scans):
    return 1 - keras.applications.mobilenet_v2.preprocess_input(scans[..., None].astype(float)) - 1


# %% wrong="the sign is lost" message="the sign is lost"
def match_preprocessing(scans):
    return (scans.astype("float32") / 255 - 1)[..., None]


# %% wrong="stretched to the range of the batch" message="stretched them"
def match_preprocessing(scans):
    ink = 255 - scans.astype("float32")
    return ((ink - ink.min()) / (ink.max() - ink.min()))[..., None]


# %% wrong="standardised" message="standardised"
def match_preprocessing(scans):
    ink = 255 - scans.astype("float32")
    return ((ink - ink.mean()) / ink.std())[..., None]


# %% wrong="no channel" message="the channel is missing"
def match_preprocessing(scans):
    return 1 - scans.astype("float32") / 255


# %% wrong="three channels" message="one channel at the end"
def match_preprocessing(scans):
    return np.repeat(1 - scans[..., None].astype("float32") / 255, 3, axis=-1)


# %% wrong="turned over before it is divided" message="as if they reached to 1"
def match_preprocessing(scans):
    return (1 - scans.astype("float32"))[..., None]
