"""Groups of people counted in the same breath: added up, or, where one stands alone, left to a person."""

from __future__ import annotations

import re

from classify.numerals import NUMBER, to_int
from classify.people import PEOPLE, SKIP

#: A second group in the same breath: "18 frequent and 19 infrequent users", "32 were given ketamine and 31 placebo".
_SECOND = re.compile(
    rf"^(?P<between>[^.;:()]{{0,170}}?)(?:,? and|,? while|,? whereas|,? versus|,? vs\.?|,? compared (?:with|to)|,) (?:in |to |another |the other |from |of |about )?"
    rf"(?P<n>{NUMBER}){SKIP} (?:(?:[\w-]+ ){{0,5}}?(?:{PEOPLE}|controls|hcs?|hvs?|non-?users|non-?smokers)\b|[a-z]{{2,5}}s (?:participated|were|received|underwent|completed|took part)\b"
    r"|(?:(?:were|was) (?:given|assigned|allocated|randomi[sz]ed)|received|to (?:the )?|(?:as|in) (?:the )?(?:[\w-]+ ){1,3}(?:group|arm|condition|cohort)))"
)
_WHOLE_OF = re.compile(rf"^of (?:the )?{NUMBER} (?:[\w-]+ ){{0,3}}?{PEOPLE}(?: [\w-]+){{0,6}}?,")
_BRACKETS = re.compile(r"\([^()]*\)")
#: What follows tells how many of the first number they are; or the first number is told to be all.
_OF_THEM = re.compile(
    r"\bincluding\b|\bof wh(?:om|ich)\b|\bcompris|\bconsist|\btotal|\bof (?:these|them|those)\b|\bamong\b|\baged\b|\binto\b"
)
_LATER = re.compile(
    r"^(?: [\w-]+){0,4} (?:completed|finished|responded|withdrew|dropped|discontinued|remitted|relapsed|achieved|(?:were|was) (?:analy[sz]ed|excluded|included|lost|evaluated|assessed))"
)
_ONE_GROUP = re.compile(
    r"^ (?:[\w-]+ ){0,4}?(?:(?:were |was )?(?:randomly |then )?(?:assigned|allocated|randomi[sz]ed) )?(?:in|from|to) (?:the )?(?:[\w-]+ ){0,3}(?:group|arm)\b"
    r"|^ (?:[\w-]+ ){0,4}?(?:were |was )?(?:randomly |then )?(?:assigned|allocated|randomi[sz]ed) to (?!one|either|receive|two|three|four|five|\d|1:1|a |an |double|treatment)(?:the )?[\w-]+\b(?! (?:or|and|versus|vs)\b| ?[\[(/,])"
)


def with_the_rest(words: str, match: re.Match[str]) -> tuple[int, int]:
    """The number with that of a second group named in the same breath, and where that ends; 0 where one group's number
    stands alone, or a third follows: a person decides."""
    value, place = to_int(match["n"]), match.end("n")
    # Brackets are blanked, so that places stay: "18 patients (9 women) and 19 controls".
    after = _BRACKETS.sub(lambda inner: " " * len(inner[0]), words[place : place + 400])
    after = re.sub(r"  +", lambda gap: " " + "\x00" * (len(gap[0]) - 1), after)
    plain = after.replace("\x00", "")
    second = None if "total" in match[0] or _WHOLE_OF.match(words) else _SECOND.match(plain)
    if second and not (_OF_THEM.search(second["between"]) or _LATER.match(plain[second.end("n") :])):
        rest = to_int(second["n"])
        third = _SECOND.match(plain[second.end("n") :])
        if (
            third and rest + to_int(third["n"]) == value
        ):  # "60 patients were allocated, 30 to ketamine and 30 to placebo"
            return value, match.end()
        if third:
            return 0, 0
        return value + rest, max(match.end(), place + after.index(second["n"], second.start("n")) + len(second["n"]))
    return (0, 0) if _ONE_GROUP.match(plain) else (value, match.end())
