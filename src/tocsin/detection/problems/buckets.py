"""Where tickets that have much in common meet: MinHash, cut into bands (locality-sensitive hashing).

Two tickets of which a share of the terms is the same have a hash in common with that probability; each of the `BANDS`
bands is one such chance. Codes and meanings have more chances than words: they stand for more.
"""

from hashlib import blake2b

from tocsin.detection.problems.prints import Print

BANDS = 48
_WEIGHTS = {"code": 3, "about": 2, "word": 1}
_PRIME = (1 << 61) - 1


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


_FACTORS = [(_hash(f"factor {band}") % _PRIME | 1, _hash(f"shift {band}") % _PRIME) for band in range(BANDS)]


def buckets(one: Print) -> list[int]:
    """In which bucket of each band a ticket lies, as numbers of 62 bits: different bands share none. None for a ticket
    without terms."""
    hashes = [_hash(f"{term} {copy}") % _PRIME for term in one.terms for copy in range(_WEIGHTS[term.split(":", 1)[0]])]
    if not hashes:
        return []
    return [
        band << 56 | (min((factor * each + shift) % _PRIME for each in hashes) & ((1 << 56) - 1))
        for band, (factor, shift) in enumerate(_FACTORS)
    ]
