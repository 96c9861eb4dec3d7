"""Which open cases are about the same problem: what they are compared by, which is offered as the parent of a new one,
and what people said to that."""
