"""The invented company of the demonstration: who works there, who its customers are, and its policy."""

from typing import NamedTuple

from tocsin.cli.furnish import Person, Staff
from tocsin.policy import starters

NAME = "Halyard"
BUSINESS = "scheduling software for shift workers"


_PRODUCTS = {  # what comes with a plan
    "premium": ("Rostering", "Time clocks", "API"),
    "business": ("Rostering", "API"),
    "starter": ("Rostering",),
}


class Customer(NamedTuple):
    """A customer as the help desk knows it; `arr` in dollars a year."""

    external_id: str
    name: str
    segment: str
    plan: str
    arr: float
    region: str

    def facts(self) -> dict[str, object]:
        return {**self._asdict(), "products": list(_PRODUCTS[self.plan])}


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
    Customer("C-1012", "Solveig Shipping", "strategic", "premium", 880_000.0, "eu"),
    Customer("C-1013", "Casa Verde Markets", "enterprise", "premium", 420_000.0, "us"),
    Customer("C-1014", "Union Street Clinics", "enterprise", "business", 265_000.0, "us"),
    Customer("C-1015", "Tessellate Fitness", "enterprise", "business", 190_000.0, "uk"),
    Customer("C-1016", "Kestrel Security", "business", "business", 96_000.0, "uk"),
    Customer("C-1017", "Bluebird Childcare", "business", "business", 71_000.0, "us"),
    Customer("C-1018", "Marble Arch Cinemas", "business", "business", 64_000.0, "uk"),
    Customer("C-1019", "Aurora Cleaning", "business", "business", 39_000.0, "eu"),
    Customer("C-1020", "Redwood Diners", "business", "starter", 28_000.0, "us"),
    Customer("C-1021", "Saltmarsh Ferries", "business", "starter", 22_000.0, "uk"),
    Customer("C-1022", "Quarry Lane Garages", "business", "starter", 16_000.0, "uk"),
    Customer("C-1023", "Paper Kite Toys", "startup", "starter", 5_200.0, "us"),
    Customer("C-1024", "Little Dipper Coffee", "startup", "starter", 4_100.0, "us"),
    Customer("C-1025", "Hallgrim Bikes", "startup", "starter", 3_600.0, "eu"),
    Customer("C-1026", "Osier Baskets", "startup", "starter", 2_900.0, "uk"),
    Customer("C-1027", "Sunday Florist", "startup", "starter", 2_100.0, "us"),
    Customer("C-1028", "Copper Kettle Inn", "startup", "starter", 1_900.0, "uk"),
    Customer("C-1029", "Wren and Daughters", "startup", "starter", 1_500.0, "eu"),
    Customer("C-1030", "Corner Chess Club", "startup", "starter", 600.0, "us"),
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
        Person("omar", "account_owner", "Omar Haddad"),
        Person("lucia", "account_owner", "Lucia Ferri"),
        Person("ruth", "lead", "Ruth Okafor"),
        Person("tomas", "lead", "Tomas Novak"),
        Person("greta", "lead", "Greta Holm"),
        Person("nora", "committee", "Nora Salem"),
        Person("kai", "operator", "Kai Petersen"),
        Person("ana", "agent", "Ana Pereira"),
        Person("bo", "agent", "Bo Jensen"),
        Person("chen", "agent", "Chen Wei"),
        Person("dev", "agent", "Dev Malik"),
        Person("elsa", "agent", "Elsa Brandt"),
        Person("flo", "agent", "Flo Martin"),
    ),
    leads={"support": "greta", "engineering": "tomas", "billing": "greta", "integrations": "tomas"},
    members={
        "support": ("ana", "bo", "chen"),
        "engineering": SENIORS,
        "billing": ("flo",),
        "integrations": ("dev", "elsa"),
    },
    rosters={"senior": SENIORS},
)
# Who answers for the customers that are more than a subscription.
ACCOUNT_OWNERS = {
    "omar": ("C-1001", "C-1003", "C-1012", "C-1015"),
    "lucia": ("C-1002", "C-1004", "C-1005", "C-1013", "C-1014"),
}
_REST = "  - {id: rest, team: support, assign: least_loaded}"
_INTEGRATIONS = (
    """  - {id: integrations, when: 'case.product_area == "integrations"', team: integrations, assign: least_loaded}"""
)
PASSWORD = "halyard-demo"  # noqa: S105 - of everybody here: there is nothing to protect
DUTIES = {"duty-director": "ruth", "escalation-manager": "ines"}


def policy() -> str:
    """The starter for software companies, with this company's people on duty."""
    text = starters.text("b2b-saas")
    for duty, person in DUTIES.items():
        text = text.replace(f'{duty}: ["user:admin"]', f'{duty}: ["user:{person}"]')
    text = text.replace(_REST, f"{_INTEGRATIONS}\n{_REST}")
    return text.replace("product_area: integrations, team: support", "product_area: integrations, team: integrations")
