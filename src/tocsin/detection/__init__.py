"""What is out of the usual: pure computation on counts, with its numbers as its reasons."""
