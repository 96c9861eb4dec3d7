"""What is said to the customer: texts that only this package makes, and the verbs that send them."""
