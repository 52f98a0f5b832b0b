"""The code that builds the website; the pages themselves are in the folder above."""
