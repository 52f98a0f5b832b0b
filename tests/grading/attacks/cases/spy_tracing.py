r"""Has Python tell it of every call and line that runs, and of every text that is compiled.

score: 6
shows: heard of \d+ calls
never: loot
"""

# %% double
import re
import sys
import threading

heard = []


def listen(frame, event, argument):
    heard.append((frame.f_code.co_filename, frame.f_code.co_name, str(frame.f_code.co_consts)))
    return listen if len(heard) < 5000 else None


def hook(event, arguments):
    if event in ("compile", "exec", "object.__getattr__") and len(heard) < 5000:
        heard.append((event, "", str(arguments)))


sys.addaudithook(hook)
threading.settrace(listen)
if hasattr(sys, "monitoring"):
    sys.monitoring.use_tool_id(3, "spy")
    sys.monitoring.register_callback(
        3, sys.monitoring.events.PY_START, lambda code, place: hook("exec", code.co_consts)
    )
    sys.monitoring.set_events(3, sys.monitoring.events.PY_START)


def double(number):
    sys.setprofile(listen)
    sys.settrace(listen)
    return 2 * number


# %% halve
def halve(number):
    sys.settrace(None)
    sys.setprofile(None)
    print("heard of", len(heard), "calls")
    wanted = re.compile(r"Twice 7[.]5|Half of 5[ ]is")
    print(*("loot" for told in heard if wanted.search(str(told))))
    return number / 2
