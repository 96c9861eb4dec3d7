"""The words of a message that are its sender's own: without quoted history, signature, footers and banners.

Works on folded lines (`core/texts: fold_lines`). Mail programs leave no sure marks, so where nothing would be left, all
but the footers stays; and what was forwarded stays, for whoever forwards a complaint means it.
"""

import re
from typing import Any

import re2

from tocsin.policy import signature_lines
from tocsin.policy.expressions.runtime.linear import ANYWHERE, matcher_of

SIGNATURE_LINES = 12
_POINTING = 200  # characters of a message that may say no more than "see below"

_MAIL = r"(?:e-?mail|message|mail|nachricht|courriel|courrier|correo|mensaje|bericht|communication|transmission)"
_THIS = rf"(?:this|incoming|outgoing|inbound|outbound|diese[rs]?|ce|cet|este)\s+(?:\w+\s+)?{_MAIL}"
_SCAN = (
    r"(?:scanned|checked|swept|screened|inspected|verified|geprüft|überprüft|gescannt|vérifiée?|analysée?|analizado"
    r"|escaneado|gecontroleerd|gescand)"
)
_HARM = r"(?:virus(?:es)?|viren|malware|threats?|spam|worms?|dangerous\s+content|schadsoftware|bedrohungen|menaces?)"
_IN = r"[^.!?:;]*"  # goes on within a sentence

_SENTENCES = (  # each is left out up to where its sentence ends
    rf"\b{_THIS}\b{_IN}\bscanned\b",
    rf"\b{_THIS}\b{_IN}\b{_SCAN}\b{_IN}\b{_HARM}\b",
    rf"\b{_THIS}\b{_IN}\b{_HARM}\b{_IN}(?:{_SCAN}|transmitted)\b",
    rf"\b(?:{_MAIL}|attachments?|content)\s+(?:was\s+|has\s+been\s+|have\s+been\s+)?scanned\b",
    rf"^\W*scanned\s+(?:by|for|with)\b|\bchecked\s+by\s+avg\b|\bscanned\s+(?:by|for|with)\b{_IN}\b{_HARM}\b",
    rf"\b(?:check|scan)\s+(?:this|the|any|all)\s+(?:{_MAIL}|attachments?)\b{_IN}\b{_HARM}\b",
    rf"\bvirus(?:es)?\s+can\s+be\s+transmitted\b|\b(?:liab|respons)\w+\b{_IN}\b(?:virus(?:es)?|malware|transmi\w+)\b",
    rf"\b(?:guarantee|warrant|ensure)\w*\b{_IN}\bfree\s+(?:of|from)\s+{_HARM}\b|\bvir(?:us|en)\s?(?:database|datenbank)\b",
    r"\bintended\s+recipients?\b|\b(?:solely|only|exclusively)\s+for\s+the\s+(?:\w+\s+)?(?:use|attention|addressee|person)\b",
    rf"\b{_THIS}\b{_IN}\b(?:is|are|may|might|contains?|enthält|kann|est|contient|peut|es|contiene)\b{_IN}"
    r"(?:confidential|privileged|vertraulich|confidentiel|confidencial)",
    rf"\b(?:unauthori[sz]ed|unbefugte\w*|any|strictly)\b{_IN}\b(?:us(?:e|ing)|disclos\w+|distribut\w+|copy\w*|dissemination"
    r"|forwarding|access|review|interception|retention|weitergabe|kopieren)\b"
    rf"{_IN}\b(?:prohibited|forbidden|unlawful|illegal|not\s+(?:permitted|allowed)|gestattet|untersagt|verboten)\b",
    rf"\b(?:prohibited|forbidden|unlawful)\b{_IN}\bunauthori[sz]ed\s+(?:use|access|disclosure|review|distribution)\b",
    rf"\breceived\s+this\s+{_MAIL}\b{_IN}\b(?:error|mistake)\b|\birrtümlich\b{_IN}\berhalten\b",
    r"\bnicht\s+der\s+(?:\w+\s+)?(?:adressat|empfänger)|\bdestinataire\s+(?:prévu|de\s+ce)\b|\bdestinatario\s+previsto\b",
    rf"\b(?:notify|inform|advise)\s+(?:us|the\s+sender)\b{_IN}\b(?:delete|immediately|return)\b",
    r"\bconsider\s+the\s+environment\s+before\b|\bvor\s+dem\s+(?:aus)?drucken\b",
    r"\b(?:originated|comes|came|sent)\s+(?:from\s+)?outside\s+(?:of\s+)?(?:the|your|our)\s+(?:organi[sz]ation|company)\b",
    rf"\bdo\s+not\s+(?:click|open)\b{_IN}\b(?:links?|attachments?)\b|\bbeware\s+of\s+phishing\b|\bexterne[rn]?\s+absender\b",
    r"\bphish(?:ing)?\s+(?:alert|report)\s+button\b",
    r"\b(?:report|forward|send)\s+(?:(?:any|all|such|every|potential|suspicious|suspected|unwanted)\s+){0,2}"
    rf"(?:phish\w*|spam|suspicious|suspected)\b{_IN}\s(?:to|via|using|with|by)\s",
    r"^\W*(?:caution|warning|attention|notice|achtung|vorsicht)\W+(?:this\s+is\s+an?\s+)?extern\w*\b",
)
_PHRASES = (  # left out alone: what stands beside them may say something
    rf"\b(?:no|keine?|aucun|ningún)\s+(?:\w+\s+)?{_HARM}(?:\s+(?:or|and|oder)\s+\w+)?"
    r"(?:\s+(?:was|were|have\s+been|has\s+been|wurden?))?\s+(?:found|detected|identified|gefunden|erkannt|détectée?)\b",
    rf"\b{_HARM}\s+(?:detected|found)\s+(?:is|are|was|were|will\s+be)\s+(?:removed|deleted|quarantined|cleaned)\b",
    r"\bvirus(?:-|\s)free\b|\bvirenfrei\b|\bsans\s+virus\b|\[ext(?:ern(?:al)?)?\]",
)
_DEVICE = (
    r"(?:iphone|ipad|android|mobil|phone|smartphone|handy|samsung|galaxy|huawei|xiaomi|blackberry|outlook|yahoo|gmail"
    r"|proton)"
)
_LINES = (  # lines that a device puts below
    rf"^\W*(?:sent|gesendet|envoyé|enviado|verzonden|inviato)\s+(?:\w+\s+){{1,3}}"
    rf"{_DEVICE}\S*(?:[ \t]+\S+){{0,4}}[ \t]*$",
    rf"^\W*(?:von\s+meine[mr]\s+{_DEVICE}[^\n]{{0,20}}\s+gesendet"
    r"|get\s+outlook\s+for\s+\w+|holen\s+sie\s+sich\s+outlook)\b.*$",
)

_KEY = (
    r"(?:sent|date|to|cc|subject|reply-to|importance|gesendet|datum|an|betreff|priorität|wichtigkeit|envoyé|à|objet"
    r"|enviado|para|asunto|fecha|verzonden|aan|onderwerp|inviato|a|oggetto|data)"
)
_WHEN = r"(?:sent|date|gesendet|datum|envoyé|enviado|fecha|verzonden|inviato|data)"
_ATTRIBUTION = (
    r"^[ >]*(?:on|am|le|el|op|il|em|den)\b[^\n]{0,99}\d[^\n]{0,99}(?:\n[^\n]{0,99})?"
    r"\b(?:wrote|schrieb|a écrit|escribió|schreef|ha scritto|escreveu|skrev)\b[^\n:]{0,99}:[ \t]*$"
)
_HISTORY = (  # what follows stands in the mailbox already
    r"^[ >]*-{2,}\s*(?:original (?:message|appointment)|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|oorspronkelijk bericht|messaggio originale|mensagem original)\s*-*\s*$",
    rf"^(?:_{{5,}}\s*\n)?[* ]*(?:from|von|de|van|da)\s?:[^\n]+\n(?:[* ]*{_KEY}\s?:[^\n]*\n)*[* ]*{_WHEN}\s?:[^\n]*\n"
    rf"[* ]*{_KEY}\s?:",
)
_DELIMITER = r"^##-? ?[^\n]{0,80}\b(?:above|über|oberhalb|dessus|encima)\b[^\n]{0,40}$"
_FORWARDING = (
    r"^[ >]*(?:-{3,}\s*|begin |anfang der )(?:forwarded message|weitergeleitete[nr]? nachricht|message transféré"
    r"|mensaje reenviado|doorgestuurd bericht|messaggio inoltrato)\b"
)
_FORWARDED = re.compile(r"\s*(?:re|aw)?:?\s*(?:fwd?|wg|tr|rv|doorst|i)\s*:")
_POINTER = re.compile(r"\b(?:below|fyi|siehe unten|s\. ?u\.|weiter unten|ci-dessous|más abajo|zie onder)")
_QUOTE = r"^[ \t]*>"
_QUOTES = re.compile(rf"(?:{_QUOTE}.*(?:\n|\Z))+", re.MULTILINE)
_MORE_THAN = re.compile(r"[ \t]*>\s*\d[^\n]*\n?\Z")  # "> 500 users are affected" alone is no quotation
_REGARDS = (
    r"(?:(?:with\s+)?(?:kind(?:est)?|best|warm(?:est)?)\s+regards|regards|best\s+wishes|sincerely(?:\s+yours)?|cheers"
    r"|yours\s+(?:sincerely|faithfully|truly)|mit\s+(?:freundlichen|besten)\s+grüssen|(?:viele|beste|freundliche)\s+grüsse"
    r"|mfg|(?:bien\s+)?cordialement|(?:un\s+)?saludos?(?:\s+cordial(?:es)?)?|atentamente|met\s+vriendelijke\s+groet(?:en)?)"
)
_SIGNATURE = re.compile(rf"^(?:--[ \t]*|[ \t]*{_REGARDS}[,.!]?[ \t]*)\n", re.MULTILINE)
_THANKS = (
    r"^[ \t]*(?:(?:many\s+)?thanks(?:\s+(?:again|in\s+advance|a\s+lot|so\s+much))?"
    r"|thank\s+you(?:\s+(?:very\s+much|in\s+advance))?|thx|(?:vielen\s+)?dank(?:e)?(?:\s+im\s+voraus)?|merci(?:\s+d'avance)?"
    r"|(?:muchas\s+)?gracias)[ \t]*[,.!]?[ \t]*$"
)
_THANKED = re.compile(_THANKS, re.MULTILINE)
_CARD = r"\S[ \t]+[|•·][ \t]+\S"  # Jane Doe | Head of Outage Management
_CARDS = re.compile(rf"^[^\n]*{_CARD}[^\n]*(?:\n|\Z)", re.MULTILINE)
_ENDS = re.compile(r"[.!?:;]+(?=\s|\Z)|\n[ \t]*\n|\Z")


def _any_of(*patterns: str) -> Any:
    options = re2.Options()
    options.max_mem = 16 << 20
    options.log_errors = False
    return re2.compile("(?m)" + "|".join(f"(?:{each})" for each in patterns), options)


_sentences, _phrases = _any_of(*_SENTENCES), _any_of(*_PHRASES, *_LINES)
_history, _attribution, _forwarding = _any_of(_DELIMITER, *_HISTORY), _any_of(_ATTRIBUTION), _any_of(_FORWARDING)
_delimiter = _any_of(_DELIMITER)
_anything = _any_of(
    *(
        *_SENTENCES,
        *_PHRASES,
        *_LINES,
        *_HISTORY,
        _DELIMITER,
        _ATTRIBUTION,
        _FORWARDING,
        _QUOTE,
        r"^--[ \t]*$",
        _CARD,
        _THANKS,
    ),
    rf"^[ \t]*{_REGARDS}[,.!]?[ \t]*$",
)
_search = matcher_of(_anything)


def own_words(text: str, subject: str = "") -> str:
    """The folded text of a message without what its sender did not write; the same object where that is all of it.
    `subject`, folded too, tells whether the message was forwarded."""
    data = text.encode("utf-8", "replace")
    if _search(ANYWHERE, data, 0, len(data))[0][0] < 0:
        return text
    whole = _without_footers(text)
    if _FORWARDED.match(subject):
        return whole
    own = _without_card(_without_signature(_without_quotes(_without_history(_below_delimiter(whole)))))
    says = own.strip()
    points = len(says) < _POINTING and _POINTER.search(says)
    return whole if not says or points else own


def _without_footers(text: str) -> str:
    parts, at = [], 0
    for mark in _sentences.finditer(text):
        if mark.start() < at:
            continue
        start = max(text.rfind(each, at, mark.start()) for each in ".!?:;\n") + 1
        ends = _ENDS.search(text, mark.end())
        parts.append(text[at : max(start, at)])
        at = ends.end() if ends else len(text)
    return str(_phrases.sub("", "".join([*parts, text[at:]])))


def _below_delimiter(text: str) -> str:
    """A help desk's "type your reply above this line" with nothing above it parts nothing."""
    found = _delimiter.search(text)
    return text[found.end() :] if found and not text[: found.start()].strip() else text


def _without_history(text: str) -> str:
    """Up to where older messages begin. What follows a mark of forwarding is no history."""
    forwarded, history = _forwarding.search(text), _history.search(text)
    if forwarded and not (history and history.start() < forwarded.start()):
        return text
    if history:
        text = text[: history.start()]
    wrote = _attribution.search(text)
    if wrote is None:
        return text
    below = text[wrote.end() :]
    return text[: wrote.start()] + (below if below.lstrip().startswith(">") else "")


def _without_quotes(text: str) -> str:
    """What is quoted of a forwarded message is meant, as the message is."""
    forwarded = _forwarding.search(text)
    meant = forwarded.start() if forwarded else len(text)
    return _QUOTES.sub(lambda block: block[0] if block.end() > meant or _MORE_THAN.match(block[0]) else "", text)


def _without_signature(text: str) -> str:
    thanked = _THANKED.search(text)
    if thanked is not None:
        text = text[: thanked.end()] + signature_lines.without_promises(text[thanked.end() :])
    found = _SIGNATURE.search(text)
    if found is None or len(text[found.end() :].split("\n")) > SIGNATURE_LINES or _forwarding.search(text):
        return text
    return text[: found.start()] + signature_lines.said(text[found.end() :])


def _without_card(text: str) -> str:
    """Without the lines of name, office and telephone in the last of several paragraphs."""
    start = text.rstrip().rfind("\n\n")
    if start < 0 or text.count("\n", start) > SIGNATURE_LINES:
        return text
    return text[:start] + _CARDS.sub(lambda row: row[0] if signature_lines.says(row[0]) else "", text[start:])
