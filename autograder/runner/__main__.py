"""Run a runner in its own process, without a zygote: `python -m autograder.runner PORT`."""

from autograder.runner.run_cells import main

main()
