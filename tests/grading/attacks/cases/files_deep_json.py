"""Hands in JSON nested 200,000 deep.

score: none
seen: nested too deeply
"""


# %% hand_in
def hand_in(homework):
    homework.path.write_text("[" * 200_000 + "]" * 200_000)
