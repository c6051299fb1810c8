"""Every kind of fact is of one class of information, and says whose fact it is."""

from dataclasses import replace

import pytest

from graph.information import InformationClass
from graph.schema import SCHEMA, Schema
from graph.vocabulary import WRITTEN_CONSENT, Node, Relationship


def test_a_kind_of_no_class_makes_no_schema() -> None:
    told = Node("Thing", "物", information=InformationClass.LAND)
    tie = Relationship("NEAR", "近", ("Thing",), ("Thing",), "a thing is near a thing")

    assert Schema.of([told], [replace(tie, information=InformationClass.LAND)])
    with pytest.raises(ValueError, match="NEAR"):
        Schema.of([told], [tie])
    with pytest.raises(ValueError, match="Thing"):
        Schema.of([Node("Thing", "物")], [])


def test_every_class_says_its_term_and_clause_and_is_of_some_kind() -> None:
    used = {SCHEMA.information(kind.kind) for kind in SCHEMA.kinds}

    assert used == {*InformationClass}
    assert all(item.term and item.basis for item in InformationClass)
    assert len({item.term for item in InformationClass}) == len(InformationClass)
    assert {item for item in InformationClass if item.is_public} == {
        InformationClass.DIVISION,
        InformationClass.REGISTER,
        InformationClass.PUBLIC_RECORD,
    }


def test_what_needs_written_consent_is_of_a_class_that_says_so() -> None:
    for kind in SCHEMA.kinds:
        if any(WRITTEN_CONSENT in item.basis for item in kind.properties):
            assert "第十四条" in SCHEMA.information(kind.kind).basis, kind.kind


def test_a_tie_is_about_its_parties_or_what_it_declares() -> None:
    def about(kind: str) -> tuple[str, ...]:
        return SCHEMA.about(SCHEMA.relationships[kind])

    assert about("GUARANTEES") == ("source", "target")
    assert about("BORROWED") == ("source",)
    assert about("CONCERNS") == ("target",)
    assert about("SECURES") == ("source",)
    # the bank's name is no secret of the bank's: the loan is its borrower's
    assert about("LENT_BY") == ("source",)
    assert about("DECIDED_BY") == ("source",)


def test_whoever_is_described_beyond_a_register_is_not_public() -> None:
    """The parties that are persons, or made of them, are open to nobody without a ground."""
    for label in ("Person", "Household", "LegalArrangement"):
        assert not SCHEMA.information(label).is_public
