"""Opens by their full names the gradebook, the lesson with its solutions, and others' work.

score: 6
shows: tried 11
never: loot
"""

# %% double
tried = 0
for name in (
    "{workspace}",
    "{workspace}/gradebook.db",
    "{workspace}/source/01_toy/01_toy.ipynb",
    "{workspace}/submitted/ada/01_toy/01_toy.ipynb",
    "{workspace}/autograded/ada/01_toy/01_toy.ipynb",
    "{workspace}/.autograder/journal.jsonl",
    "{repository}/solutions/01_toy.py",
    "{repository}/tests/bank/01_toy/double.py",
    "/proc/1/root{workspace}/gradebook.db",
    "/proc/1/cwd/../../../..{workspace}/gradebook.db",
    "/etc/shadow",
):
    tried += 1
    try:
        open(name).close()
    except IsADirectoryError:
        print("loot", name)
    except OSError:
        continue
    else:
        print("loot", name)


def double(number):
    print("tried", tried)
    return 2 * number
