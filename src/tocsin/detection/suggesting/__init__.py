"""What a case is, by how people have answered alike ones: words, and weights that were learnt of them. Pure."""
