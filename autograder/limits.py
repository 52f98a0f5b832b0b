"""The default limits on how long grading may take; an instructor can choose others."""

# Processor seconds that one cell may take.
CELL_SECONDS = 60
# Wall-clock seconds that one submission may take.
DEADLINE_SECONDS = 600
