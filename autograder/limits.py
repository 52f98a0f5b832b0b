"""How long grading may take, unless the instructor chooses otherwise."""

# Processor seconds that one cell may take.
CELL_SECONDS = 60
# Wall-clock seconds that one submission may take.
DEADLINE_SECONDS = 600
