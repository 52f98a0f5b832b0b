r"""Hands in links to the gradebook, to the class and to devices, and a pipe, beside the notebook.

score: 6
shows: there are \[
never: loot
"""

# %% double
import os


def double(number):
    print("there are", os.listdir())
    for name in ("book.db", "class", "shadow", "endless", "pipe"):
        if os.path.lexists(name):
            print("loot", name)
    return 2 * number


# %% hand_in
def hand_in(homework):
    import os

    (homework.folder / "book.db").symlink_to("{workspace}/gradebook.db")
    (homework.folder / "class").symlink_to("{workspace}")
    (homework.folder / "shadow").symlink_to("/etc/shadow")
    (homework.folder / "endless").symlink_to("/dev/zero")
    os.mkfifo(homework.folder / "pipe")
