"""The class report: what grading left, read, reckoned and drawn; nothing is graded here."""
