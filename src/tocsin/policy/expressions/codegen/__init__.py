"""From the elaborated tree to Python functions.

Two functions are made of each expression. The *exact* one knows every rule of the specification: it checks the type
of every value and absorbs errors where `&&`, `||`, `all` and `exists` do. The *fast* one is what a person would write:
`variables["case"]["severity"] == "critical" and ...`. It relies on the static types, and gives up on the first
exception of whatever kind; then the exact one computes the answer, or the error with its reason. As long as no
operand fails, the rules of CEL and of Python agree, so the common case pays nothing for the rare one.

Code is built as Python syntax trees, never as text, and sees only the helpers it is given; names from the source
appear in it as constants only.
"""
