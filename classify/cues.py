"""The words by which abstracts state a direction: change, benefit, harm, no difference, doubt. No topic knows them.

All patterns read text prepared by `phrases.plain` (lower case, plain hyphens).
"""

from __future__ import annotations

import re

#: Where one statement ends and the next begins inside a sentence.
CLAUSE = re.compile(  # it all begins with one class of signs, to which the engine can skip
    r"[;:,.)\s](?:(?<=[;:])\s|(?:(?<=,)\s|(?<=\s))(?=(?:but|although|though|whereas|while|however|yet|despite|nevertheless|except)\b)"
    r"|(?<=,)\s(?=with (?:no|a|the|significant)\b|(?:and|or|nor) (?:no|not|did|was|were|had|has|is|are|led|there|also"
    r"|may|might|could|increased|reduced|decreased|improved|showed|associated|the|a|in)\b|which\b|suggesting\b|indicating\b)"
    r"|(?<=\s)(?=without\b|and (?:no|there (?:was|were) no|did not)\b)"
    r"|(?<=\d\)),\s(?=(?:and|with)\b)|(?<=\.)\s+(?=[a-z]))"
)
#: A leading "although …," clause ends at its comma.
CONTRAST = re.compile(r"^(?:but|although|though|whereas|while|however|yet|despite|nevertheless|except)\b")

_GAP = r"(?:[\w/%+.-]+ ){0,4}"
NULL = re.compile(
    rf"\bno (?:statistically |clinically |clear |overall |other |such |main |further |evidence (?:of|for|that) (?:an? )?)*"
    rf"(?:significant(?:ly)? )?{_GAP}(?:differen\w+|chang\w+|effects?\b|improvement|reduction|decrease|increase|benefit|advantage"
    rf"|association|interaction|relationship|superiority|response\b|efficacy|impact|influence)"
    rf"|\b(?:did|does|do|was|were|is|are|has|have|had|could|may) not {_GAP}(?:differ\w*|chang\w+|improv\w+|reduc\w+|decreas\w+"
    rf"|increas\w+|affect\w*|alter\w*|influenc\w+|separat\w+|enhanc\w+|associated|significant\w*|different|superior|effective"
    rf"|show\w*|produc\w+|result\w*|lead|reach|attain|predict\w*|detected|observed|found|modif\w+|benefit\w*|worsen\w*|impair\w*"
    rf"|evident|confer|prolong\w*|prevent\w*|support\w*|lower|raise|attenuat\w+|potentiat\w+|block\w*)"
    rf"|\bnot (?:statistically |clinically )?significant\w*|\bnot (?:significantly|statistically) \w+|\bnon-?significan\w+"
    rf"|\binsignificant\w*|\bno (?:significance|different)\b|\bfail(?:ed|s)? to (?:show|demonstrate|improve|reduce|decrease|increase|alter|affect|separate|reach|produce|prevent|attenuate|block|find|detect|provide|enhance)\b|\bneither\b|\bunchanged\b|\bunaffected\b|\bunaltered\b"
    rf"|\bwithout (?:any )?(?:significant(?:ly)? )?{_GAP}(?:differen\w+|chang\w+|increas\w+|impair\w+|affect\w+|improv\w+)"
    rf"|\black of (?:an? )?(?:significant )?(?:\w+ )?(?:effect|difference|benefit|efficacy|improvement|relationship)\w*"
    rf"|\bno longer significant|\bremained stable\b|\bnot detected\b|\(ns\)|\bp\s?[=:]\s?ns\b|\bn\.s\."
    rf"|\b(?:did|does|has|have|had) not (?:\w+ )?(?:achieve|attain|meet)\b|\bcannot {_GAP}(?:reduc\w+|decreas\w+|improv\w+|increas\w+|prevent\w*|affect\w*)"
    rf"|\bno significantly \w+|\binsufficient to\b|\bno (?:greater|additional|added) \w+|\bno notable \w+|\bnot (?:\w+ )?(?:stronger|better|greater|superior|more effective)\b"
    rf"|\b(?:similar|comparable|equivalent|equal|the same)\b(?! to (?:those|that) (?:of|reported)| drug| agents| compounds| studies| findings)"
    rf"|\bsimilarly\b(?=[^,])|\bequally\b|\bdifferences? (?:was|were) not\b|\bas (?:effective|efficacious|safe) as\b"
)
#: "similar" and its kind compare arms only beside a word of comparison.
LIKENESS = re.compile(r"\b(?:similar|comparable|equivalent|equal|the same|similarly|equally)\b")
COMPARED = re.compile(
    r"\b(?:groups?|arms?|between|compared|versus|vs|than|placebo|controls?|midazolam|saline|both (?:groups|treatments|arms))\b"
)
UP = re.compile(
    r"\b(?:increas\w+|higher|greater|more|longer|elevat\w+|enhanc\w+|larger|prolong\w*|raised?|raising|augment\w*|rose|highest"
    r"|greatest|sustained|maintain\w+|extend\w*|potentiat\w+|heighten\w*)\b"
)
DOWN = re.compile(
    r"\b(?:decreas\w+|reduc\w+|lower\w*|fewer|less|shorter|declin\w+|attenuat\w+|diminish\w*|dropp\w+|fell|suppress\w*|lowest"
    r"|(?<!at )least|shorten\w*|drop|blunt\w*|abolish\w*|prevent\w*|inhibit\w*|smaller|minimi\w+|lessen\w*|sparing|cessation|block\w*"
    r"|revers\w+|normali\w+|absence of|resol\w+)\b"
)
GOOD = re.compile(
    r"\b(?:improv\w+|effective|efficacious|benefi\w+|superior\w*|better|alleviat\w+|reliev\w+|relief|ameliorat\w+|respond(?:ed|s|ing)?\b"
    r"|promis\w+|favou?r\w*|positive (?:results?|effects?|outcomes?|impact)|advantage\w*|success\w*|help\w*|remitted|robust"
    r"|recover\w*|therapeutic (?:effects?|potential|benefits?)|gains?|useful|met criteria"
    r"|(?:produc\w+|exert\w*|induc\w+|show\w*|demonstrat\w+|display\w*|exhibit\w*|elicit\w*|had|has|have|possess\w*|provid\w+) (?:[\w,-]+ ){0,4}(?:antidepressant|analgesic|anxiolytic|antisuicidal|anti-suicidal|anti-\w+)(?:-like)? (?:effect|respon|action|efficac|activit|propert)\w*"
    r"|(?:show\w*|demonstrat\w+|support\w*|proven|good|superior|significant|high|promising|robust|evidence (?:of|for)) (?:[\w-]+ ){0,3}(?:efficacy|effectiveness)"
    r"|potential (?:treatment|therap\w+|role|benefit)|protect\w*|rescued?|outperform\w*)\b"
)
BAD = re.compile(
    r"\b(?:worse\w*|deteriorat\w+|impair(?:ed|s|ing)|inferior\w*|harm\w*|exacerbat\w+|triggered|relapsed|caution\w*|warn\w*"
    r"|intolerable|poor\w*|concern\w*|precipitat\w+|aggravat\w+|detriment\w*|ineffective|less effective|disrupt\w*"
    r"|reverted|returned to baseline|waned)\b"
)
#: A word of size before a noun of change says how big the change is, not which way it goes.
SIZE = re.compile(
    r"\b(?:greater|larger|higher|more|increased|longer|greatest|most|sustained|maintained|enhanced|extended)"
    r"(?= (?:\w+ ){0,3}?(?:reduc\w+|decreas\w+|improv\w+|declin\w+|drop|relief|benefi\w+|efficac\w+|effective\w*|respons\w+"
    r"|antidepress\w*|anti\w+|suppress\w+|alleviat\w+|efficacious|robust\w*|promising)\b)"
)
SMALL = re.compile(
    r"\b(?:less|smaller|lower|reduced|decreased|diminished|limited|weaker|attenuated|blunted|poorer)"
    r"(?= (?:\w+ ){0,2}?(?:reduc\w+|decreas\w+|improv\w+|declin\w+|relief|benefi\w+|efficac\w+|effective\w*|respons\w+"
    r"|antidepress\w*)\b)"
)
P_VALUE = re.compile(r"\bp(?:-?\s?values?)?(?:'s)?\s?(?P<sign>[<>=≤≥])\s?(?P<value>0?[.,·]\d+|1\.0+|0\b)")
INTERVAL = re.compile(
    r"(?P<measure>\b(?:a?or|rr|hr|irr|odds ratio|risk ratio|hazard ratio|relative risk|smd|md|wmd|mean difference|differences?|"
    r"g|d|estimate|β|b)\b)[^()\[\]]{0,24}?[=:,\s]\s?-?[\d.]+(?: points?)?[^a-z]{0,6}(?:95\s?%\s?)?(?:ci|confidence interval)[:\s=,]*[\[(]?\s?"
    r"(?P<low>-?\d+\.?\d*)\s?(?:to|,|;|-|–)\s?(?P<high>-?\d+\.?\d*)"
)
#: Statements about who responds, or by which path, are not about whether the drug works.
NOT_THE_CONTRAST = re.compile(
    r"\bpredict\w*|\bmediat\w+|\bmoderat(?:or|ed by|ing)\w*|\bcorrelat\w+|\bassociations? (?:between|of|with)\b|\bbaseline \w+ (?:was|were)"
    r"|\bresponders (?:did|showed|had|were)\b|\bnon-?responders\b|\bamong responders\b|\b(?:was|were) (?:positively|negatively) related\b"
    r"|\bmore frequently (?:males|females)\b|\bsubgroup\b"
)
ASSOCIATED = re.compile(r"\bassociated with\b|\blinked to\b|\brelated to\b")
#: Aims, hopes and calls for research state no result.
UNSTATED = re.compile(
    r"\b(?:aim(?:ed|s)? (?:to|of|was|is)|hypothesi[sz]e\w*|we sought|sought to|whether|to determine|to (?:investigate|examine|assess|"
    r"evaluate|explore|compare|test|study|clarify|determine|establish|identify|confirm)|will be|will (?:provide|help|have)|is needed|are needed"
    r"|(?:is|are) (?:warranted|required|necessary)|needs? to be|should be (?:considered|investigated|explored|studied|interpreted)"
    r"|remains? (?:unknown|unclear|to be|uncertain|limited)|is (?:unknown|unclear)|future (?:research|studies|work|trials|controlled)"
    r"|further (?:research|studies|study|trials|investigation|work)|objective|purpose|little is known|we (?:report|describe|present|review|discuss)"
    r"|to ensure|need for|(?:is|are) (?:outlined|discussed|reviewed|summari[sz]ed)|defined as|outcomes? (?:was|were|included)\b|explores?\b|which will\b|would\b|not sufficient to"
    r"|this (?:study|review|article|paper|trial|work) (?:aim|examin|investigat|evaluat|explor|describ|review|assess|was designed|was to))"
)
COMPARATOR = re.compile(
    r"\b(?:placebo|controls?|saline|midazolam|comparators?|sham|standard care|usual care|treatment as usual|ect|electroconvulsive"
    r"|vehicle|lorazepam|methohexital|propofol|non-?users|nonketamine|non-ketamine|etomidate|thiopental|quetiapine"
    r"|comparison (?:group|treatment)|active control)\b"
)
THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|as compared|relative to|versus|vs\.?|over|in comparison (?:with|to)|with respect to)\b"
)
