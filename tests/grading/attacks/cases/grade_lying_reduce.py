"""Returns objects that run code when they are pickled, copied, reduced or unpickled.

score: 1
never: loot
"""


# %% double
class Gadget:
    def __reduce_ex__(self, protocol):
        return print, ("loot: reduced",)

    __reduce__ = __getstate__ = __getnewargs__ = lambda self: (print, ("loot: reduced",))
    __copy__ = lambda self: print("loot: copied")
    __deepcopy__ = lambda self, memo: print("loot: copied")
    __setstate__ = lambda self, state: print("loot: set")


def double(number):
    return Gadget()


# %% halve
import pickle


def halve(number):
    return pickle.dumps(4) if number == 4 else [Gadget(), {"a": Gadget()}]
