# %% right="a loop from the output to the input"
def rates_by_depth(names, rate, decay):
    rates = {}
    for name in names[::-1]:
        rates[name] = rate
        rate = rate / decay
    return rates


# %% right="powers of NumPy, in the order of the names"
def rates_by_depth(names, rate, decay):
    powers = np.arange(len(names))[::-1]
    return dict(zip(names, rate * decay ** (-1.0 * powers), strict=True))


# %% wrong="upside down" message="upside down"
def rates_by_depth(names, rate, decay):
    return {name: rate / decay**depth for depth, name in enumerate(names)}


# %% wrong="divides the last one, too" message="The last layer's rate was divided, too"
def rates_by_depth(names, rate, decay):
    return {name: rate / decay**depth for depth, name in enumerate(reversed(names), start=1)}


# %% wrong="multiplies" message="The rates grow towards the input"
def rates_by_depth(names, rate, decay):
    return {name: rate * decay**depth for depth, name in enumerate(reversed(names))}


# %% wrong="divides once for all" message="Each layer has the rate of the layer above it"
def rates_by_depth(names, rate, decay):
    return {name: rate if name == names[-1] else rate / decay for name in names}


# %% wrong="falls in a straight line" message="Each layer has the rate of the layer above it"
def rates_by_depth(names, rate, decay):
    return {name: rate / (1 + depth * (decay - 1)) for depth, name in enumerate(reversed(names))}


# %% wrong="the same rate for all" message="All rates are the same"
def rates_by_depth(names, rate, decay):
    return dict.fromkeys(names, rate)


# %% wrong="a list instead of a dictionary" message="Return a dictionary"
def rates_by_depth(names, rate, decay):
    return [rate / decay**depth for depth in range(len(names))][::-1]


# %% wrong="leaves out the head" message="one rate for each of the names"
def rates_by_depth(names, rate, decay):
    return {name: rate / decay**depth for depth, name in enumerate(reversed(names[:-1]), start=1)}
