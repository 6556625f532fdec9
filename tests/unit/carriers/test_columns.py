"""The columns of a carrier, and every heading that means one."""

import pytest

from negotiator.carriers.columns import CARRIERS, COLUMNS, column_of

HEADINGS = {
    "mc_number": "MC Number, MC, MC #, MC No, MC Num, docket, docket no, docket number, motor carrier number",
    "dot_number": "DOT number, dot, DOT no, DOT num, USDOT, USDOT #, USDOT no, USDOT number",
    "company_name": "company name, company, name, legal name, company legal name, carrier name, carrier",
    "status": (
        "status, carrier status, authority status, operating status, operating authority status, authority"
    ),
    "phone": "phone, phone number, telephone, tel, contact phone",
    "email": "email, e-mail, email address, contact email",
    "address": "address, physical address, mailing address, street address",
}


def test_a_column_has_every_name_that_services_give_it() -> None:
    """Whatever the case, and the blanks and marks between words."""
    assert tuple(HEADINGS) == COLUMNS
    for column, headings in HEADINGS.items():
        for heading in headings.split(", "):
            for spelled in (heading, heading.upper(), heading.replace(" ", "_"), heading.replace(" ", "")):
                assert column_of(spelled) == column, spelled


@pytest.mark.parametrize("heading", ["", "number", "safety rating", "load", "insurance", "is_verified"])
def test_other_headings_mean_nothing(heading: str) -> None:
    """What a desk says itself of a carrier is not taken from a service."""
    assert column_of(heading) is None


def test_messages_call_them_carriers() -> None:
    """One and several."""
    assert (CARRIERS.one, CARRIERS.many) == ("carrier", "carriers")
    assert CARRIERS.similar("Emial") == "email"
