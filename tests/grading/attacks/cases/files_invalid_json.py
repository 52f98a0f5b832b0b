"""Hands in text that is no notebook.

score: none
seen: isn't JSON
"""


# %% hand_in
def hand_in(homework):
    homework.path.write_text("{'cells': [}")
