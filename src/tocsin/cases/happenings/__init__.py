"""The kinds of events of cases: each one struct, with what it means for the case, what is unknown where its payload was
erased, and how it reads. Ids are text, times and spans are microseconds, times UTC."""
