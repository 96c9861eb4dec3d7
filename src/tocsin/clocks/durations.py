"""Durations of the policy: `90s 15m 4h 7d 1bd`.

On a calendar s, m and h are working time, d is 24 elapsed hours, bd the same wall time that many open days later.
"""
