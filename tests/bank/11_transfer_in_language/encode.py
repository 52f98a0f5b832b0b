# %% right="a list of lists, filled up by hand"
def encode(texts, vocabulary, length):
    rows = []
    for text in texts:
        row = []
        for word in data.words(text):
            row.append(vocabulary.index(word) if word in vocabulary else 1)
        rows.append((row + [0] * length)[:length])
    return np.array(rows)


# %% right="with the layer of Keras"
def encode(texts, vocabulary, length):
    layer = keras.layers.TextVectorization(
        vocabulary=list(vocabulary)[2:], standardize=None, output_sequence_length=length
    )
    return layer([" ".join(data.words(text)) for text in texts])


# %% wrong="a vocabulary of its own, in the order of the texts" message="come from another vocabulary"
def encode(texts, vocabulary, length):
    own = ["", "[UNK]"]
    encoded = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        for place, word in enumerate(data.words(text)[:length]):
            if word not in own:
                own.append(word)
            encoded[row, place] = own.index(word)
    return encoded


# %% wrong="the vocabulary sorted" message="You sorted it"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(sorted(vocabulary))}
    encoded = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        found = [positions[w] if w in vocabulary else 1 for w in data.words(text)][:length]
        encoded[row, : len(found)] = found
    return encoded


# %% wrong="unknown words as padding" message="Unknown words got id 0"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary)}
    encoded = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        found = [positions.get(word, 0) for word in data.words(text)][:length]
        encoded[row, : len(found)] = found
    return encoded


# %% wrong="unknown words left out" message="Unknown words are left out"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary)}
    encoded = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        found = [positions[word] for word in data.words(text) if word in positions][:length]
        encoded[row, : len(found)] = found
    return encoded


# %% wrong="keras's old pad_sequences, which pads in front" message="padding is in front"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary)}
    rows = [[positions.get(w, 1) for w in data.words(text)][:length] for text in texts]
    return keras.utils.pad_sequences(rows, maxlen=length)


# %% wrong="keeps the end of a long text" message="lost their beginning"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary)}
    rows = [[positions.get(w, 1) for w in data.words(text)][-length:] for text in texts]
    return keras.utils.pad_sequences(rows, maxlen=length, padding="post")


# %% wrong="reserves the two places twice" message="too large by two"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary, start=2)}
    rows = [[positions.get(w, 1) for w in data.words(text)][:length] for text in texts]
    return keras.utils.pad_sequences(rows, maxlen=length, padding="post", truncating="post")


# %% wrong="splits at spaces and keeps case and signs" message="split at spaces"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary)}
    encoded = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        found = [positions.get(word, 1) for word in text.split()][:length]
        encoded[row, : len(found)] = found
    return encoded


# %% wrong="rows of different lengths" message="same length"
def encode(texts, vocabulary, length):
    positions = {word: position for position, word in enumerate(vocabulary)}
    return [[positions.get(word, 1) for word in data.words(text)] for text in texts]


# %% wrong="the two dimensions swapped" message="one row for each text"
def encode(texts, vocabulary, length):
    return np.zeros((length, len(texts)), int)


# %% wrong="forgot to return" message="returned None"
def encode(texts, vocabulary, length):
    print([[vocabulary.index(w) for w in data.words(t) if w in vocabulary] for t in texts])
