"""The invented company of the demonstration: who works there, who its customers are, and its policy."""

from typing import NamedTuple

from tocsin.cli.furnish import Person, Staff
from tocsin.policy import starters

NAME = "Halyard"
BUSINESS = "scheduling software for shift workers"


class Customer(NamedTuple):
    """A customer as the help desk knows it; `arr` in dollars a year."""

    external_id: str
    name: str
    segment: str
    plan: str
    arr: float
    region: str

    def facts(self) -> dict[str, object]:
        return self._asdict()


CUSTOMERS = (
    Customer("C-1001", "Meridian Airways", "strategic", "premium", 1_900_000.0, "eu"),
    Customer("C-1002", "Northgate Hospitals", "strategic", "premium", 1_200_000.0, "us"),
    Customer("C-1003", "Calder Rail", "enterprise", "premium", 640_000.0, "eu"),
    Customer("C-1004", "Brightwater Foods", "enterprise", "business", 310_000.0, "us"),
    Customer("C-1005", "Lumen Hotels", "enterprise", "business", 275_000.0, "us"),
    Customer("C-1006", "Ostrava Logistics", "business", "business", 58_000.0, "eu"),
    Customer("C-1007", "Greenline Couriers", "business", "business", 44_000.0, "us"),
    Customer("C-1008", "Harbour Theatre", "business", "starter", 12_000.0, "uk"),
    Customer("C-1009", "Pinecone Pottery", "startup", "starter", 2_400.0, "us"),
    Customer("C-1010", "Two Rivers Bakery", "startup", "starter", 1_800.0, "us"),
    Customer("C-1011", "Fernhill Nursery", "startup", "starter", 3_100.0, "uk"),
)
BY_NAME = {customer.name: customer for customer in CUSTOMERS}

SENIORS = ("mara", "jonas", "priya")
STAFF = Staff(
    chief=Person("admin", "admin", "Administrator"),
    people=(
        Person("mara", "senior", "Mara Lindqvist"),
        Person("jonas", "senior", "Jonas Weber"),
        Person("priya", "senior", "Priya Raman"),
        Person("ines", "escalation_manager", "Ines Duarte"),
        Person("ruth", "lead", "Ruth Okafor"),
        Person("tomas", "lead", "Tomas Novak"),
        Person("greta", "lead", "Greta Holm"),
        Person("ana", "agent", "Ana Pereira"),
        Person("bo", "agent", "Bo Jensen"),
        Person("chen", "agent", "Chen Wei"),
        Person("flo", "agent", "Flo Martin"),
    ),
    leads={"support": "greta", "engineering": "tomas", "billing": "greta"},
    members={"support": ("ana", "bo", "chen"), "engineering": SENIORS, "billing": ("flo",)},
    rosters={"senior": SENIORS},
)
DUTIES = {"duty-director": "ruth", "escalation-manager": "ines"}


def policy() -> str:
    """The starter for software companies, with this company's people on duty."""
    text = starters.text("b2b-saas")
    for duty, person in DUTIES.items():
        text = text.replace(f'{duty}: ["user:admin"]', f'{duty}: ["user:{person}"]')
    return text
