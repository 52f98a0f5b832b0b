"""Hands in a notebook in the middle of a merge.

score: none
seen: merge conflict
"""


# %% hand_in
def hand_in(homework):
    text = homework.path.read_text()
    homework.path.write_text(f"<<<<<<< mine\n{text}\n=======\n{text}\n>>>>>>> theirs\n")
