"""Whether two tickets are about the same problem: what is compared of them, where likely ones are found, and how likely
it is, with reasons. Pure: no model, no database."""
