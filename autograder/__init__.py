"""What an instructor runs: release lessons, grade a class, return feedback."""
