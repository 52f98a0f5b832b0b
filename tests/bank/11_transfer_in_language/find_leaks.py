# %% right="slides over lists of words"
def find_leaks(pretraining_texts, test_texts):
    read = [data.words(text) for text in pretraining_texts]

    def inside(short, long):
        n = len(short)
        return any(long[start : start + n] == short for start in range(len(long) - n + 1))

    found = []
    for position, text in enumerate(test_texts):
        if any(inside(data.words(text), long) for long in read):
            found.append(position)
    return found


# %% right="one long text and a regular expression, as a set"
def find_leaks(pretraining_texts, test_texts):
    import re

    everything = " | ".join(" ".join(data.words(text)) for text in pretraining_texts)
    keys = [" ".join(data.words(text)) for text in test_texts]
    return {n for n, key in enumerate(keys) if re.search(rf"\b{key}\b", everything)}


# %% wrong="exact copies only" message="exact copies only"
def find_leaks(pretraining_texts, test_texts):
    read = set(pretraining_texts)
    return [position for position, text in enumerate(test_texts) if text in read]


# %% wrong="other case found, longer texts not" message="inside a longer pre-training text"
def find_leaks(pretraining_texts, test_texts):
    read = {" ".join(data.words(text)) for text in pretraining_texts}
    return [n for n, text in enumerate(test_texts) if " ".join(data.words(text)) in read]


# %% wrong="compares letters and not words" message="the beginning of a longer"
def find_leaks(pretraining_texts, test_texts):
    read = [" ".join(data.words(text)) for text in pretraining_texts]
    keys = [" ".join(data.words(text)) for text in test_texts]
    return [n for n, key in enumerate(keys) if any(key in other for other in read)]


# %% wrong="words in any order" message="not in a row"
def find_leaks(pretraining_texts, test_texts):
    read = [set(data.words(text)) for text in pretraining_texts]
    return [n for n, text in enumerate(test_texts) if any(set(data.words(text)) <= r for r in read)]


# %% wrong="lower case, but spaces and signs as they are" message="exact copies only"
def find_leaks(pretraining_texts, test_texts):
    read = [text.lower() for text in pretraining_texts]
    return [n for n, text in enumerate(test_texts) if f" {text.lower()} " in f" {' '.join(read)} "]


# %% wrong="the texts instead of their positions" message="Return their positions"
def find_leaks(pretraining_texts, test_texts):
    return [text for text in test_texts if text in pretraining_texts]


# %% wrong="a list of truth values" message="positions where it is True"
def find_leaks(pretraining_texts, test_texts):
    return [text in pretraining_texts for text in test_texts]
