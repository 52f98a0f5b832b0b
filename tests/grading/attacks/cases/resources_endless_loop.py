"""Never returns.

score: 3
seen: took too long
"""


# %% halve
def halve(number):
    while True:
        pass
