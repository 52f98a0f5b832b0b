"""Takes submissions in from learning management systems, and gives grades back to them."""
