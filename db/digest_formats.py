"""A digest as text, HTML, Atom, e-mail or JSON. Retractions first, and a receipt even when nothing is new."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import Any

from db.digest import GROUPS, Digest, DigestItem, Relabelling
from db.digest_atom import atom
from db.errors import BadInput

FORMS = ("text", "html", "atom", "eml", "json")

_HEADINGS = {
    "retracted": "Retracted or withdrawn",
    "doubted": "Concerns and corrections",
    "new": "New",
    "changed": "Changed",
    "relabelled": "Relabelled",
}
#: In the domain of safety "favours ketamine" would say more than an abstract does. The site uses the same words.
_SAFETY = {
    "favours_ketamine": "well tolerated or fewer harms",
    "no_clear_difference": "harms similar",
    "favours_comparator": "harm reported",
}
_KINDS = {
    "completed": "full record now known",
    "missing": "not found by the last search",
    "returned": "found again",
    "merged": "two records turned out to be one",
    "reinstated": "retraction lifted",
    "concern": "expression of concern",
    "corrected": "corrected",
    "notice": "a notice about another paper",
    "withdrawn": "withdrawn from PubMed",
    "retracted": "retracted",
}
_FIELD_KINDS = {"study_design": "study_design", "relevance": "relevance", "overall_direction": "direction"}


@dataclass(frozen=True, slots=True)
class Style:
    """What a digest's words need beside the digest.

    `names` maps (kind, id) of the taxonomy's terms to their names; `address` is the site's, without a slash at its end
    ("" leaves the links out); `made_at` is the ISO time at which it is written.
    """

    topic_id: str
    topic_name: str
    made_at: str
    address: str = ""
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def name(self, kind: str, value: str) -> str:
        return self.names.get((kind, value)) or value.replace("_", " ").capitalize()

    def link(self, item: DigestItem) -> str:
        return f"{self.address}{item.path}" if self.address else ""


def format_digest(digest: Digest, form: str, style: Style) -> str:
    """The digest in one of FORMS. Raises BadInput for another."""
    if form == "text":
        return as_text(digest, style)
    if form == "html":
        return as_html(digest, style)
    if form == "atom":
        return atom(digest, style, title=heading(digest, style), line=one_line)
    if form == "eml":
        return as_message(digest, style).as_bytes(policy=SMTP).decode("ascii")
    if form == "json":
        return as_json(digest, style)
    raise BadInput(f"There is no digest form {form!r}. Forms: {', '.join(FORMS)}.")


def heading(digest: Digest, style: Style) -> str:
    return f"{style.topic_name}: news from {day(digest.since)} to {day(digest.until)}"


def receipt(digest: Digest) -> str:
    """The line that proves that somebody looked, even when nothing is new."""
    counts = digest.counts()
    changed = counts["changed"] + counts["doubted"] + counts["relabelled"]
    found = f"{counts['new']} new, {changed} changed, {counts['retracted']} retracted"
    if digest.searched_on:
        searched = f"Searched on {day(digest.searched_on)}"
    elif digest.last_searched_on:
        searched = f"Not searched in this period (last on {day(digest.last_searched_on)})"
    else:
        searched = "PubMed has not been searched yet"
    failed = f" {plural(digest.failed_searches, 'search', 'searches')} failed." if digest.failed_searches else ""
    left_out = f" {digest.off_topic} off topic, not shown." if digest.off_topic else ""
    return f"{searched}, {found}.{failed}{left_out}"


def as_text(digest: Digest, style: Style) -> str:
    lines = [heading(digest, style), "", receipt(digest)]
    for name in GROUPS:
        if items := digest.group(name):
            lines += ["", f"{_HEADINGS[name].upper()} ({len(items)})"]
            for item in items:
                lines += ["", f"* {item.title}", *(f"  {line}" for line in details(item, style))]
                if link := style.link(item):
                    lines.append(f"  {link}")
    return "\n".join([*lines, "", _CLOSING, ""])


_CLOSING = (
    "Labels without a check mark (✓) are a classifier's and no person has checked them. Directions are as the abstract "
    "reports them. This is information, not medical advice."
)


def as_html(digest: Digest, style: Style) -> str:
    """A page that mail programs show as it is: no style sheet of others, no picture, no script."""
    parts = [f"<h1>{escape(heading(digest, style))}</h1>", f"<p><strong>{escape(receipt(digest))}</strong></p>"]
    for name in GROUPS:
        if items := digest.group(name):
            parts.append(f"<h2>{_HEADINGS[name]} ({len(items)})</h2>\n<ul>")
            parts += [_html_item(item, style) for item in items]
            parts.append("</ul>")
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(heading(digest, style))}</title>\n"
        "<style>body{font:16px/1.5 sans-serif;max-width:44em;margin:1em auto;padding:0 1em}"
        "li{margin-bottom:1em}</style>\n</head>\n<body>\n"
        f"{body}\n<p>{escape(_CLOSING)}</p>\n</body>\n</html>\n"
    )


def _html_item(item: DigestItem, style: Style) -> str:
    link = style.link(item)
    title = escape(item.title)
    head = f'<a href="{escape(link)}">{title}</a>' if link else title
    return "<li>" + "<br>\n".join([f"<b>{head}</b>", *(escape(line) for line in details(item, style))]) + "</li>"


def as_json(digest: Digest, style: Style) -> str:
    return json.dumps(
        {
            "topic": style.topic_name,
            "receipt": receipt(digest),
            **asdict(digest),
            "counts": digest.counts(),
            "items": [asdict(item) | {"link": style.link(item)} for item in digest.items],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_message(digest: Digest, style: Style, *, sender: str = "") -> EmailMessage:
    """The digest as an e-mail with a text and an HTML part; `db.mail.send` addresses it."""
    message = EmailMessage(policy=SMTP)
    counts = digest.counts()
    topic = " ".join(style.topic_name.split())
    message["Subject"] = f"{topic}: {plural(counts['new'], 'new study', 'new studies')}" + (
        f", {counts['retracted']} retracted" if counts["retracted"] else ""
    )
    if sender:
        message["From"] = sender
    message["Date"] = format_datetime(datetime.fromisoformat(style.made_at).astimezone(UTC))
    text = as_text(digest, style)
    # The same digest has the same id, so that a mail program can tell a repetition.
    mark = sha256(f"{digest.since} {digest.until} {text}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{mark}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(as_html(digest, style), subtype="html", cte="quoted-printable")
    # A fixed boundary: the same digest gives the same bytes.
    message.set_boundary(f"=_{mark}")
    return message


def _domain(sender: str) -> str:
    domain = sender.rpartition("@")[2].strip("<> ")
    return domain if domain and domain.isascii() else "evidence.invalid"


def details(item: DigestItem, style: Style) -> list[str]:
    """What is to be said of an article beneath its title, one line each."""
    where = " ".join(part for part in (item.journal, f"({item.year})" if item.year else "") if part)
    source = ". ".join(part for part in (item.authors_short.rstrip("."), where) if part)
    number = f"PMID {item.pmid}" if item.pmid else f"DOI {item.doi}" if item.doi else ""
    lines = [" · ".join(part for part in (source, number) if part)]
    if item.group == "retracted":
        lines.append("Its results should not be relied on.")
    told = [_KINDS[kind] for kind in item.kinds if kind in _KINDS]
    if item.fields:
        told.append(f"revised: {', '.join(name.replace('_', ' ') for name in item.fields)}")
    told += [relabelling(change, style) for change in item.relabelled]
    if told:
        lines.append(sentence("; ".join(told)))
    if item.study_design:
        lines.append(f"Study design: {style.name('study_design', item.study_design)}")
    if item.findings and item.group != "retracted":
        lines.append("; ".join(findings(item, style)))
    return [line for line in lines if line]


def findings(item: DigestItem, style: Style) -> list[str]:
    """Outcome by outcome, with a check mark where a person stands behind it."""
    return [
        f"{style.name('outcome_domain', found.domain)}: {_direction(found.domain, found.direction, style)}"
        + (" ✓" if found.checked else "")
        for found in item.findings
    ]


def _direction(domain: str, direction: str, style: Style) -> str:
    own = _SAFETY.get(direction) if domain == "safety" else None
    return own or style.name("direction", direction).lower()


def relabelling(change: Relabelling, style: Style) -> str:
    domain = change.field.removeprefix("outcomes.")
    is_outcome = domain != change.field
    if is_outcome:
        old, new = (_direction(domain, str(side), style) if side else "none" for side in (change.old, change.new))
        return f"{style.name('outcome_domain', domain)}: {old} → {new}"
    kind = _FIELD_KINDS.get(change.field, "")
    return f"{change.field.replace('_', ' ')}: {_shown(change.old, kind, style)} → {_shown(change.new, kind, style)}"


def _shown(value: Any, kind: str, style: Style) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "none"
    return style.name(kind, str(value)).lower() if kind else str(value)


def one_line(item: DigestItem, style: Style) -> str:
    """Everything about an article in one paragraph, for a feed."""
    return ". ".join(line.rstrip(".") for line in details(item, style)) + "."


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def day(at: str) -> str:
    """An ISO time as a day in words; what is no date stays as it is."""
    try:
        when = date.fromisoformat(at[:10])
    except ValueError:
        return at
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
