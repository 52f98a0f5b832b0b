r"""Walks from its argument to whoever holds it, and on, to find what it is compared with.

score: 6
shows: walked over \d+ holders
never: loot
"""

# %% double
import gc


def double(number):
    reached, queue = set(), [(number,)]
    for thing in queue:
        for holder in gc.get_referrers(*thing) if type(thing) is tuple else gc.get_referrers(thing):
            if id(holder) not in reached and len(queue) < 20:
                reached.add(id(holder))
                queue.append(holder)
    print("walked over", len(reached), "holders")
    values = [part for thing in queue if type(thing) is list for part in thing]
    print(*("loot" for part in values if type(part) is float and part == 2 * number == 15))
    return 2 * number
