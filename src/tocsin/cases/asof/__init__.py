"""Cases, lists and Now as of an instant that is over: folded from the journal, seen with the rights of today."""
