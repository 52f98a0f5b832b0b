"""Hands in a link to the gradebook in place of the notebook.

score: none
seen: is a link
"""


# %% hand_in
def hand_in(homework):
    homework.path.unlink()
    homework.path.symlink_to("{workspace}/gradebook.db")
