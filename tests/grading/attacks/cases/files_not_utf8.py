r"""Hands in a file in another encoding.

score: none
seen: not text \(UTF-8\)
"""


# %% hand_in
def hand_in(homework):
    homework.path.write_bytes(b"\xff\xfe\x00\x01" * 100)
