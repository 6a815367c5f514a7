"""The groups inside a PubMed record that have a form of their own: people, abstracts, MeSH, links, grants.

Each function takes the group's element and gives plain records; `unknown` counts elements that it doesn't know.
Source of the forms: NLM's PubMed DTD and its element descriptions, and real records of many DTD versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from db.records import AbstractSection, ArticleLink, Author, Grant, MeshHeading, MeshQualifier, OtherAbstract
from harvest.identifiers import bare_orcid, pmid_number
from harvest.pubmed_text import UnknownElements, inner_text

if TYPE_CHECKING:
    from lxml.etree import _Element

# lxml types a tag more widely than the str that it is once comments are gone; hence Any.
_NAME_PARTS: dict[Any, str] = {
    "LastName": "last_name",
    "ForeName": "fore_name",
    "FirstName": "fore_name",
    "Initials": "initials",
    "Suffix": "suffix",
    "CollectiveName": "collective_name",
}


def read_people(element: _Element, unknown: UnknownElements) -> tuple[Author, ...]:
    """The people and groups of an AuthorList or InvestigatorList, in order.

    An entry with ValidYN="N" is the misprinted name that its corrected neighbour replaces, so it is left out.
    """
    return tuple(_person(child, unknown) for child in element if child.get("ValidYN") != "N")


def _person(element: _Element, unknown: UnknownElements) -> Author:
    names: dict[str, str] = {}
    affiliations: list[str] = []
    orcid = ""
    for child in element:
        tag = child.tag
        part = _NAME_PARTS.get(tag)
        if part:
            names[part] = inner_text(child, unknown)
        elif tag == "AffiliationInfo":
            affiliations += [inner_text(place, unknown) for place in child if place.tag == "Affiliation"]
        elif tag == "Identifier":
            if child.get("Source") == "ORCID" and child.get("ValidYN") != "N":
                orcid = orcid or bare_orcid(child.text or "")
        elif tag == "Affiliation":
            affiliations.append(inner_text(child, unknown))
        else:
            unknown.add(child)
    return Author(**names, orcid=orcid, affiliations=tuple(filter(None, affiliations)))


def read_name(element: _Element, unknown: UnknownElements) -> str:
    """A PersonalNameSubject in reading order."""
    person = _person(element, unknown)
    return " ".join(filter(None, (person.fore_name or person.initials, person.last_name, person.suffix)))


def read_sections(element: _Element, unknown: UnknownElements) -> tuple[AbstractSection, ...]:
    """The parts of an Abstract or OtherAbstract that have text. The copyright line is no part of the abstract."""
    sections = []
    for child in element:
        if child.tag == "AbstractText":
            text = inner_text(child, unknown)
            if text:
                label, category = child.get("Label", ""), child.get("NlmCategory", "")
                sections.append(AbstractSection(text, label.strip(), category))
        elif child.tag != "CopyrightInformation":
            unknown.add(child)
    return tuple(sections)


def read_other_abstract(element: _Element, unknown: UnknownElements) -> OtherAbstract:
    text = readable(read_sections(element, unknown))
    return OtherAbstract(text, element.get("Language", ""), element.get("Type", ""))


def readable(sections: Iterable[AbstractSection]) -> str:
    """The sections as one text: a line for each, "LABEL: text" where labelled."""
    return "\n".join(
        f"{section.label.rstrip(' :')}: {section.text}" if section.label else section.text for section in sections
    )


def read_mesh(element: _Element, unknown: UnknownElements) -> tuple[MeshHeading, ...]:
    return tuple(read_heading(heading, unknown) for heading in element)


def read_heading(element: _Element, unknown: UnknownElements) -> MeshHeading:
    descriptor = ("", "", False)
    qualifiers = []
    for child in element:
        if child.tag == "DescriptorName":
            descriptor = read_mesh_name(child, unknown)
        elif child.tag == "QualifierName":
            qualifiers.append(MeshQualifier(*read_mesh_name(child, unknown)))
        else:
            unknown.add(child)
    return MeshHeading(*descriptor, tuple(qualifiers))


def read_mesh_name(element: _Element, unknown: UnknownElements) -> tuple[str, str, bool]:
    """A DescriptorName or QualifierName: name, UI, whether it is starred (a major topic)."""
    return inner_text(element, unknown), element.get("UI", ""), element.get("MajorTopicYN") == "Y"


def read_links(element: _Element, unknown: UnknownElements) -> tuple[ArticleLink, ...]:
    """CommentsCorrectionsList, the older "Cites" entries included. An entry may lack its PMID."""
    return tuple(_link(entry, unknown) for entry in element)


def _link(element: _Element, unknown: UnknownElements) -> ArticleLink:
    pmid, reference, note = None, "", ""
    for child in element:
        if child.tag == "PMID":
            pmid = pmid_number(child.text or "")
        elif child.tag == "RefSource":
            reference = inner_text(child, unknown)
        elif child.tag == "Note":
            note = inner_text(child, unknown)
        else:
            unknown.add(child)
    return ArticleLink(element.get("RefType", ""), pmid, reference, note)


def read_grants(element: _Element, unknown: UnknownElements) -> tuple[Grant, ...]:
    return tuple(_grant(grant, unknown) for grant in element)


def _grant(element: _Element, unknown: UnknownElements) -> Grant:
    parts = {"Agency": "", "GrantID": "", "Country": "", "Acronym": ""}
    for child in element:
        if child.tag in parts:
            parts[child.tag] = inner_text(child, unknown)
        else:
            unknown.add(child)
    return Grant(parts["Agency"], parts["GrantID"], parts["Country"])


def read_substance(element: _Element, unknown: UnknownElements) -> tuple[str, str]:
    """A Chemical as (name, registry number). PubMed writes "0" where there is no number; here that is ""."""
    name, number = "", ""
    for child in element:
        if child.tag == "NameOfSubstance":
            name = inner_text(child, unknown)
        elif child.tag == "RegistryNumber":
            number = inner_text(child, unknown)
        else:
            unknown.add(child)
    return name, "" if number == "0" else number


def read_pages(element: _Element, unknown: UnknownElements) -> str:
    """MedlinePgn, or the span from StartPage to EndPage where the record has only those."""
    parts = {child.tag: inner_text(child, unknown) for child in element}
    span = "-".join(filter(None, (parts.get("StartPage", ""), parts.get("EndPage", ""))))
    return parts.get("MedlinePgn", "") or span
