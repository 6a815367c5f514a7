"""Phrases that tell a study's design, found in title and abstract.

Each cue stands on a phrase that authors use for one thing. Rules decide with them (`classify.design_rules`), the
trained model counts them as features, and "Why this label?" shows the words that were found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Cue:
    """`pattern` is searched only where one of `needs` (plain lower-case text) occurs: most cues cost one look."""

    name: str
    needs: tuple[str, ...]
    pattern: str


_RANDOM = (
    r"(?<!non)(?<!non-)(?<!not )(?<!quasi-)\brandom(?:ly|i[sz]ed|i[sz]ation|i[sz]e|i[sz]es|i[sz]ing)?\b"
    r"(?! (?:sampl|select|effect|chosen|forest|field|walk|number|sequence gen|control(?:led)? trials|"
    r"clinical trials|trials|studies|controlled studies|intercept|coefficient|survey|digit|draw|regression|mutagen|"
    r"sampled|selected|primer|hexamer|spread|coil|variation|distribut))"
)

CUES = (
    # how people (or animals) were allocated
    Cue("allocated at random", ("random",),
        r"\brandom(?:ly|i[sz]ed)? (?:and \w+ )?(?:assign|allocat|divid|distribut|receiv|to |into |in |order|1:1|2:1|between)\w*"
        r"|\bwere (?:\w+ly )?randomi[sz]ed|\brandomi[sz]ed (?:in|to|into|patients|participants|subjects|women|men|adults)\b"
        r"|\b(?:assigned|allocated|divided|received|counterbalanced)[^.]{0,40} (?:at random|randomly|by randomi[sz]ation)"
        r"|\brandom (?:order|allocation|assignment)|\brandomi[sz]ation (?:was|list|ratio|code|to)"),
    Cue("randomised design", ("random",),
        r"\brandomi[sz]ed,? (?:[a-z0-9-]+,? (?:and )?){0,6}(?:trial|study|crossover|cross-over|design|comparison|experiment|evaluation)\b"
        r"|\b(?:cross-?over|parallel|blind(?:ed)?|placebo-controlled)[^.]{0,30} randomi[sz]ed|\bRCT\b"),
    Cue("random", ("random",), _RANDOM),
    Cue("randomised trials in the plural", ("random", "rct"),
        r"\brandomi[sz]ed (?:\w+-?\w* ){0,3}(?:trials|studies)\b|\bRCTs\b"),
    Cue("not randomised", ("random",),
        r"\b(?:non|quasi)-?randomi[sz]ed|\bnot randomi[sz]ed|\bwithout randomi[sz]ation|\bmendelian randomi[sz]ation"),
    Cue("placebo", ("placebo", "sham"), r"\bplacebo|\bsham\b"),
    Cue("double-blind", ("blind", "masked"), r"\b(?:double|triple)[ -]?(?:blind|mask)\w*"),
    Cue("single-blind", ("blind",), r"\bsingle[ -]?blind\w*|\bassessor-blind\w*|\brater-blind\w*"),
    Cue("crossover", ("cross",), r"\bcross-?over\b|\bcrossed over\b|\bwithin-subjects? design"),
    Cue("open-label", ("open",), r"\bopen[ -](?:label|trial|study|pilot|clinical)\w*"),
    Cue("single arm", ("arm", "uncontrolled", "pre-", "pre/"),
        r"\bsingle[ -]arm|\bone-arm|\buncontrolled (?:study|trial)|\bpre-?post|\bpre/post"),
    Cue("trial", ("trial",), r"\b(?:clinical|controlled|pilot|phase [1-4IV]+|feasibility|proof-of-concept) trial\b"),
    Cue("received a dose", ("received", "underwent", "administ", "infus", "injected", "given"),
        r"\b(?:patients|subjects|participants|volunteers|men|women|adults|individuals|inpatients|children)\b[^.]{0,80}"
        r"\b(?:received|underwent|were (?:administered|given|injected|infused|treated)|was (?:administered|given))\b"),
    Cue("healthy volunteers", ("healthy", "volunteer"),
        r"\bhealthy (?:\w+ ){0,2}(?:volunteers|subjects|participants|individuals|adults|males|men|humans|controls)|\bvolunteers\b"),
    # plans
    Cue("study protocol", ("protocol",), r"\b(?:study|trial|review) protocol\b|\bprotocol (?:for|of) (?:a|an|the)\b"),
    Cue("will be done", ("will ",),
        r"\bwill (?:then |also |all )?(?:be (?:\w+ly )?(?:random|recruit|enrol|assess|measur|invit|allocat|assign|conduct|"
        r"includ|evaluat|collect|perform|compar|follow|treat|test|analy|admin|given|undertak|used|select|asked|searched)\w*"
        r"|receive|undergo|complete|evaluate|assess|investigate|examine|compare|test|determine|include|recruit|enrol|"
        r"explore|search|inform|study|conduct|measure|participate)\b"),
    Cue("registry form", ("primary purpose", "inclusion criteria:", "exclusion criteria:", "outcome:", "condition:",
                          "purpose of this study is", "intervention:"),
        r"\bprimary purpose\b|\b(?:inclusion|exclusion) criteria:|\b(?:primary|secondary) outcome:|\bcondition: "
        r"|\bintervention: |\bpurpose of this study is\b"),
    Cue("aims in the present tense", ("aim", "purpose", "propose", "plan"),
        r"\b(?:study|trial|project|we) (?:aims?|plans?|proposes?|intends?) to\b|\bis (?:planned|designed|proposed) to\b"),
    # reviews
    Cue("meta-analysis", ("meta",), r"\b(?:network |individual patient data )?meta-?analy[sz]\w+|\bmeta-?regression"),
    Cue("pooled", ("pooled", "random-effects", "random effects", "heterogeneity", "standardi", "odds ratio"),
        r"\bpooled (?:estimate|effect|analys|odds|risk|mean|prevalence|data|result|rate|sens|or\b|rr\b|hr\b)\w*"
        r"|\brandom[- ]effects? (?:model|meta)|\bI ?(?:2|²)\b ?="),
    Cue("systematic review", ("systematic", "scoping", "umbrella", "rapid review", "overview of"),
        r"\bsystematic(?:ally)? (?:\w+ ){0,3}(?:review|search|overview|literature|map)\w*|\bscoping (?:literature )?review"
        r"|\bumbrella review|\brapid review|\boverview of (?:systematic )?reviews|\breviewed systematically"),
    Cue("searched databases", ("search", "pubmed", "medline", "embase", "prisma", "psycinfo", "cochrane", "scopus"),
        r"\b(?:pubmed|medline|embase|psycinfo|scopus|web of science|cochrane|cinahl|google scholar|databases?)\b"
        r"[^.]{0,120}\bsearch\w*|\bsearch\w*\b[^.]{0,120}\b(?:pubmed|medline|embase|psycinfo|scopus|web of science|cochrane|"
        r"cinahl|google scholar|databases?|literature)\b|\bPRISMA\b"),
    Cue("studies were included", ("studies", "trials", "articles", "rcts", "records", "papers"),
        r"\b(?:\d+|\w+teen|\w+ty|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:\w+ ){0,4}"
        r"(?:studies|trials|articles|rcts|papers|records|reports|publications)\b"),
    Cue("review", ("review", "overview"),
        r"\b(?:this|the present|our|current|narrative|critical|literature|comprehensive|brief|mini|state-of-the-art|clinical|selective|"
        r"integrative|historical|present) ?-?(?:article |paper |narrative |literature |clinical |brief )?(?:mini-?)?(?:re|over)view\w*"
        r"|\b(?:we|article|paper|chapter|authors?|here) (?:\w+ ){0,2}(?:reviews?|reviewed|summari[sz]es?|discuss(?:es)?|"
        r"outlines?|highlights?|overviews?)\b|\b(?:is|are|were) (?:\w+ )?(?:reviewed|discussed|summari[sz]ed|outlined)\b"),
    Cue("overview of a field", ("recent", "advances", "current", "literature", "emerging", "future"),
        r"\brecent (?:advances|developments|progress|studies|evidence|research|years)|\bcurrent (?:knowledge|evidence|understanding|"
        r"literature|state|status|concepts)|\bfuture (?:directions|perspectives|research)|\bthe literature\b"),
    # people and animals
    Cue("animals", ("rat", "mice", "mouse", "monkey", "animal", "rabbit", "dog", "pig", "zebrafish", "cats", "sheep",
                    "hamster", "macaque", "drosophila", "elegans", "chick", "murine", "rodent", "primate", "wistar"),
        r"\b(?:rats?|mice|mouse|monkeys?|macaques?|rabbits?|dogs?|piglets?|pigs?|zebrafish|cats?|sheep|hamsters?|gerbils?|"
        r"marmosets?|baboons?|drosophila|elegans|chicks?|murine|rodents?|wistar|guinea pigs?|"
        r"non-?human primates?|laboratory animals?|animal (?:model|stud|experiment)\w*)\b"),
    Cue("animal strain", ("sprague", "wistar", "c57", "balb", "long-evans", "knockout", "transgenic", "mice", "rats"),
        r"\bsprague[- ]dawley|\bwistar\b|\bc57bl|\bbalb/?c|\blong[- ]evans|\bknock-?out mice|\btransgenic (?:mice|mouse|rats)"
        r"|\b(?:adult|male|female|aged|old|young|adolescent|diabetic|anesthetized|anaesthetized|type|treated) (?:rats|mice)\b|\bin (?:rats|mice)\b"),
    Cue("cells and tissue", ("vitro", "cell", "cultured", "slices", "neurons", "tissue", "patch"),
        r"\bin vitro\b|\bex vivo\b|\bcell lines?\b|\bcultured\b|\bcell cultures?\b|\bprimary cultures?|\b(?:brain|hippocampal|cortical) slices"
        r"|\bpatch-clamp|\b(?:SH-SY5Y|HEK ?293|PC12|HeLa|BV-?2|U87|oocytes)\b"),
    Cue("molecules", ("express", "protein", "mrna", "receptor", "signal", "pathway", "gene"),
        r"\b(?:mrna|protein|gene) (?:expression|levels)|\bsignal(?:l)?ing pathways?|\bwestern blot\w*|\bphosphorylat\w+|\bupregulat\w+"
        r"|\bdownregulat\w+|\bknock-?down\b|\boverexpress\w+"),
    Cue("people", ("patient", "participant", "women", "men", "people", "adult", "child", "volunteer", "individual", "student",
                   "veteran", "human", "person", "adolescent"),
        r"\b(?:in|out)?patients?\b|\bparticipants?\b|\bwomen\b|\bmen\b|\bpeople\b|\bpersons?\b|\badults\b|\bchildren\b|\bvolunteers\b"
        r"|\bindividuals\b|\bstudents\b|\bveterans\b|\badolescents\b|\bhumans?\b"),
    Cue("people were recruited", ("recruit", "enrol", "consent", "consecutive", "included", "eligible"),
        r"\b(?:recruited|enrolled|enroled|informed consent|consecutive (?:\w+ )?(?:patients|cases)|(?:patients|participants|subjects) were included)\b"),
    # observing
    Cue("cohort", ("cohort",), r"\bcohorts?\b"),
    Cue("retrospective", ("retrospective", "chart", "records"),
        r"\bretrospective\w*|\bchart review|\bmedical records?\b|\bhealth records?\b|\brecords (?:were|of)\b"),
    Cue("prospective", ("prospective",), r"\bprospective(?:ly)?\b"),
    Cue("cross-sectional", ("cross", "prevalence"), r"\bcross-sectional\b|\bprevalence\b"),
    Cue("case-control", ("case",), r"\bcase[- ]control\w*|\bmatched controls\b"),
    Cue("survey", ("survey", "questionnaire"), r"\b(?:online |web |national |postal )?surveys?\b|\bsurveyed\b|\bquestionnaires?\b"),
    Cue("registry data", ("regist", "database", "real-world", "claims", "naturalistic", "population-based", "nationwide"),
        r"\bregist(?:er|ry|ries)\b(?! number)|\breal[- ]world\b|\bclaims data|\bdatabases?\b|\bnaturalistic|\bpopulation-based|\bnationwide"),
    Cue("association", ("associat", "correlat", "predict", "risk factor", "regression"),
        r"\bassociations? (?:between|of|with)|\bassociated with\b|\bcorrelat\w+|\brisk factors?\b|\b(?:logistic|cox|linear) regression|\bodds ratio"),
    Cue("observational", ("observational", "longitudinal", "follow-up stud", "epidemiolog"),
        r"\bobservational\b|\blongitudinal\b|\bfollow-up study\b|\bepidemiolog\w+"),
    # one patient, words, opinions, rules
    Cue("case report", ("case", "report"),
        r"\bcase (?:report|study|presentation|description|history|vignette)\b|\b(?:a|one|two|three|this|rare|unusual|first|present|following|the) "
        r"(?:\w+ )?cases?\b(?! (?:of the|control|manag))|\bwe (?:report|present|describe) (?:on )?(?:a|an|the|one|two|three|\d+) (?:\w+ ){0,4}"
        r"(?:case|patient|man|woman|boy|girl|male|female|infant|child)\w*|\bcase reports\b"),
    Cue("aged patient", ("year", "month", "old"),
        r"\b(?:\d{1,2}|\w+)[- ](?:years?|months?|day|week)[- ]old (?:\w+[- ]){0,4}(?:man|woman|boy|girl|male|female|patient|infant|child|lady|gentleman|adult|veteran)\b"),
    Cue("case series", ("case",), r"\bcase series\b|\bseries of (?:\w+ ){0,2}(?:cases|patients)"),
    Cue("interviews", ("interview", "focus group", "thematic", "qualitative", "grounded", "phenomenolog", "narrative analysis", "lived"),
        r"\b(?:semi-?structured|in-?depth|qualitative) (?:\w+ )?interviews?|\bfocus groups?|\bthematic(?:ally)? (?:content )?analy\w+|\bgrounded theory"
        r"|\bphenomenological\b|\bqualitative (?:study|research|analys|method|descriptive|inquiry|data|approach|exploration)\w*|\blived experiences?|\bthemes\b"),
    Cue("guideline", ("guideline", "consensus", "position", "delphi", "recommendations"),
        r"\b(?:practice|clinical|management|treatment|evidence-based|international|consensus) guidelines?\b|\bconsensus (?:statement|conference|recommendation|guideline|panel|document|paper)\w*"
        r"|\bposition (?:statement|paper)\b|\bdelphi\b|\bguidelines? (?:for|on)\b|\brecommendations (?:for|from|of the)\b|\bexpert (?:panel|consensus)\b"),
    Cue("comment", ("comment", "editorial", "letter", "reply", "response to", "viewpoint", "perspective", "opinion", "invited", "correspondence"),
        r"\bcomment(?:ary)?\b(?: on)?|\beditorial\b|\bletter to the editor|\breply to\b|\bresponse to (?:the )?(?:letter|comment)|\bauthors?'? (?:reply|response)|\bviewpoint\b|\bperspective\b|\bopinion\b"),
    Cue("argument", ("argue", "propose", "hypothes", "essay", "should"),
        r"\bwe argue\b|\bargues?\b|\bit is (?:argued|proposed|suggested)\b|\bwe (?:propose|hypothesi[sz]e|suggest)\b|\bessay\b"),
    Cue("method or model", ("algorithm", "simulat", "model", "software", "method"),
        r"\balgorithms?\b|\bsimulat\w+|\bsoftware\b|\b(?:computational|mathematical|deep learning|machine learning|neural network) (?:model|method|approach)\w*|\bwe (?:developed|propose) a\b"),
    Cue("secondary analysis", ("secondary", "post hoc", "post-hoc", "reanaly", "re-analy", "data from", "pooled", "subset", "ancillary", "exploratory"),
        r"\bsecondary (?:data )?analys[ei]s|\bpost[- ]hoc (?:\w+ )?analys[ei]s|\bre-?analy[sz]\w+|\b(?:using|used|analy[sz]ed|examined|combined|pooled) (?:\w+ ){0,3}data from (?:\w+[- ]?){0,4}"
        r"(?:trial|study|studies|trials)\b|\bancillary study|\bexploratory analys[ei]s of (?:data|a)\b|\bsubset of (?:\w+ ){0,3}participants|\bsub-?study of\b"),
)  # fmt: skip

_NOTICE = re.compile(
    r"^\W*(?:corrections?|errat(?:um|a)|corrigend(?:um|a)|retract(?:ion|ed)(?: (?:note|notice|statement))?|notice of retraction|"
    r"expression of concern|publisher'?s? (?:correction|note|erratum)|author correction|addendum)\b\s*(?:$|[:.,\-–—(\[]|to\b|for\b|of\b|in\b|note\b|notice\b)"
    r"|[:.,\-–—(\[]\s*(?:corrigendum|erratum|correction|retraction|expression of concern|retraction notice|addendum)\W*$",
    re.IGNORECASE,
)


@cache
def compiled_cues() -> tuple[tuple[Cue, re.Pattern[str]], ...]:
    """Every cue with its pattern, ready to search; lower-case texts only."""
    return tuple((cue, re.compile(cue.pattern.lower())) for cue in CUES)


def find_cues(lowered: str) -> Mapping[str, str]:
    """Cue name → the first words in a lower-case text that show it, in the order of `CUES`."""
    found = {}
    for cue, pattern in compiled_cues():
        if any(need in lowered for need in cue.needs) and (match := pattern.search(lowered)):
            found[cue.name] = match[0]
    return found


def is_notice(title: str) -> bool:
    """True for a title that announces a correction, a retraction or an expression of concern."""
    return bool(_NOTICE.search(title))
