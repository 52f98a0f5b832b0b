"""Hands in an empty file.

score: none
seen: is empty
"""


# %% hand_in
def hand_in(homework):
    homework.path.write_bytes(b"")
