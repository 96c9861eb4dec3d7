"""What stands below a greeting: the lines of a signature, and what its sender goes on to say.

Works on folded lines. A signature has short lines of names, offices, addresses and numbers, and the legal sentences of
a company. Whatever has the words or the end of a sentence is the sender's own: a word too many is better than one lost.
"""

import re

_WRAPPED = 45  # characters from which a line may be one that a mail program broke
_WORDS = 4  # from which a line with the end of a sentence is one

_AFTERWARDS = re.compile(
    r"\W*(?:(?:p\.?[ \t]?){1,3}s\b|n\.?b\b|btw\b|by the way\b|(?:update|edit|nachtrag)\s*:|übrigens\b)"
)
_SAYS = re.compile(
    r"\b(?:is|are|isn't|aren't|was|were|wasn't|has|have|had|hasn't|haven't|cannot|can't|could|couldn't|don't|doesn't|didn't"
    r"|won't|not|never|nothing|nobody|everything|everybody|everyone|please|we|our|my|i'm|i've|need|needs|needed|still|again"
    r"|down|broken|crashed|crashes|failing|failed|fails|unavailable|unreachable|offline|stopped|stuck|blocked|affected|lost"
    r"|stolen|hacked|breached|leaked|encrypted|urgent|urgently|i (?:am|can|get|see|think|would)|will (?:be|have|not)"
    r"|ist|sind|waren|haben|habe|wird|werden|kann|können|nicht|nichts|kein|keine|keiner|niemand|bitte|wir|ich|unser|unsere"
    r"|alles|geht|gehen|steht|stehen|läuft|laufen|funktioniert|ausgefallen|gestört|defekt|kaputt|betroffen|gesperrt"
    r"|dringend|est|sont|pas|nous|notre|rien|fonctionne|marche|panne|está|están|nada|funciona|tenemos|caído|caída"
    r"|niet|niets|wij|ons|onze|werkt|ligt|sono|funziona|non|não|estão|не|нет|мы)\b"
)
_ENDS = re.compile(r"[.!?…]\W*\Z")
_FULL_STOP = re.compile("。")  # of scripts that put no space between words
_SHORTENED = re.compile(r"\b(?:inc|ltd|corp|co|llc|st|ave|rd|str|no|nr|tel|e\.?v|[a-z]\.[a-z]|gmbh|mbh)\.\W*\Z")
_OFFICIAL = re.compile(
    r"\b(?:registered\s+(?:in|office|number|address|company|charity|trademark)|(?:company|vat|tax|registration)\s+(?:no|number)\b"
    r"|incorporated\s+in|authori[sz]ed\s+and\s+regulated|regulated\s+by|all\s+rights\s+reserved|hrb|hra|amtsgericht"
    r"|handelsregister|sitz\s+der|geschäftsführ\w*|vorstand\w*|aufsichtsrat\w*|ust-?id\w*|datenschutz\w*|siren|siret|rcs"
    r"|capital\s+social|kvk|privacy\s+(?:policy|notice|statement)|unsubscribe|terms\s+(?:and|of)|follow\s+us|visit\s+us"
    r"|visit\s+our|besuchen\s+sie|folgen\s+sie|suivez-nous|we\s+are\s+hiring|we're\s+hiring|wir\s+stellen\s+ein|book\s+a"
    r"|(?:hotline|help\s?desk|office|support|team)\b[^.!?]*\b(?:is|are|ist|sind)\s+(?:available|open|staffed|erreichbar|besetzt)"
    r"|(?:office|opening|business)\s+hours|(?:co\.|county)\s+down)\b"
)

# How an office may be reached if ever something breaks. Says nothing, unless something broken is named behind it.
_IF = (
    r"(?:if|when(?:ever)?|should|in\s+case|in\s+the\s+event|wenn|falls|sollten?|bei|im\s+falle?|si|en\s+cas|en\s+caso"
    r"|se)\b"
)
_ORDER = (
    r"(?:call|dial|phone|ring|contact|reach|e-?mail|text|page|write|rufen|wählen|kontaktieren|erreichen|appelez|contactez"
    r"|llame|contacte)\b"
)
_PROMISE = re.compile(
    rf"\W*(?:{_IF}[^,;.!?]*(?:,\s*)?(?:(?:then|please|just|bitte|you\s+can)\s+)*\b{_ORDER}"
    rf"|(?:we|i|wir|ich|our\s+(?:\w+\s+){{1,3}}?)\s*(?:are|am|is|sind|bin|ist)\s+(?:(?:always|also)\s+)?"
    rf"(?:available|reachable|here|open|on\s+call|erreichbar|für\s+sie)\b[^,;.!?]*\b{_IF}\s+(?!you\b)[^,;.!?]*"
    rf"|(?:please\s+|bitte\s+)?{_ORDER}\s+(?:us|our|the|[+(\d])[^,;.!?]*\b{_IF}\s+(?!you\b|possible\b)[^,;.!?]*)"
)
_BROKEN = re.compile(
    r"\b(?:down|broken|crash\w*|fail\w*|unavailable|unreachable|offline|stopped|stuck|blocked|affected|lost|stolen|hacked"
    r"|breach\w*|leaked|encrypted|outage|ausgefallen|ausfall|gestört|störung|defekt|kaputt|betroffen|panne|caíd[oa])\b"
)


def without_promises(text: str) -> str:
    """The lines of it but those that say how an office is reached if something breaks."""
    return "".join(line for line in text.splitlines(keepends=True) if _AFTERWARDS.match(line) or not _promises(line))


def _promises(line: str) -> bool:
    found = _PROMISE.match(line)
    return found is not None and not _BROKEN.search(line, found.end())


def said(text: str) -> str:
    """The lines of it that are no signature's. From where a sentence begins, all of its paragraph is kept."""
    return "".join(_said(paragraph) for paragraph in re.split(r"(?<=\n)(?=[ \t]*\n)", text))


def says(line: str) -> bool:
    """Whether a line has what a sentence has."""
    if _AFTERWARDS.match(line):
        return True
    if _OFFICIAL.search(line) or _promises(line):
        return False
    if _SAYS.search(line) or _FULL_STOP.search(line):
        return True
    return bool(_ENDS.search(line)) and len(line.split()) >= _WORDS and not _SHORTENED.search(line)


def _said(paragraph: str) -> str:
    lines = paragraph.splitlines(keepends=True)
    begins = next((place for place, line in enumerate(lines) if says(line)), len(lines))
    if begins < len(lines):
        while begins and len(lines[begins - 1]) >= _WRAPPED and not _OFFICIAL.search(lines[begins - 1]):
            begins -= 1
    return "".join(lines[begins:])
