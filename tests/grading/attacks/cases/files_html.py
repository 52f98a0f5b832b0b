"""Hands in the page that a browser saved.

score: none
seen: a web page
"""


# %% hand_in
def hand_in(homework):
    homework.path.write_text("<!DOCTYPE html><title>Sign in</title>")
