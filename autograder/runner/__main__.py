"""Run as `python -m autograder.runner PORT`: a runner in a process of its own, without a zygote."""

from autograder.runner.run_cells import main

main()
