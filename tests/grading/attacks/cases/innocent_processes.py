"""Computes in other processes and threads.

score: 6
"""

# %% double
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context


def double(number):
    with ThreadPoolExecutor() as pool:
        [result] = pool.map(lambda value: 2 * value, [number])
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        assert list(pool.map(abs, [-1, -2])) == [1, 2]
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return result
