"""How well tickets of one problem are found, on texts of our own about 38 outages."""
