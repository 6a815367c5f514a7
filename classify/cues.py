"""The words by which abstracts state a direction: change, benefit, harm, no difference, doubt. No topic knows them.

All patterns read text prepared by `phrases.plain` (lower case, plain hyphens).
"""

from __future__ import annotations

import re

from classify.sieve import Sought

#: Where one statement ends and the next begins inside a sentence.
CLAUSE = re.compile(  # it all begins with one class of signs, to which the engine can skip
    r"[;:,.)\s](?:(?<=[;:])\s|(?:(?<=,)\s|(?<=\s))(?=(?:but|although|though|whereas|while|however|yet|despite|nevertheless|except)\b)"
    r"|(?<=,)\s(?=with (?:no|a|the|significant)\b|(?:and|or|nor) (?:no|not|did|was|were|had|has|is|are|led|there|also"
    r"|increased|reduced|decreased|improved|showed|associated|the|a|in)\b|which\b|suggesting\b|indicating\b)"
    r"|(?<=\s)(?=without\b|and (?:no|there (?:was|were) no|did not)\b)"
    r"|(?<=\d\)),\s(?=(?:and|with)\b)|(?<=\.)\s+(?=[a-z]))"
)
#: A leading "although …," clause ends at its comma.
CONTRAST = re.compile(r"^(?:but|although|though|whereas|while|however|yet|despite|nevertheless|except)\b")

_GAP = r"(?:[\w/%+.-]+ ){0,4}"
NULL = Sought(
    rf"\bno (?:statistically |clinically |clear |overall |other |such |main |further |evidence (?:of|for|that) (?:an? )?)*"
    rf"(?:significant(?:ly)? )?{_GAP}(?:differen\w+|chang\w+|effects?\b|improvement|reduction|decrease|increase|benefit|advantage"
    rf"|association|interaction|relationship|superiority|response\b|efficacy|impact|influence)"
    rf"|\b(?:did|does|do|was|were|is|are|has|have|had|could|may) not {_GAP}(?:differ\w*|chang\w+|improv\w+|reduc\w+|decreas\w+"
    rf"|increas\w+|affect\w*|alter\w*|influenc\w+|separat\w+|enhanc\w+|associated|significant\w*|different|superior|effective"
    rf"|show\w*|produc\w+|result\w*|lead|reach|attain|predict\w*|detected|observed|found|modif\w+|benefit\w*|worsen\w*|impair\w*"
    rf"|evident|confer|prolong\w*|prevent\w*|support\w*|lower|raise|attenuat\w+|potentiat\w+|block\w*)"
    rf"|\bnot (?:statistically |clinically )?significant\w*|\bnot (?:significantly|statistically) \w+|\bnon-?significan\w+"
    rf"|\binsignificant\w*|\bno (?:significance|different)\b|\bfailed to\b|\bneither\b|\bunchanged\b|\bunaffected\b|\bunaltered\b"
    rf"|\bwithout (?:any )?(?:significant(?:ly)? )?{_GAP}(?:differen\w+|chang\w+|increas\w+|impair\w+|affect\w+|improv\w+)"
    rf"|\black of (?:an? )?(?:significant )?(?:\w+ )?(?:effect|difference|benefit|efficacy|improvement|relationship)\w*"
    rf"|\bno longer significant|\bremained stable\b|\bnot detected\b|\bns\b"
    rf"|\b(?:similar|comparable|equivalent|equal|the same)\b(?! to (?:those|that) (?:of|reported)| drug| agents| compounds| studies| findings)"
    rf"|\bsimilarly\b(?=[^,])|\bequally\b|\bdifferences? (?:was|were) not\b|\bas (?:effective|efficacious|safe) as\b"
)
#: "similar" and its kind compare arms only beside a word of comparison.
LIKENESS = Sought(r"\b(?:similar|comparable|equivalent|equal|the same|similarly|equally)\b")
COMPARED = Sought(
    r"\b(?:groups?|arms?|between|compared|versus|vs|than|placebo|controls?|midazolam|saline|both (?:groups|treatments|arms))\b"
)
UP = Sought(
    r"\b(?:increas\w+|higher|greater|more|longer|elevat\w+|enhanc\w+|larger|prolong\w*|raised?|raising|augment\w*|rose|highest"
    r"|greatest|sustained|maintain\w+|extend\w*|potentiat\w+|heighten\w*)\b"
)
DOWN = Sought(
    r"\b(?:decreas\w+|reduc\w+|lower\w*|fewer|less|shorter|declin\w+|attenuat\w+|diminish\w*|dropp\w+|fell|suppress\w*|lowest"
    r"|least|shorten\w*|drop|blunt\w*|abolish\w*|prevent\w*|inhibit\w*|smaller|minimi\w+|lessen\w*|sparing|cessation|block\w*"
    r"|revers\w+|normali\w+|absence of|resol\w+)\b"
)
GOOD = Sought(
    r"\b(?:improv\w+|effective\w*|efficac\w+|benefi\w+|superior\w*|better|alleviat\w+|reliev\w+|relief|ameliorat\w+|respond(?:ed|s|ing)?\b"
    r"|promis\w+|favou?r\w*|positive (?:results?|effects?|outcomes?|impact)|advantage\w*|success\w*|help\w*|remitted|robust"
    r"|recover\w*|therapeutic (?:effects?|potential|benefits?)|antidepressant|antidepressant-like|gains?|useful|met criteria"
    r"|potential (?:treatment|therap\w+|role|benefit)|protect\w*|rescued?|outperform\w*)\b"
)
BAD = Sought(
    r"\b(?:worse\w*|deteriorat\w+|impair\w+|inferior\w*|harm\w*|exacerbat\w+|triggered|relapsed|risks?|caution\w*|warn\w*"
    r"|intolerable|poor\w*|concern\w*|precipitat\w+|aggravat\w+|detriment\w*|ineffective|less effective|disrupt\w*"
    r"|reverted|returned to baseline|waned)\b"
)
#: A word of size before a noun of change says how big the change is, not which way it goes.
SIZE = Sought(
    r"\b(?:greater|larger|higher|more|increased|longer|greatest|most|sustained|maintained|enhanced|extended)"
    r"(?= (?:\w+ ){0,3}?(?:reduc\w+|decreas\w+|improv\w+|declin\w+|drop|relief|benefi\w+|efficac\w+|effective\w*|respons\w+"
    r"|antidepress\w*|anti\w+|suppress\w+|alleviat\w+|efficacious|robust\w*|promising)\b)"
)
SMALL = Sought(
    r"\b(?:less|smaller|lower|reduced|decreased|diminished|limited|weaker|attenuated|blunted|poorer)"
    r"(?= (?:\w+ ){0,2}?(?:reduc\w+|decreas\w+|improv\w+|declin\w+|relief|benefi\w+|efficac\w+|effective\w*|respons\w+"
    r"|antidepress\w*)\b)"
)
P_VALUE = Sought(r"\bp(?:-?\s?values?)?(?:'s)?\s?(?P<sign>[<>=≤≥])\s?(?P<value>0?[.,·]\d+|1\.0+|0\b)")
INTERVAL = Sought(
    r"(?P<measure>\b(?:a?or|rr|hr|irr|odds ratio|risk ratio|hazard ratio|relative risk|smd|md|wmd|mean difference|difference|"
    r"g|d|estimate|β|b)\b)[^()\[\]]{0,24}?[=:,\s]\s?-?[\d.]+[^a-z]{0,6}(?:95\s?%\s?)?(?:ci|confidence interval)[:\s=,]*[\[(]?\s?"
    r"(?P<low>-?\d+\.?\d*)\s?(?:to|,|;|-|–)\s?(?P<high>-?\d+\.?\d*)"
)
#: Statements about who responds, or by which path, are not about whether the drug works.
NOT_THE_CONTRAST = Sought(
    r"\bpredict\w*|\bmediat\w+|\bmoderat(?:or|ed by|ing)\w*|\bcorrelat\w+|\bassociations? (?:between|of|with)\b|\bbaseline \w+ (?:was|were)"
    r"|\bresponders (?:did|showed|had|were)\b|\bnon-?responders\b|\bamong responders\b|\b(?:was|were) (?:positively|negatively) related\b"
    r"|\bmore frequently (?:males|females)\b|\bsubgroup\b"
)
ASSOCIATED = Sought(r"\bassociated with\b|\blinked to\b|\brelated to\b")
#: Aims, hopes and calls for research state no result.
UNSTATED = Sought(
    r"\b(?:aim(?:ed|s)? (?:to|of|was|is)|hypothesi[sz]e\w*|we sought|sought to|whether|to determine|to (?:investigate|examine|assess|"
    r"evaluate|explore|compare|test|study|clarify|determine|establish|identify|confirm)|will be|will (?:provide|help|have)|is needed|are needed"
    r"|(?:is|are) (?:warranted|required|necessary)|needs? to be|should be (?:considered|investigated|explored|studied|interpreted)"
    r"|remains? (?:unknown|unclear|to be|uncertain|limited)|is (?:unknown|unclear)|future (?:research|studies|work|trials|controlled)"
    r"|further (?:research|studies|study|trials|investigation|work)|objective|purpose|little is known|we (?:report|describe|present|review)"
    r"|this (?:study|review|article|paper|trial|work) (?:aim|examin|investigat|evaluat|explor|describ|review|assess|was designed|was to))"
)
COMPARATOR = Sought(
    r"\b(?:placebo|controls?|saline|midazolam|comparators?|sham|standard care|usual care|treatment as usual|ect|electroconvulsive"
    r"|vehicle|lorazepam|methohexital|propofol|non-?users|nonketamine|non-ketamine|etomidate|thiopental|quetiapine"
    r"|comparison (?:group|treatment)|active control)\b"
)
THAN = Sought(
    r"\b(?:than|compared (?:with|to)|as compared|relative to|versus|vs\.?|over|in comparison (?:with|to)|with respect to)\b"
)
