"""Goes on after every interruption.

score: 2
seen: could not be interrupted
"""


# %% halve
def halve(number):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
