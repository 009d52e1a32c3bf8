"""What neighbours do for each other of their own free will: so far, calls for help and who claims them."""
