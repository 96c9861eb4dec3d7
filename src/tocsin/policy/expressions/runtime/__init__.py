"""What expressions do at run time: the operators and functions of CEL on values of any type.

Values are None, bool, int, float, str, list, dict, Timestamp and Duration. Every function here checks the types it
meets and raises EvaluationError, and nothing else, where it has no overload for them.
"""
