r"""Has the source of every frame above its function shown, and the variables in them.

score: 6
shows: looked into \d+ frames
never: loot|raise AssertionError
"""

# %% double
import inspect
import re
import traceback


def double(number):
    frames = inspect.stack(context=9)
    print("looked into", len(frames), "frames")
    for frame, _ in traceback.walk_stack(None):
        text = repr(frame.f_locals)
        try:
            text += inspect.getsource(frame.f_code)
        except OSError:
            pass
        if re.search(r"Twice 7[.]5|double[(]-3", text):
            print("loot")
    return 2 * number
