"""Shows a progress bar and prints into a widget.

score: 6
"""

# %% double
import ipywidgets
from IPython.display import display
from tqdm.auto import tqdm


def double(number):
    out = ipywidgets.Output()
    display(out)
    with out:
        print("inside")
        out.clear_output()
        display(ipywidgets.IntSlider())
    for _ in tqdm(range(3)):
        pass
    return 2 * number
