"""Puts scripts and what else acts by itself into outputs, for whoever reads the page.

score: 3
page: yes
"""

# %% double
from IPython.display import HTML, SVG, Javascript, Markdown, display

EVIL = "<script>document.title = 'owned'</script>"


def double(number):
    print(EVIL)
    display(HTML(EVIL), Markdown(EVIL), Javascript("document.title = 'owned'"))
    display(HTML("<img src=x onerror=\"document.title = 'owned'\">"))
    display(HTML("<SCRIPT\n>document.title = 'owned'</SCRIPT\n><script>document.title = 'owned'"))
    display(HTML("</script><meta http-equiv='Refresh' content='0;url=https://example.org/'>"))
    display(HTML("<form action=https://example.org><button>Your feedback</button></form>"))
    display(HTML("<base href=https://example.org/><iframe srcdoc='x'></iframe>"))
    display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>parent.x()</script></svg>"))
    return 2 * number


# %% halve
def halve(number):
    raise ValueError(EVIL)
