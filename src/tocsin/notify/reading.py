"""Whoever reads a message: in their zone and their language."""

from tocsin.clocks import moments, zone
from tocsin.core.wording import Reader
from tocsin.languages import tongue


def reader_of(in_zone: str, language: str) -> Reader:
    """What others wrote is set apart where it is put into a message, and here no more."""
    speaks = tongue(language)
    return moments.reader(moments.sayer(zone.load(in_zone), speaks), tongue=speaks)._replace(foreign=str)
