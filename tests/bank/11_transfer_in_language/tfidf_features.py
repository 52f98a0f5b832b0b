# %% right="fit and transform apart, dense, with another scale"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, norm=None)
    vectorizer.fit(texts_train)
    return vectorizer.transform(texts_train).toarray(), vectorizer.transform(texts_test).toarray()


# %% right="by hand"
def tfidf_features(texts_train, texts_test):
    columns = sorted({word for text in texts_train for word in data.words(text)})

    def counts(texts):
        return np.array([[data.words(text).count(word) for word in columns] for text in texts])

    train = counts(texts_train)
    rarity = np.log(len(texts_train) / (train > 0).sum(axis=0)) + 0.1
    return train * rarity, counts(texts_test) * rarity


# %% wrong="fitted on all texts" message="took part in fitting"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer().fit([*texts_train, *texts_test])
    return vectorizer.transform(texts_train), vectorizer.transform(texts_test)


# %% wrong="fitted twice" message="two vocabularies"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    return vectorizer.fit_transform(texts_train), vectorizer.fit_transform(texts_test)


# %% wrong="one vocabulary, weights fitted twice" message="one row in training and another"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    counter = CountVectorizer().fit(texts_train)
    train, test = counter.transform(texts_train), counter.transform(texts_test)
    return TfidfTransformer().fit_transform(train), TfidfTransformer().fit_transform(test)


# %% wrong="counts only" message="these are counts"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer()
    return vectorizer.fit_transform(texts_train), vectorizer.transform(texts_test)


# %% wrong="training and test swapped" message="first the training"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    train = vectorizer.fit_transform(texts_train)
    return vectorizer.transform(texts_test), train


# %% wrong="returns the vectorizer" message="Return two things"
def tfidf_features(texts_train, texts_test):
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer().fit(texts_train)
