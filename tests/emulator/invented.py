"""PubMed records that nobody wrote: each one says that it is invented. For tests and for trying the product out."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from tests.emulator.corpus import Record, index_record

SAYS_SO = "This is an invented test record."


@dataclass(frozen=True)
class Invented:
    """What a made-up record says. `title` and `sections` may hold PubMed's inline markup; `extra` is further XML."""

    pmid: int
    title: str
    sections: tuple[tuple[str, str], ...] = (("", SAYS_SO),)
    types: tuple[tuple[str, str], ...] = (("D016428", "Journal Article"),)
    mesh: tuple[str, ...] = ()
    authors: str = "<Author><LastName>Invented</LastName><ForeName>Ada</ForeName><Initials>A</Initials></Author>"
    published: str = "<Year>2024</Year><Month>Mar</Month><Day>5</Day>"
    created: str = "2024/03/04"
    revised: str = "2024/03/20"
    doi: str = ""
    language: str = "eng"
    links: str = ""
    extra: str = ""
    vernacular: str = ""


def article_xml(record: Invented) -> bytes:
    """The record as a PubmedArticle element."""
    year, month, day = record.created.split("/")
    revised = dict(zip(("Year", "Month", "Day"), record.revised.split("/"), strict=True))
    abstract = "".join(
        f'<AbstractText Label="{label}" NlmCategory="{label}">{text}</AbstractText>'
        if label
        else f"<AbstractText>{text}</AbstractText>"
        for label, text in record.sections
    )
    doi = f'<ArticleId IdType="doi">{escape(record.doi)}</ArticleId>' if record.doi else ""
    return "".join(
        [
            '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM" IndexingMethod="Curated">',
            f'<PMID Version="1">{record.pmid}</PMID>',
            "<DateRevised>", *(f"<{name}>{value}</{name}>" for name, value in revised.items()), "</DateRevised>",
            '<Article PubModel="Print"><Journal><ISSN IssnType="Electronic">0000-0000</ISSN>',
            f'<JournalIssue CitedMedium="Internet"><Volume>1</Volume><PubDate>{record.published}</PubDate></JournalIssue>',
            "<Title>Journal of Invented Test Records</Title><ISOAbbreviation>J Invent Test Rec</ISOAbbreviation></Journal>",
            f"<ArticleTitle>{record.title}</ArticleTitle>",
            f"<Abstract>{abstract}</Abstract>" if abstract else "",
            f'<AuthorList CompleteYN="Y">{record.authors}</AuthorList>' if record.authors else "",
            f"<Language>{record.language}</Language><PublicationTypeList>",
            *(f'<PublicationType UI="{ui}">{name}</PublicationType>' for ui, name in record.types),
            "</PublicationTypeList>",
            f"<VernacularTitle>{record.vernacular}</VernacularTitle>" if record.vernacular else "",
            "</Article>",
            f"<CommentsCorrectionsList>{record.links}</CommentsCorrectionsList>" if record.links else "",
            f"<MeshHeadingList>{''.join(map(_heading, record.mesh))}</MeshHeadingList>" if record.mesh else "",
            record.extra,
            "</MedlineCitation><PubmedData><History>",
            f'<PubMedPubDate PubStatus="entrez"><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></PubMedPubDate>',
            "</History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>",
            f'<ArticleId IdType="pubmed">{record.pmid}</ArticleId>{doi}</ArticleIdList></PubmedData></PubmedArticle>',
        ]
    ).encode()  # fmt: skip


def _heading(text: str) -> str:
    """ "Ketamine/*therapeutic use" or "*Alcoholism": the star is the major topic."""
    name, _, qualifier = text.partition("/")
    star = "Y" if name.startswith("*") else "N"
    inner = f'<DescriptorName UI="D000000" MajorTopicYN="{star}">{name.lstrip("*")}</DescriptorName>'
    if qualifier:
        star = "Y" if qualifier.startswith("*") else "N"
        inner += f'<QualifierName UI="Q000000" MajorTopicYN="{star}">{qualifier.lstrip("*")}</QualifierName>'
    return f"<MeshHeading>{inner}</MeshHeading>"


def corpus_of(records: list[Invented]) -> dict[int, Record]:
    return {record.pmid: index_record(article_xml(record)) for record in records}


def invented_corpus() -> dict[int, Record]:
    """The built-in records."""
    return corpus_of(INVENTED)


def many(number: int, *, first: int = 80_000_001, year: int = 2001) -> list[Invented]:
    """So many plain records that all match the default topic, spread over twenty years of create dates."""
    return [
        Invented(
            pmid=first + n,
            title=f"Ketamine and alcohol: invented test record number {n + 1}.",
            created=f"{year + n % 20}/{n % 12 + 1:02}/{n % 28 + 1:02}",
            revised=f"{year + n % 20}/12/31",
        )
        for n in range(number)
    ]


RCT = (("D016428", "Journal Article"), ("D016449", "Randomized Controlled Trial"))
REVIEW = (("D016428", "Journal Article"), ("D016454", "Review"))
CASE = (("D016428", "Journal Article"), ("D002363", "Case Reports"))
META = (("D016428", "Journal Article"), ("D000078182", "Systematic Review"), ("D017418", "Meta-Analysis"))
RETRACTED = (*RCT, ("D016441", "Retracted Publication"))
NOTICE = (("D016440", "Retraction of Publication"),)
ERRATUM = (("D016425", "Published Erratum"),)
LETTER = (("D016422", "Letter"),)
PROTOCOL = (("D000078325", "Clinical Trial Protocol"),)
HUMAN = ("Humans", "Adult")
GROUP = "<Author><CollectiveName>INVENTED Study Group</CollectiveName></Author>"
UNNAMED = ""


def _parts(background: str, methods: str, results: str, conclusions: str) -> tuple[tuple[str, str], ...]:
    return (
        ("BACKGROUND", f"{SAYS_SO} {background}"),
        ("METHODS", methods),
        ("RESULTS", results),
        ("CONCLUSIONS", conclusions),
    )


def _link(kind: str, pmid: int | None) -> str:
    number = f'<PMID Version="1">{pmid}</PMID>' if pmid else ""
    return f'<CommentsCorrections RefType="{kind}"><RefSource>J Invent Test Rec. 2024;1</RefSource>{number}</CommentsCorrections>'


INVENTED = [
    Invented(90000001, "Three ketamine infusions with therapy for alcohol use disorder: an invented randomised trial.",
        _parts("Relapse after detoxification is common.",
               "We randomised 60 adults with alcohol use disorder to ketamine 0.8 mg/kg or saline, three weekly infusions.",
               "At 6 months percentage of abstinent days was higher with ketamine (difference 9 points, 95% CI 2 to 16).",
               "Ketamine increased abstinence and was well tolerated. NCT00000001."),
        RCT, ("*Ketamine/*therapeutic use", "*Alcoholism/*drug therapy", *HUMAN), doi="10.5555/invented.1"),
    Invented(90000002, "Single-dose ketamine and heavy drinking: an invented null trial.",
        _parts("One dose may not be enough.",
               "Forty people who drink heavily were randomised to ketamine 0.5 mg/kg or midazolam.",
               "Heavy drinking days did not differ between groups at 4 weeks (p = 0.71).",
               "We found no evidence of an effect on drinking."),
        RCT, ("Ketamine/administration &amp; dosage", "*Alcohol Drinking", *HUMAN), doi="10.5555/invented.2"),
    Invented(90000003, "Retracted: Ketamine abolishes alcohol craving (invented).",
        (("", f"{SAYS_SO} Craving for alcohol fell to zero in all 20 patients after ketamine."),),
        RETRACTED, ("*Ketamine", "*Craving", "*Alcoholism"), links=_link("RetractionIn", 90000004)),
    Invented(90000004, "Retraction: Ketamine abolishes alcohol craving (invented notice).", (), NOTICE,
        links=_link("RetractionOf", 90000003)),
    Invented(90000005, "Ketamine for substance use disorders: an invented systematic review and meta-analysis.",
        _parts("Evidence is scattered.", "We searched four databases; 7 studies on alcohol (312 participants) were included.",
               "Certainty was low; abstinence favoured ketamine in 4 of 7 studies.", "Larger trials are needed."),
        META, ("*Ketamine/*therapeutic use", "*Substance-Related Disorders/*drug therapy", "Humans")),
    Invented(90000006, "Ketamine-assisted psychotherapy for alcohol dependence: invented narrative review.",
        (("", f"{SAYS_SO} We discuss ketamine and alcohol dependence without a systematic search."),), REVIEW),
    Invented(90000007, "Protocol of the INVENTED trial: ketamine against placebo in alcohol use disorder.",
        (("", f"{SAYS_SO} We will randomise 120 participants with alcohol use disorder to ketamine or placebo. ISRCTN00000000."),),
        PROTOCOL),
    Invented(90000008, "Ketamine reduces ethanol intake in invented rats.",
        (("", f"{SAYS_SO} Wistar rats received ketamine 10 mg/kg; ethanol intake fell in a two-bottle choice."),),
        mesh=("*Ketamine/*pharmacology", "*Alcohol Drinking/*drug therapy", "Animals", "Rats", "Male")),
    Invented(90000009, "Ketamine and alcohol.", ()),
    Invented(90000010, "Effect of <i>S</i>-ketamine on <sup>1</sup>H signals in alcohol use disorder: an invented pilot.",
        (("", f"<b>{SAYS_SO}</b> Esketamine was given to 8 people with alcohol use disorder; p&lt;0.05 and LOD&lt;LOQ."),),
        mesh=("Ketamine", "Alcoholism", *HUMAN)),
    Invented(90000011, "A group-authored ketamine trial in drinkers (invented).",
        (("", f"{SAYS_SO} In 200 drinkers a ketamine lozenge did not change drinking."),), RCT, authors=GROUP),
    Invented(90000012, "Adjunct ketamine for severe alcohol withdrawal: an invented retrospective cohort.",
        _parts("Delirium tremens is dangerous.", "We reviewed 30 intensive care patients given ketamine infusions.",
               "Benzodiazepine needs fell after ketamine was started.", "Prospective trials are needed."),
        mesh=("*Ketamine/*therapeutic use", "*Alcohol Withdrawal Delirium/*drug therapy", *HUMAN)),
    Invented(90000013, "Invented case report: relapse to alcohol after ketamine for depression.",
        (("", f"{SAYS_SO} A 45-year-old drank alcohol again two weeks after ketamine."),), CASE, ("Ketamine", "Alcoholism")),
    Invented(90000014, "Erratum to an invented ketamine trial.", (), ERRATUM, links=_link("ErratumFor", 90000001)),
    Invented(90000015, "Comment on ketamine for drinkers: an invented letter.", (), LETTER, links=_link("CommentOn", 90000002)),
    Invented(90000016, "[Ketamin bei Alkoholabhängigkeit, ein erfundener Datensatz].",
        (("", f"{SAYS_SO} Ketamine was studied in alcohol dependence."),), language="ger",
        vernacular="Ketamin bei Alkoholabhängigkeit, ein erfundener Datensatz."),
    Invented(90000017, "Esketamine nasal spray in depression with comorbid alcohol use disorder: invented cohort.",
        _parts("Comorbidity is usual.", "Twenty-five outpatients received esketamine 56 or 84 mg twice a week.",
               "Depression scores improved; alcohol use stayed the same.", "No new safety signal appeared."),
        mesh=("Depressive Disorder, Treatment-Resistant", *HUMAN)),
    Invented(90000018, "Ketamine misuse among young people: an invented survey.",
        (("", f"{SAYS_SO} Ketamine addiction was reported by 4% of respondents."),), mesh=("*Substance-Related Disorders",)),
    Invented(90000019, "Ketamine for opioid use disorder: an invented trial.",
        (("", f"{SAYS_SO} Ketamine or placebo was added to buprenorphine in opioid use disorder; craving fell."),),
        RCT, ("*Ketamine", "*Opioid-Related Disorders")),
    Invented(90000020, "Ketamine anaesthesia in children: an invented record outside the topic.",
        (("", f"{SAYS_SO} Ketamine was used for sedation."),), mesh=("Ketamine", "Child")),
    Invented(90000021, "Naltrexone for alcohol use disorder: an invented record outside the topic.",
        (("", f"{SAYS_SO} Naltrexone lowered heavy drinking."),), mesh=("Naltrexone", "*Alcoholism")),
    Invented(90000022, "Ketamine, memory reconsolidation and harmful drinking: an invented experiment.",
        _parts("Drinking memories can be weakened.", "Ninety harmful drinkers received ketamine or placebo after recall.",
               "Volume of alcohol drunk fell over 9 months after ketamine with recall.", "Replication is needed."),
        RCT, doi="10.5555/invented.22"),
    Invented(90000023, "Ketamine and alcohol: season of publication only (invented).",
        published="<Year>2019</Year><Season>Winter</Season>"),
    Invented(90000024, "Ketamine and alcohol: free-text date (invented).",
        published="<MedlineDate>1998 Nov-1999 Feb</MedlineDate>", created="1999/03/01", revised="2001/01/01"),
    Invented(90000025, "Expression of concern about an invented ketamine and alcohol trial.", (), (("D000075742", "Expression of Concern"),),
        links=_link("ExpressionOfConcernFor", 90000022)),
    Invented(90000026, "Ketamine lowers anxiety in abstinent patients with alcohol use disorder: invented open-label study.",
        (("", f"{SAYS_SO} Open-label ketamine in 15 abstinent patients with alcohol use disorder lowered anxiety."),), authors=UNNAMED),
    Invented(90000027, "Alcohol history and antidepressant response to ketamine: invented secondary analysis.",
        (("", f"{SAYS_SO} A family history of alcohol use disorder predicted response to ketamine (n = 70)."),),
        mesh=("*Ketamine/*therapeutic use", "Depressive Disorder, Major", "Alcoholism/*genetics")),
    Invented(90000028, "Ketamine for cocaine use disorder: an invented trial.",
        (("", f"{SAYS_SO} Ketamine was given for cocaine dependence as part of addiction care."),), RCT, ("*Ketamine", "*Cocaine-Related Disorders")),
    Invented(90000029, "Ketamine and ethanol: &lt;script&gt;alert('invented')&lt;/script&gt; stays text.",
        (("", f"{SAYS_SO} Literal &lt;b&gt;markup&lt;/b&gt; &amp; ampersands stay text."),)),
    Invented(90000030, "CI-581 and alcoholism: an invented record under an old name.",
        (("", f"{SAYS_SO} The old code name of ketamine is used."),), created="1975/06/01", revised="1990/01/01",
        published="<Year>1975</Year><Month>Jun</Month>"),
]  # fmt: skip
