"""One invented document with nearly every element there is, for the mutations to work on."""

from __future__ import annotations

from tests.harvest.invented import DOCTYPE, document, record

_BOOK = """<PubmedBookArticle><BookDocument><PMID Version="1">90000008</PMID><ArticleIdList>
    <ArticleId IdType="bookaccession">NBK0</ArticleId></ArticleIdList><Book><Publisher><PublisherName>Invented Press</PublisherName>
    <PublisherLocation>Nowhere</PublisherLocation></Publisher><BookTitle book="x">A Made-up Handbook</BookTitle>
    <PubDate><Year>2020</Year><Month>01</Month></PubDate><AuthorList Type="editors"><Author><LastName>Editor</LastName></Author>
    </AuthorList><CollectionTitle book="c">Invented Guidance</CollectionTitle><Isbn>9780000000000</Isbn></Book>
    <ArticleTitle book="x" part="y">A <i>chapter</i></ArticleTitle><Language>eng</Language><AuthorList Type="authors">
    <Author><LastName>Writer</LastName><ForeName>Wilma</ForeName><Initials>W</Initials></Author></AuthorList>
    <PublicationType UI="D016454">Review</PublicationType><Abstract><AbstractText>About nothing.</AbstractText></Abstract>
    <ContributionDate><Year>2021</Year><Month>2</Month><Day>3</Day></ContributionDate></BookDocument><PubmedBookData><History>
    <PubMedPubDate PubStatus="entrez"><Year>2021</Year><Month>2</Month><Day>4</Day></PubMedPubDate></History></PubmedBookData>
    </PubmedBookArticle>"""

RICH = document(
    record(
        date="<PubDate><MedlineDate>2020 Nov-Dec</MedlineDate></PubDate>",
        title="<ArticleTitle><i>In vitro</i> and <sup>not</sup> at all &lt;5.</ArticleTitle>",
        article="""<Pagination><MedlinePgn>1-9</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">10.9999/x</ELocationID>
            <Abstract><AbstractText Label="METHODS" NlmCategory="METHODS">We invented (NCT00000001).</AbstractText><AbstractText
            Label="RESULTS"><b>Nothing</b> was found.</AbstractText></Abstract><AuthorList CompleteYN="Y"><Author ValidYN="Y">
            <LastName>Example</LastName><ForeName>Ada</ForeName><Initials>A</Initials><Identifier Source="ORCID">0000000100000000
            </Identifier><AffiliationInfo><Affiliation>Nowhere.</Affiliation></AffiliationInfo></Author><Author>
            <CollectiveName>A Group</CollectiveName></Author></AuthorList><Language>eng</Language><DataBankList><DataBank>
            <DataBankName>ISRCTN</DataBankName><AccessionNumberList><AccessionNumber>ISRCTN00000002</AccessionNumber>
            </AccessionNumberList></DataBank></DataBankList><PublicationTypeList><PublicationType UI="D016428">Journal Article
            </PublicationType></PublicationTypeList><ArticleDate><Year>2020</Year><Month>10</Month><Day>9</Day></ArticleDate>""",
        citation="""<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D1">X</NameOfSubstance></Chemical>
            </ChemicalList><CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J</RefSource><PMID>5</PMID>
            </CommentsCorrections></CommentsCorrectionsList><MeshHeadingList><MeshHeading><DescriptorName UI="D2" MajorTopicYN="N">Y
            </DescriptorName><QualifierName UI="Q1" MajorTopicYN="Y">z</QualifierName></MeshHeading></MeshHeadingList>""",
        data="""<History><PubMedPubDate PubStatus="entrez"><Year>2020</Year><Month>10</Month><Day>10</Day></PubMedPubDate></History>
            <ArticleIdList><ArticleId IdType="doi">10.9999/x</ArticleId><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList>""",
    ),
    record(pmid='<PMID Version="2">90000002</PMID>'),
    _BOOK,
    "<DeleteCitation><PMID>90000003</PMID><PMID>90000004</PMID></DeleteCitation>",
    head=DOCTYPE,
)
