"""Ways to falsify a record: each changes the database behind Tocsin's back and says where the proof must find it."""
