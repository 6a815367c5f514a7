"""The sixteen things that a PubMed parser must get right, each on invented records."""

from __future__ import annotations

import logging

import pytest

from db.records import (
    AbstractSection,
    ArticleLink,
    Author,
    Grant,
    Granularity,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    PartialDate,
    PublicationType,
    RegistryId,
)
from harvest.pubmed_text import UnknownElements
from harvest.pubmed_xml import parse_articles
from tests.harvest.invented import document, read_one, record

REFERENCE = """<ReferenceList><Reference><Citation>An invented reference.</Citation><ArticleIdList>
    <ArticleId IdType="pubmed">11111111</ArticleId><ArticleId IdType="doi">10.9999/of-a-reference</ArticleId>
    <ArticleId IdType="pmc">PMC1111111</ArticleId></ArticleIdList></Reference></ReferenceList>"""


# 1, 2: identifiers


def test_the_pmid_is_the_citations_own_whatever_other_lists_name() -> None:
    """The comment's PMID stands after the record's, and the reference's and ArticleIdList's are others still."""
    article = read_one(
        record(
            pmid='<PMID Version="2">90000001</PMID>',
            citation="""<CommentsCorrectionsList><CommentsCorrections RefType="CommentIn"><RefSource>J Invent.</RefSource>
                <PMID Version="1">22222222</PMID></CommentsCorrections></CommentsCorrectionsList>""",
            data='<ArticleIdList><ArticleId IdType="pubmed">33333333</ArticleId></ArticleIdList>' + REFERENCE,
        )
    )
    assert (article.pmid, article.pmid_version) == (90000001, 2)


def test_doi_and_pmcid_are_the_records_own_and_never_a_references() -> None:
    own = '<ArticleIdList><ArticleId IdType="doi">10.9999/OWN.1</ArticleId><ArticleId IdType="pmc">PMC7</ArticleId></ArticleIdList>'
    found = read_one(record(data=own + REFERENCE))
    before = read_one(record(data=REFERENCE + own))
    none = read_one(record(data=REFERENCE))
    assert [(a.doi, a.pmcid) for a in (found, before, none)] == [("10.9999/own.1", "PMC7")] * 2 + [("", "")]


@pytest.mark.parametrize(
    ("valid", "doi"), [('ValidYN="Y"', "10.9999/place"), ("", "10.9999/place"), ('ValidYN="N"', "")]
)
def test_an_electronic_location_gives_the_doi_unless_it_is_marked_as_wrong(valid: str, doi: str) -> None:
    location = f'<ELocationID EIdType="doi" {valid}>10.9999/Place</ELocationID>'
    assert read_one(record(article=location)).doi == doi


def test_a_doi_that_is_none_gives_way_to_one_that_is() -> None:
    article = read_one(
        record(
            article='<ELocationID EIdType="doi" ValidYN="Y">https://doi.org/10.9999/Right</ELocationID>',
            data='<ArticleIdList><ArticleId IdType="doi">S0000-1</ArticleId></ArticleIdList>',
        )
    )
    assert article.doi == "10.9999/right"


# 3, 4: text


def test_title_and_abstract_keep_the_text_inside_markup_and_formulas() -> None:
    article = read_one(
        record(
            title="<ArticleTitle><i>In vivo</i> NR2B<sup>+</sup> and H<sub>2</sub>O: <b>a <i>nested</i></b> study.</ArticleTitle>",
            article="""<Abstract><AbstractText Label="RESULTS"><b>Eleven</b> of 12 drank less (<i>p</i>&lt;0.05,
                <mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>r</mml:mi><mml:mo>=</mml:mo><mml:mn>0.4</mml:mn></mml:math>).
                </AbstractText></Abstract>""",
        )
    )
    assert article.title == "In vivo NR2B+ and H2O: a nested study."
    assert article.sections == (AbstractSection("Eleven of 12 drank less (p<0.05, r=0.4).", "RESULTS"),)


def test_angle_brackets_and_scripts_in_the_text_stay_text() -> None:
    text = "LOD&lt;LOQ and Q&gt;R &lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; <![CDATA[<b>5</b>]]>"
    article = read_one(record(article=f"<Abstract><AbstractText>{text}</AbstractText></Abstract>"))
    assert article.abstract == "LOD<LOQ and Q>R <script>alert(1)</script> &amp; <b>5</b>"


def test_comments_and_instructions_inside_text_are_not_text() -> None:
    title = "<ArticleTitle>Before<!-- a note --><?an instruction?> and after.</ArticleTitle>"
    assert read_one(record(title=title)).title == "Before and after."


def test_blanks_of_pretty_printing_go_and_typographic_spaces_stay() -> None:
    title = "<ArticleTitle>\n   Ten\u2009mg\n\t  of <i>one</i>\n  drug.\n  </ArticleTitle>"
    assert read_one(record(title=title)).title == "Ten\u2009mg of one drug."


# 5, 6: abstracts and titles


def test_sections_keep_the_authors_label_and_nlms_category() -> None:
    article = read_one(
        record(
            article="""<Abstract><AbstractText Label="AIMS AND BACKGROUND" NlmCategory="OBJECTIVE">To test.</AbstractText>
                <AbstractText Label="FINDINGS:" NlmCategory="RESULTS">None.</AbstractText><AbstractText/>
                <AbstractText>Trailing words.</AbstractText><CopyrightInformation>© Nobody.</CopyrightInformation></Abstract>"""
        )
    )
    assert article.sections == (
        AbstractSection("To test.", "AIMS AND BACKGROUND", "OBJECTIVE"),
        AbstractSection("None.", "FINDINGS:", "RESULTS"),
        AbstractSection("Trailing words."),
    )
    assert article.abstract == "AIMS AND BACKGROUND: To test.\nFINDINGS: None.\nTrailing words."


def test_other_abstracts_stay_apart_by_language_and_type() -> None:
    article = read_one(
        record(
            citation="""<OtherAbstract Type="Publisher" Language="spa"><AbstractText Label="OBJETIVO">Nada.</AbstractText>
                </OtherAbstract><OtherAbstract Type="plain-language-summary" Language="eng">
                <AbstractText>Plainly nothing.</AbstractText></OtherAbstract>"""
        )
    )
    assert article.abstract == ""
    assert article.other_abstracts == (
        OtherAbstract("OBJETIVO: Nada.", "spa", "Publisher"),
        OtherAbstract("Plainly nothing.", "eng", "plain-language-summary"),
    )


def test_titles_in_brackets_empty_titles_and_several_languages_are_kept_as_they_are() -> None:
    article = read_one(
        record(
            title="<ArticleTitle>[An invented title].</ArticleTitle>",
            article="""<Language>ger</Language><Language>fre</Language>
                <VernacularTitle>Ein <i>erfundener</i> Titel.</VernacularTitle>""",
        )
    )
    empty = read_one(record(title="<ArticleTitle/>", article="<VernacularTitle>Titel.</VernacularTitle>"))
    assert (article.title, article.vernacular_title) == ("[An invented title].", "Ein erfundener Titel.")
    assert article.languages == ("ger", "fre")
    assert (empty.title, empty.vernacular_title, empty.sections) == ("", "Titel.", ())


# 7: dates


def test_journal_date_and_electronic_date_are_two_dates() -> None:
    article = read_one(
        record(
            date="<PubDate><MedlineDate>2020 Nov-Dec</MedlineDate></PubDate>",
            article="""<ArticleDate DateType="Electronic"><Year>2019</Year><Month>7</Month><Day>3</Day></ArticleDate>""",
            citation="<DateCompleted><Year>2021</Year><Month>01</Month><Day>02</Day></DateCompleted>",
            data="""<History><PubMedPubDate PubStatus="received"><Year>2018</Year><Month>1</Month><Day>1</Day></PubMedPubDate>
                <PubMedPubDate PubStatus="entrez"><Year>2019</Year><Month>7</Month><Day>5</Day><Hour>6</Hour></PubMedPubDate>
                <PubMedPubDate PubStatus="pubmed"><Year>2019</Year><Month>7</Month><Day>6</Day></PubMedPubDate></History>""",
        )
    )
    assert article.published == PartialDate("2020", Granularity.TEXT, "2020 Nov-Dec")
    assert article.electronic == PartialDate("2019-07-03", Granularity.DAY)
    assert (article.created, article.completed, article.revised) == ("2019-07-05", "2021-01-02", "")


# 8: people


def test_groups_are_authors_and_investigators_are_not() -> None:
    article = read_one(
        record(
            article="""<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Example</LastName><ForeName>Ada B</ForeName>
                <Initials>AB</Initials><Suffix>Jr</Suffix><Identifier Source="ORCID">https://orcid.org/0000-0001-0000-000x</Identifier>
                <AffiliationInfo><Affiliation>Nowhere.</Affiliation><Identifier Source="GRID">grid.0</Identifier></AffiliationInfo>
                <AffiliationInfo><Affiliation>Elsewhere.</Affiliation></AffiliationInfo></Author>
                <Author ValidYN="N"><LastName>Exmaple</LastName></Author>
                <Author ValidYN="Y"><CollectiveName>Invented <i>Study</i> Group</CollectiveName></Author></AuthorList>""",
            citation="""<InvestigatorList><Investigator ValidYN="Y"><LastName>Helper</LastName><ForeName>Carl</ForeName>
                <Initials>C</Initials></Investigator></InvestigatorList><PersonalNameSubjectList><PersonalNameSubject>
                <LastName>Subject</LastName><ForeName>Sam</ForeName></PersonalNameSubject></PersonalNameSubjectList>""",
        )
    )
    assert article.authors == (
        Author("Example", "Ada B", "AB", "Jr", "", "0000-0001-0000-000X", ("Nowhere.", "Elsewhere.")),
        Author(collective_name="Invented Study Group"),
    )
    assert article.investigators == (Author("Helper", "Carl", "C"),)
    assert article.personal_name_subjects == ("Sam Subject",)


def test_a_record_without_authors_has_none() -> None:
    assert read_one(record()).authors == ()


def test_the_single_affiliation_of_an_old_record_is_the_first_authors() -> None:
    people = """<AuthorList><Author><LastName>First</LastName></Author><Author><LastName>Last</LastName></Author></AuthorList>"""
    article = read_one(record(article=f"<Affiliation>An old place.</Affiliation>{people}"))
    assert [author.affiliations for author in article.authors] == [("An old place.",), ()]


# 9, 13: publication types


def test_a_publication_type_without_identifier_is_known_by_its_name() -> None:
    article = read_one(
        record(
            article="""<PublicationTypeList><PublicationType UI="">RETRACTION OF PUBLICATION</PublicationType>
                <PublicationType UI="D016428">Journal Article</PublicationType><PublicationType>NEW TYPE</PublicationType>
                </PublicationTypeList>"""
        )
    )
    assert article.publication_types == (
        PublicationType("Retraction of Publication", "D016440"),
        PublicationType("Journal Article", "D016428"),
        PublicationType("NEW TYPE"),
    )


def test_a_retracted_article_and_its_notice_are_told_apart_and_both_are_there() -> None:
    def entry(pmid: int, kind: str, ui: str, link: str, other: int) -> str:
        return record(
            pmid=f"<PMID>{pmid}</PMID>",
            article=f'<PublicationTypeList><PublicationType UI="{ui}">{kind}</PublicationType></PublicationTypeList>',
            citation=f"""<CommentsCorrectionsList><CommentsCorrections RefType="{link}"><RefSource>J Invent. 2024.</RefSource>
                <PMID Version="1">{other}</PMID></CommentsCorrections></CommentsCorrectionsList>""",
        )

    retracted = read_one(entry(1, "Retracted Publication", "D016441", "RetractionIn", 2))
    notice = read_one(entry(2, "Retraction of Publication", "D016440", "RetractionOf", 1))
    assert [(a.pmid, a.publication_types[0].ui, a.links) for a in (retracted, notice)] == [
        (1, "D016441", (ArticleLink("RetractionIn", 2, "J Invent. 2024."),)),
        (2, "D016440", (ArticleLink("RetractionOf", 1, "J Invent. 2024."),)),
    ]


# 10, 11: indexing


def test_the_star_may_stand_on_a_qualifier_alone() -> None:
    article = read_one(
        record(
            attributes='Status="MEDLINE" IndexingMethod="Automated"',
            citation="""<MeshHeadingList><MeshHeading><DescriptorName UI="D007649" MajorTopicYN="N">Ketamine</DescriptorName>
                <QualifierName UI="Q000627" MajorTopicYN="Y">therapeutic use</QualifierName></MeshHeading><MeshHeading>
                <DescriptorName UI="D006801" MajorTopicYN="N">Humans</DescriptorName></MeshHeading></MeshHeadingList>""",
        )
    )
    assert article.mesh_headings == (
        MeshHeading("Ketamine", "D007649", False, (MeshQualifier("therapeutic use", "Q000627", True),)),
        MeshHeading("Humans", "D006801"),
    )
    assert [heading.is_major for heading in article.mesh_headings] == [True, False]
    assert article.indexing_method == "Automated"


def test_a_registry_number_of_zero_is_none() -> None:
    article = read_one(
        record(
            citation="""<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D1">Placebos</NameOfSubstance>
                </Chemical><Chemical><RegistryNumber>690G0D6V8H</RegistryNumber><NameOfSubstance UI="D007649">Ketamine</NameOfSubstance>
                </Chemical></ChemicalList>"""
        )
    )
    assert article.substances == (("Placebos", ""), ("Ketamine", "690G0D6V8H"))


def test_registrations_come_from_pubmeds_list_and_from_the_abstract() -> None:
    article = read_one(
        record(
            article="""<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
                <AccessionNumber>NCT00000001</AccessionNumber></AccessionNumberList></DataBank><DataBank>
                <DataBankName>GENBANK</DataBankName><AccessionNumberList><AccessionNumber>AB000001</AccessionNumber>
                </AccessionNumberList></DataBank></DataBankList><Abstract><AbstractText>Registered as NCT 00000001 and
                ISRCTN: 00000002 (EudraCT 2019-000003-33; ChiCTR-TRC-00000004; PROSPERO CRD42020000005).</AbstractText></Abstract>"""
        )
    )
    assert article.registry_ids == (
        RegistryId("ClinicalTrials.gov", "NCT00000001", "databank"),
        RegistryId("ISRCTN", "ISRCTN00000002", "text"),
        RegistryId("EudraCT", "2019-000003-33", "text"),
        RegistryId("ChiCTR", "ChiCTR-TRC-00000004", "text"),
        RegistryId("PROSPERO", "CRD42020000005", "text"),
    )
    assert article.other_ids == (("GENBANK", "AB000001"),)


# 12: links


@pytest.mark.parametrize(
    "kind",
    [
        "RetractionIn",
        "RetractionOf",
        "ErratumIn",
        "ErratumFor",
        "ExpressionOfConcernIn",
        "ExpressionOfConcernFor",
        "UpdateIn",
        "UpdateOf",
        "CommentOn",
        "CommentIn",
        "RepublishedIn",
    ],
)
def test_every_kind_of_link_is_kept_with_and_without_its_pmid(kind: str) -> None:
    article = read_one(
        record(
            citation=f"""<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><RefSource>J Invent. 2023;1:1</RefSource>
                <Note>A note</Note></CommentsCorrections><CommentsCorrections RefType="{kind}"><RefSource>J Invent. 2022</RefSource>
                <PMID Version="1">90000009</PMID></CommentsCorrections></CommentsCorrectionsList>"""
        )
    )
    assert article.links == (
        ArticleLink(kind, None, "J Invent. 2023;1:1", "A note"),
        ArticleLink(kind, 90000009, "J Invent. 2022"),
    )


# 14: the rest


def test_notes_grants_other_ids_and_interests_are_kept() -> None:
    article = read_one(
        record(
            article="""<GrantList><Grant><GrantID>X1</GrantID><Acronym>AA</Acronym><Agency>An agency</Agency><Country>Nowhere</Country>
                </Grant></GrantList><Pagination><StartPage>e1</StartPage><EndPage>e9</EndPage></Pagination>
                <ELocationID EIdType="pii" ValidYN="Y">S1</ELocationID>""",
            citation="""<OtherID Source="NLM">NIHMS1</OtherID><KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">made <i>up</i></Keyword>
                </KeywordList><CoiStatement>None <b>at all</b>.</CoiStatement><GeneralNote Owner="NLM">A note.</GeneralNote>""",
        )
    )
    assert article.grants == (Grant("An agency", "X1", "Nowhere"),)
    assert article.other_ids == (("pii", "S1"), ("NLM", "NIHMS1"))
    assert (article.keywords, article.notes, article.conflict_of_interest, article.pages) == (
        ("made up",),
        ("A note.",),
        "None at all.",
        "e1-e9",
    )


# 15: what we do not know


def test_unknown_elements_are_warned_of_counted_and_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    import io

    strange = record(
        title="<ArticleTitle>A <blink>loud</blink> title.</ArticleTitle>",
        article="<Hologram>x</Hologram><AuthorList><Author><LastName>A</LastName><Aura/></Author></AuthorList>",
        citation="<Mood>good</Mood>",
        data="<Smell/>",
    )
    head = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//X" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_990101.dtd">'
    unknown = UnknownElements()
    with caplog.at_level(logging.WARNING):
        found = list(parse_articles(io.BytesIO(document(strange, "<Whole/>", strange, head=head)), unknown))
    assert unknown.counts == {
        "ArticleTitle/blink": 2,
        "Article/Hologram": 2,
        "Author/Aura": 2,
        "MedlineCitation/Mood": 2,
        "PubmedData/Smell": 2,
        "PubmedArticleSet/Whole": 1,
    }
    assert [entry.article.title for entry in found] == ["A loud title."] * 2  # type: ignore[union-attr]
    assert [entry.message for entry in caplog.records if "pubmed_990101.dtd" in entry.message] != []
    assert sum("does not know: Article/Hologram" in entry.message for entry in caplog.records) == 1
