"""Phrases that tell a study's design, found in title and abstract.

Each cue stands on a phrase that authors use for one thing. Rules decide with them (`classify.design_rules`), the
trained model counts them as features, and "Why this label?" shows the words that were found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from classify.phrases import holds


@dataclass(frozen=True, slots=True)
class Cue:
    """Found where a whole word fits `word`, or where `phrase` occurs in a text with a word that fits one of `needs`.

    All three are patterns for lower-case text. `word` and `needs` are tried once per distinct word ever seen, so that
    most cues cost nothing; `phrase` has no word boundary at its start (`_at_word_start` checks it), because Python's
    engine can skip ahead to a first letter but not to a boundary. Phrases hold one of the words of `needs`, so they are
    sought around these only, `reach` characters to either side; 0 means in the whole text.
    """

    name: str
    word: str = ""
    needs: tuple[str, ...] = ()
    phrase: str = ""
    reach: int = 60


CUES = (
    # how people (or animals) were allocated
    Cue("allocated at random", needs=(r"random\w*",),
        phrase=r"randomly (?:and \w+ )?(?:assign|allocat|divid|distribut|receiv|to |into |in |order|between)\w*"
        r"|randomi[sz]ed (?:to|in|into|1:1|2:1|patients|participants|subjects|women|men|adults|between)\b|were (?:\w+ly )?randomi[sz]ed"
        r"|random (?:order|allocation|assignment)|randomi[sz]ation (?:was|list|ratio|code|to)"
        r"|(?:assigned|allocated|divided|counterbalanced) [^.]{0,40}(?:at random|randomly|by randomi[sz]ation)"),
    Cue("randomised design", word=r"rct", needs=(r"random\w*",),
        phrase=r"randomi[sz]ed,? (?:[a-z0-9-]+,? (?:and )?){0,6}(?:trial|study|crossover|cross-over|design|comparison|experiment|evaluation)\b"
        r"|(?:cross-?over|parallel|blind(?:ed)?|placebo-controlled)[^.]{0,30} randomi[sz]ed"),
    Cue("random", needs=(r"random\w*",),
        phrase=r"(?<!non)(?<!non-)(?<!not )(?<!quasi-)random(?:ly|i[sz]ed|i[sz]ation|i[sz]e|i[sz]es|i[sz]ing)?\b"
        r"(?! (?:sampl|select|effect|chosen|forest|field|walk|number|sequence gen|control(?:led)? trials|"
        r"clinical trials|trials|studies|controlled studies|intercept|coefficient|survey|digit|draw|regression|mutagen|"
        r"primer|hexamer|spread|coil|variation|distribut))"),
    Cue("randomised trials in the plural", word=r"rcts", needs=(r"random\w*",),
        phrase=r"randomi[sz]ed (?:[\w-]+ ){0,3}(?:trials|studies)\b"),
    Cue("not randomised", word=r"nonrandomi[sz]ed|quasirandomi[sz]ed", needs=(r"random\w*",),
        phrase=r"(?:non|quasi)-randomi[sz]ed|not randomi[sz]ed|without randomi[sz]ation|mendelian randomi[sz]ation"),
    Cue("placebo", word=r"placebos?|sham"),
    Cue("double-blind", needs=(r"\w*blind\w*", r"mask\w*"), phrase=r"(?:double|triple)[ -]?(?:blind|mask)\w*"),
    Cue("single-blind", needs=(r"\w*blind\w*",), phrase=r"(?:single|assessor|rater|observer)[ -]?blind\w*"),
    Cue("crossover", word=r"crossover", needs=("cross", "crossed", "within"), phrase=r"cross-over\b|crossed over\b|within-subjects? design"),
    Cue("open-label", needs=("open",), phrase=r"open[ -](?:label|trial|study|pilot|clinical)\w*"),
    Cue("single arm", word=r"uncontrolled|prepost", needs=("arm", "pre"), phrase=r"(?:single|one)[ -]arm\b|pre[-/]post"),
    Cue("trial", needs=("trial",), phrase=r"(?:clinical|controlled|pilot|phase [1-4iv]+|feasibility|proof-of-concept) trial\b"),
    Cue("received a dose", reach=110, needs=("received", "underwent", "administered", "infused", "injected", "given", "treated"),
        phrase=r"(?:patients|subjects|participants|volunteers|men|women|adults|individuals|inpatients|children)\b[^.]{0,80} "
        r"(?:received|underwent|were (?:administered|given|injected|infused|treated)|was (?:administered|given))\b"),
    Cue("healthy volunteers", word=r"volunteers", needs=("healthy",),
        phrase=r"healthy (?:\w+ ){0,2}(?:volunteers|subjects|participants|individuals|adults|males|men|humans|controls)"),
    # plans
    Cue("study protocol", needs=("protocol",), phrase=r"(?:study|trial|review) protocol\b|protocol (?:for|of) (?:a|an|the)\b"),
    Cue("will be done", needs=("will",),
        phrase=r"will (?:then |also |all )?(?:be (?:\w+ly )?(?:random|recruit|enrol|assess|measur|invit|allocat|assign|conduct|"
        r"includ|evaluat|collect|perform|compar|follow|treat|test|analy|admin|given|undertak|used|select|asked|searched)\w*"
        r"|receive|undergo|complete|evaluate|assess|investigate|examine|compare|test|determine|include|recruit|enrol|"
        r"explore|search|study|conduct|measure|participate)\b"),
    Cue("registry form", reach=0, needs=("intervention", "purpose", "criteria"),
        phrase=r"intervention: [^\x00]{0,6000}(?:condition|primary outcome|inclusion criteria): |primary purpose\b|purpose of this study is to\b"
        r"|inclusion criteria: [^\x00]{0,6000}exclusion criteria: "),
    Cue("results", word=r"results|conclusions?|findings|showed|found|concluded"),
    Cue("aims in the present tense", needs=("aims?", "plans?", "proposes?", "intends?", "planned", "designed", "proposed"),
        phrase=r"(?:study|trial|project|we) (?:aims?|plans?|proposes?|intends?) to\b|is (?:planned|designed|proposed) to\b"),
    # reviews
    Cue("meta-analysis", word=r"metaanaly\w+|metaregression", needs=("meta",), phrase=r"meta[- ](?:analy|regress)\w+"),
    Cue("pooled", reach=30, needs=("pooled", "effects?", "i"),
        phrase=r"pooled (?:estimate|effect|analys|odds|risk|mean|prevalence|data|result|rate|sens|or\b|rr\b|hr\b)\w*"
        r"|random[- ]effects? (?:model|meta)|i ?(?:2|²) ?="),
    Cue("systematic review", needs=("systematic", "scoping", "umbrella", "rapid", "overview", "systematically"),
        phrase=r"systematic(?:ally)? (?:\w+ ){0,3}(?:review|search|overview|literature|map)\w*|scoping (?:literature )?review"
        r"|(?:umbrella|rapid) review|overview of (?:systematic )?reviews|reviewed systematically"),
    Cue("searched databases", word=r"prisma", reach=150, needs=("search\\w*",),
        phrase=r"(?:pubmed|medline|embase|psycinfo|scopus|web of science|cochrane|cinahl|google scholar|databases?)\b[^.]{0,120} search\w*"
        r"|search\w*\b[^.]{0,120} (?:pubmed|medline|embase|psycinfo|scopus|web of science|cochrane|cinahl|google scholar|databases?|literature)\b"),
    Cue("studies were included", needs=("studies", "trials", "articles", "rcts", "papers", "publications"),
        phrase=r"(?:\d+|(?:thir|four|fif|six|seven|eigh|nine)(?:teen|ty)|twenty|three|four|five|six|seven|eight|nine|ten|eleven|twelve) "
        r"(?:[\w-]+ ){0,4}(?:studies|trials|articles|rcts|papers|records|reports|publications)\b"),
    Cue("review", word=r"minireview", needs=("reviews?", "reviewed", "overviews?", "summari[sz]e\\w*", "discuss\\w*", "outlined?s?", "highlights?"),
        phrase=r"(?:this|the present|our|current|narrative|critical|literature|comprehensive|brief|mini|state-of-the-art|clinical|selective|"
        r"integrative|historical|present) ?-?(?:article |paper |narrative |literature |clinical |brief )?(?:mini-?)?(?:re|over)view\w*"
        r"|(?:we|article|paper|chapter|authors?|here) (?:\w+ ){0,2}(?:reviews?|reviewed|summari[sz]es?|discuss(?:es)?|"
        r"outlines?|highlights?|overviews?)\b|(?:is|are|were) (?:\w+ )?(?:reviewed|discussed|summari[sz]ed|outlined)\b|[:.] (?:a|an) (?:re|over)view\b"),
    Cue("overview of a field", needs=("recent", "current", "future", "literature"),
        phrase=r"recent (?:advances|developments|progress|studies|evidence|research|years)|current (?:knowledge|evidence|understanding|"
        r"literature|state|status|concepts)|future (?:directions|perspectives|research)|the literature\b"),
    # people and animals
    Cue("animals", word=r"rats?|mice|mouse|monkeys?|macaques?|rabbits?|dogs?|piglets?|pigs?|zebrafish|cats?|sheep|hamsters?|gerbils?|"
        r"marmosets?|baboons?|drosophila|elegans|chicks?|murine|rodents?|wistar|primates|horses?|cows?|calves|cattle|broilers?",
        needs=("animals?",), phrase=r"laboratory animals?|animal (?:model|stud|experiment)\w*"),
    Cue("animal strain", word=r"sprague|wistar|balb|knockout", needs=("rats", "mice", "evans", "transgenic"),
        phrase=r"c57bl|long[- ]evans|transgenic (?:mice|mouse|rats)"
        r"|(?:adult|male|female|aged|old|young|adolescent|diabetic|anesthetized|anaesthetized|type|treated) (?:rats|mice)\b|in (?:rats|mice)\b"),
    Cue("cells and tissue", word=r"cultured|oocytes|hela", needs=("vitro", "vivo", "cell", "cultures?", "slices", "clamp", "sh", "hek"),
        phrase=r"(?:in vitro|ex vivo)\b|cell (?:lines?|cultures?)\b|primary cultures?|(?:brain|hippocampal|cortical) slices|patch-clamp|sh-sy5y|hek ?293"),
    Cue("molecules", word=r"phosphorylat\w+|upregulat\w+|downregulat\w+|knockdown|overexpress\w+", needs=("expression", "levels", "pathways?", "western"),
        phrase=r"(?:mrna|protein|gene) (?:expression|levels)|signal(?:l)?ing pathways?|western blot\w*"),
    Cue("people", word=r"(?:in|out)?patients?|participants?|women|men|people|persons?|adults|children|volunteers|individuals|students|veterans|"
        r"adolescents|humans?|inpatients|outpatients"),
    Cue("people were recruited", word=r"recruited|enrolled|enroled", needs=("consent", "consecutive", "included"),
        phrase=r"informed consent|consecutive (?:\w+ )?(?:patients|cases)|(?:patients|participants|subjects) were included\b"),
    # observing
    Cue("cohort", word=r"cohorts?"),
    Cue("retrospective", word=r"retrospective\w*", needs=("chart", "records?"), phrase=r"chart review|(?:medical|health) records?\b|records were\b"),
    Cue("prospective", word=r"prospective(?:ly)?"),
    Cue("cross-sectional", word=r"prevalence", needs=("sectional",), phrase=r"cross-sectional\b"),
    Cue("case-control", needs=("controls?",), phrase=r"case[- ]control\w*|matched controls\b"),
    Cue("survey", word=r"surveys?|surveyed|questionnaires?"),
    Cue("registry data", word=r"registers?|registry|registries|databases?|naturalistic|nationwide", needs=("real", "claims", "population"),
        phrase=r"real[- ]world\b|claims data|population-based"),
    Cue("association", word=r"correlat\w+", needs=("associations?", "associated", "risk", "regression", "odds"),
        phrase=r"associations? (?:between|of|with)|associated with\b|risk factors?\b|(?:logistic|cox|linear) regression|odds ratio"),
    Cue("observational", word=r"observational|longitudinal|epidemiolog\w+", needs=("follow",), phrase=r"follow-up study\b"),
    # one patient, words, opinions, rules
    Cue("case report", needs=("cases?",),
        phrase=r"case (?:report|study|presentation|description|history|vignette)\w*\b|(?:a|one|two|three|this|rare|unusual|first|present|following|the) "
        r"(?:\w+ )?cases?\b(?! (?:of the|control|manag))"),
    Cue("patient presented", needs=("report", "present", "describe"),
        phrase=r"we (?:report|present|describe) (?:on )?(?:a|an|the|one|two|three|\d+) (?:\w+ ){0,4}(?:case|patient|man|woman|boy|girl|male|female|infant|child)\w*"),
    Cue("one patient", needs=("patients?", "man", "woman", "boy", "girl", "child", "cases?"),
        phrase=r"(?:in|of) (?:a|an|one|two|three|four) (?:[\w-]+ ){0,3}(?:patients?|man|woman|boy|girl|child|cases?)\b"),
    Cue("aged patient", needs=("old",),
        phrase=r"[- ](?:years?|months?|days?|weeks?)[- ]old (?:\w+[- ]){0,4}(?:man|woman|boy|girl|male|female|patient|infant|child|lady|gentleman|adult|veteran)\b"),
    Cue("case series", needs=("series",), phrase=r"case series\b|series of (?:\w+ ){0,2}(?:cases|patients)"),
    Cue("interviews", word=r"themes|phenomenological", needs=("interviews?", "focus", r"thematic\w*", "grounded", "qualitative\\w*", "lived"),
        phrase=r"(?:semi-?structured|in-?depth|qualitative) (?:\w+ )?interviews?|focus groups?|thematic(?:ally)? (?:content )?analy\w+|grounded theory"
        r"|qualitative (?:study|research|analys|method|descriptive|inquiry|data|approach|exploration)\w*|lived experiences?"),
    Cue("guideline", word=r"delphi", needs=("guidelines?", "consensus", "position", "recommendations", "expert"),
        phrase=r"(?:practice|clinical|management|treatment|evidence-based|international|consensus) guidelines?\b|consensus (?:statement|conference|recommendation|guideline|panel|document|paper)\w*"
        r"|position (?:statement|paper)\b|guidelines? (?:for|on)\b|recommendations (?:for|from|of the)\b|expert (?:panel|consensus)\b"),
    Cue("comment", word=r"comment(?:ary)?|editorial|viewpoint|perspective|opinion", needs=("letter", "reply", "response"),
        phrase=r"letter to the editor|reply to\b|response to (?:the )?(?:letter|comment)|authors?'? (?:reply|response)"),
    Cue("argument", word=r"argues?|essay", needs=("argued", "propose", "proposed", "suggest", "suggested", "hypothesi[sz]e"),
        phrase=r"it is (?:argued|proposed|suggested)\b|we (?:propose|hypothesi[sz]e|suggest)\b"),
    Cue("method or model", word=r"algorithms?|simulat\w+|software", needs=("computational", "mathematical", "learning", "neural"),
        phrase=r"(?:computational|mathematical|deep learning|machine learning|neural network) (?:model|method|approach)\w*"),
    Cue("secondary analysis", word=r"reanaly[sz]\w+|substudy", needs=("secondary", "hoc", "ancillary", "exploratory", "subset", "re", "sub"),
        phrase=r"secondary (?:data |statistical )?analys[ei]s|post[- ]hoc (?:\w+ )?analys[ei]s|re-analy[sz]\w+|ancillary study|"
        r"exploratory analys[ei]s of (?:data|a)\b|subset of (?:\w+ ){0,3}participants|sub-study of\b"),
    Cue("data of another study", needs=("data", "trial"),
        phrase=r"data (?:from|of) (?:a |an |the |two |three |our |previous |prior |earlier |larger |\w+ ){0,4}(?:[\w-]+ ){0,4}(?:trials?|study|studies)\b"
        r"|(?:occurs|occurred|nested|embedded|conducted|part) (?:within|in|of) (?:a|an|the) (?:\w+ ){0,3}trial\b"),
)  # fmt: skip

_NOTICE = re.compile(
    r"^\W*(?:corrections?|errat(?:um|a)|corrigend(?:um|a)|retraction(?: (?:note|notice|statement))?|notice of retraction|"
    r"expression of concern|publisher'?s? (?:correction|note|erratum)|author correction|addendum)\b\s*(?:$|[:.,\-–—(\[]|to\b|for\b|of\b|in\b|note\b|notice\b)"
    r"|[:.,\-–—(\[]\s*(?:corrigendum|erratum|correction|retraction|expression of concern|retraction notice|addendum)\W*$",
    re.IGNORECASE,
)

_REMARK_TITLE = re.compile(
    r"^\W*(?:comment(?:ary)? (?:on|to)\b|(?:authors?'? )?(?:reply|response) to(?: the)?(?: letter| comment|:| [\"“'‘])|in reply\b|editorial\b)"
    r"|[:.,\-–—(\[]\s*(?:authors?['’]? )?(?:reply|response|commentary|comment|editorial)\W*$"
)
_REMARK_START = re.compile(
    r"\W*(?:comments? on (?:an|the) (?:article|paper|study)|(?:replies|reply|response) (?:to (?:the )?(?:comments?|letter)|by)\b"
    r"|(?:this|the) letter (?:to the editor )?(?:was written|comments?|responds|is in response|discusses)\b"
    r"|this (?:commentary|editorial)\b|regarding the (?:article|paper)|we read with)"
)
_REMARKS = ("in this commentary", "in this editorial", "in this viewpoint")


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str], int], ...]:
    return tuple((cue.name, re.compile(cue.phrase), cue.reach) for cue in CUES)


class _Told(dict[str, tuple[tuple[int, ...], tuple[int, ...]]]):
    """Word → the cues that it shows by itself, and those whose phrase it calls for; `silent` words tell nothing."""

    def __init__(self) -> None:
        told = [pattern for cue in CUES for pattern in (cue.word, *cue.needs) if pattern]
        # Most words tell nothing: one look instead of one per cue.
        self._any = re.compile("|".join(told))
        self._cues = [(re.compile(cue.word or "(?!)"), re.compile("|".join(cue.needs) or "(?!)")) for cue in CUES]
        self.silent: set[str] = set()

    def __missing__(self, word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if not self._any.fullmatch(word):
            if len(self.silent) > 200_000:
                self.silent.clear()
            self.silent.add(word)
            return (), ()
        shown = tuple(place for place, (alone, _) in enumerate(self._cues) if alone.fullmatch(word))
        needed = tuple(place for place, (_, need) in enumerate(self._cues) if need.fullmatch(word))
        self[word] = shown, needed
        return shown, needed


@cache
def _told() -> _Told:
    return _Told()


def find_cues(lowered: str, words: Iterable[str]) -> Mapping[str, str]:
    """Cue name → words in a lower-case text that show it, in the order of `CUES`. `words` are the text's words."""
    told, shown, calling = _told(), dict[int, str](), dict[int, list[str]]()
    for word in set(words) - told.silent:
        alone, needed = told[word]
        for place in alone:
            # The first in the alphabet, so that the same text always gives the same word.
            shown[place] = min(word, shown.get(place, word))
        for place in needed:
            calling.setdefault(place, []).append(word)
    found, phrases = {}, _phrases()
    for place in sorted(shown | calling):
        name, phrase, reach = phrases[place]
        if place in shown:
            found[name] = shown[place]
        elif match := _near(phrase, lowered, calling[place], reach):
            found[name] = match[0]
    return found


def _near(phrase: re.Pattern[str], text: str, words: Iterable[str], reach: int) -> re.Match[str] | None:
    """The first match of a phrase around any of these words of the text, or anywhere if `reach` is 0."""
    if not reach:
        return _at_word_start(phrase, text, 0, len(text))
    places = []
    for word in words:
        place = text.find(word)
        while place >= 0:
            places.append((place, place + len(word)))
            place = text.find(word, place + len(word))
    places.sort()
    done = 0
    for start, end in places:
        # What lies before the end of the last window has been searched.
        begin, stop = max(start - reach, done), end + reach
        if match := _at_word_start(phrase, text, begin, stop):
            return match
        done = start
    return None


def _at_word_start(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    match = pattern.search(text, start, end)
    while match and match.start() and text[match.start() - 1].isalnum():
        match = pattern.search(text, match.start() + 1, end)
    return match


def is_notice(title: str) -> bool:
    """True for a title that announces a correction, a retraction or an expression of concern."""
    return bool(_NOTICE.search(title))


def is_remark(title: str, body: str) -> bool:
    """True for a letter, reply or commentary that says so of itself: its words are often those of the trial it is about.

    Both texts in lower case.
    """
    return bool(_REMARK_TITLE.search(title) or _REMARK_START.match(body)) or holds(body, _REMARKS)
