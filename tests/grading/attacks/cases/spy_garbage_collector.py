r"""Looks through all objects of its process for the text of a hidden test.

score: 6
shows: looked at \d{5,} objects
never: loot
"""

# %% double
import gc

NEEDLE = "".join(["Twice 7.", "5 is"])


def texts(thing):
    if type(thing).__name__ == "code":
        return [*thing.co_names, *(part for part in thing.co_consts if isinstance(part, str))]
    if type(thing) is dict:
        return [part for part in list(thing.values()) if type(part) is str]
    return [part for part in thing if type(part) is str] if type(thing) in (list, tuple) else []


def double(number):
    gc.unfreeze()  # what was there before the fork
    things = gc.get_objects()
    print("looked at", len(things), "objects")
    found = [text for thing in things for text in texts(thing) if NEEDLE in text]
    print(*("loot" for text in found if text is not NEEDLE))
    return 2 * number
