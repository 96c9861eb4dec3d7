"""What is administered, for every face: as it is shown, how it is changed, and that nobody overwrites what they have
not seen. Here are no rules of their own; those stand in the packages below."""
