"""A sender's own words: history, quotes, signatures, footers and banners are none; what was forwarded is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.texts import fold_lines
from tocsin.policy.evidence import own_words

AVAST = "This email has been checked for viruses by Avast antivirus software.\nwww.avast.com"
MAILSCANNER = (
    "-- \nThis message has been scanned for viruses and\ndangerous content by MailScanner, and is\n"
    "believed to be clean."
)
LEGAL = (
    "CONFIDENTIALITY NOTICE: This e-mail and any attachments are confidential and intended solely for the use of the"
    " individual to whom they are addressed. If you are not the intended recipient, any unauthorised access,"
    " disclosure or copying is strictly prohibited. If you have received this e-mail in error, please notify the sender"
    " immediately and delete it. We accept no liability for any damage caused by any virus transmitted by this email."
)
RECHTLICH = (
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige"
    " Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender. Das"
    " unerlaubte Kopieren sowie die unbefugte Weitergabe dieser Mail ist nicht gestattet."
)
GMAIL = "On Mon, Nov 30, 2026 at 9:14 AM Acme Support <help@acme.example> wrote:"
OUTLOOK = (
    "From: Jane Doe <jane@x.example>\nSent: Monday, November 30, 2026 9:14 AM\nTo: Support\nSubject: Production down"
)
DEUTSCH = "Von: Jana Muster\nGesendet: Montag, 30. November 2026 09:14\nAn: Support\nBetreff: Alles steht"

OWN = [
    ("plain", "The API is down.", "the api is down."),
    ("avast", f"Printer is out of toner.\n\n{AVAST}", "printer is out of toner.\n\nwww.avast.com"),
    ("right below", f"Printer is out of toner\n{AVAST}", "printer is out of toner\nwww.avast.com"),
    ("within a line", "Toner, please. This e-mail was scanned by Norton. Thanks", "toner, please. thanks"),
    ("mailscanner", f"Toner, please.\n{MAILSCANNER}", "toner, please."),
    ("what was scanned comes last", "Toner, please.\n\nScanned by McAfee: no threats found.", "toner, please. ."),
    ("avg", "Toner, please.\n\nNo virus found.\nChecked by AVG - www.avg.com", "toner, please. ."),
    ("german", "Toner bitte.\n\nDiese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.", "toner bitte."),
    ("virus-free", "Toner bitte.\n\nVirenfrei. www.avast.com", "toner bitte.\n\n. www.avast.com"),
    ("legal", f"How do I rename a report?\n\n{LEGAL}", "how do i rename a report?\n\nconfidentiality notice:"),
    ("rechtlich", f"Wie benenne ich das um?\n\n{RECHTLICH}", "wie benenne ich das um?"),
    ("banner", "[EXTERNAL] This email originated from outside of the organization. Do not click links unless"
     " you know the content is safe.\n\nHow do I rename a report?", "how do i rename a report?"),
    ("phone", "Toner please\n\nSent from my iPhone", "toner please"),
    ("handy", "Toner bitte\n\nVon meinem iPhone gesendet", "toner bitte"),
    ("outlook for ios", "Toner please\n\nGet Outlook for iOS", "toner please"),
    ("signature", "Toner please\n-- \nJane Doe\nHead of Outage Management\n+44 20 7946 0000", "toner please"),
    ("dashes that part a text", "First\n--\n" + "line\n" * 20, "first\n--\n" + "line\n" * 20),
    ("quotes", "Thanks, solved.\n> The API is down\n>> since noon\n", "thanks, solved."),
    ("an answer below", f"{GMAIL}\n> The API is down\n> since noon\n\nThanks, solved.", "thanks, solved."),
    ("gmail", f"Thanks, solved.\n\n{GMAIL}\n\nThe API is down", "thanks, solved."),
    ("gmail, wrapped", "Thanks.\n\nOn Mon, Nov 30, 2026 at 9:14 AM A\n<a@x.example> wrote:\n\nAPI is down", "thanks."),
    ("gmail, german", "Danke.\n\nAm Mo., 30. Nov. 2026 um 09:14 schrieb A <a@x.example>:\n\nAlles steht", "danke."),
    ("apple, french", "Merci.\n\nLe 30 nov. 2026 à 09:14, Jean <j@x.example> a écrit :\n\nTout est en panne", "merci."),
    ("outlook", f"Thanks, solved.\n\n{OUTLOOK}\n\nEverything is down", "thanks, solved."),
    ("outlook, line", f"Thanks.\n________________________________\n{OUTLOOK}\n\nIt is down", "thanks."),
    ("outlook, german", f"Danke, geht wieder.\n\n{DEUTSCH}\n\nAlles steht", "danke, geht wieder."),
    ("original", f"Thanks.\n\n-----Original Message-----\n{OUTLOOK}\n\nIt is down", "thanks."),
    ("ursprünglich", "Danke.\n\n-----Ursprüngliche Nachricht-----\nAlles steht", "danke."),
    ("zendesk", "Thanks.\n\n##- Please type your reply above this line -##\nThe API is down", "thanks."),
    ("zendesk, above all", "##- Please type your reply above this line -##\n\nThanks.\n\n> It is down", "thanks."),
    ("access", "How?\n\nUnauthorised access to this email is prohibited.", "how?"),
    ("access, long", "How?\n\nAny unauthorized access is not permitted and may be unlawful.", "how?"),
    ("report", "How?\n\nUnknown sender. Report phishing email to security@x.example", "how? unknown sender."),
    ("report, politely", "How?\n\nPlease report any suspicious email via the button.", "how?"),
    ("caution", "Caution: external sender. Beware of phishing.\n\nHow?", "how?"),
    ("removed", "How?\n\nMalware detected is removed.", "how? ."),
    ("card", "Thanks\nBob\n\nBob Smith | Security Incident Response Team | data breach hotline", "thanks\nbob"),
    ("regards", "How?\n\nKind regards,\nBob\nSecurity Incident Response\nData breach hotline: 555", "how?"),
    ("grüße", "Wie?\n\nMit freundlichen Grüßen\nBob\nStörungsannahme", "wie?"),
    ("windows line ends", f"Thanks.\r\n\r\n{GMAIL}\r\n> The API is down\r\n", "thanks."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "own"), [case[1:] for case in OWN], ids=[case[0] for case in OWN])
def test_what_the_sender_says(text: str, own: str) -> None:
    assert own_words(fold_lines(text)).split() == own.split()


KEPT = [
    "> 500 users cannot sign in",
    "> The API is down\n> for all of us",
    f"{GMAIL}\n> The API is down",
    f"{OUTLOOK}\n\nEverything is down",
    f"FYI, see below\n\n{OUTLOOK}\n\nEverything is down",
    f"Please look.\n\n---------- Forwarded message ---------\n{OUTLOOK}\n\nEverything is down",
    f"Begin forwarded message:\n\n{OUTLOOK}\n\nEverything is down",
    f"Bitte ansehen\n\n-------- Weitergeleitete Nachricht --------\n{DEUTSCH}\n\nAlles steht",
    "I scanned my laptop and a virus was found",
    "The mail server was checked twice and is down",
    "Malware was found on our file server, and all files are encrypted",
    "This e-mail is confidential: our API keys were leaked",
    "Sent from my phone number was a text that our site is down",
    "On Monday the customer wrote:\nEverything is down",
    "From: Jane\nSubject: web form\nMessage: the API is down",
    "The site --\nall of it -- is down",
    "Regards,\nBob\n\nPS: the API is down",
    "CRITICAL | api-1 | down",
    "I report an unauthorised access: our site is down",
    "Begin forwarded message:\n\n> The API is down",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_kept(text: str) -> None:
    own = own_words(fold_lines(text))
    for word in ("500", "down", "virus", "encrypted", "leaked", "steht"):
        assert (word in own) is (word in fold_lines(text))


def test_a_forwarded_message_is_meant() -> None:
    text = fold_lines(f"Can you help?\n\n{OUTLOOK}\n\nEverything is down\n\n{AVAST}")
    for subject in ("FW: Production down", "Fwd: x", "WG: x", "Re: Fwd: x", "TR : x"):
        assert "everything is down" in own_words(text, fold_lines(subject))
        assert "virus" not in own_words(text, fold_lines(subject))
    assert "everything is down" not in own_words(text, "re: production down")


def test_footers_are_never_the_only_text() -> None:
    assert own_words(fold_lines(AVAST)).split() == ["www.avast.com"]


CARD = "Bob Smith\nSecurity Incident Response\nAcme Outage Ltd\n12 Main St.\nPhone: +44 20 7946 0000\nwww.acme.example"

SAID_BELOW = [
    "PS: production is down",
    "P.S. production down",
    "NB: the API is down again",
    "Our production is down",
    "Production is down.",
    "Production down!",
    "By the way, production went down an hour ago",
    "Nobody can sign in since noon, production is down",
    "Please hurry: production down",
    "The users report errors, production down.",
    "500 users blocked, production down",
    "Call me at +44 20 7946 0000, production is down",
    "Wir haben ein Problem, production down",
    "Production steht, nichts geht mehr",
    "La production est en panne",
    "本番 production が停止しています。",
]


@pytest.mark.parametrize("below", SAID_BELOW)
@pytest.mark.parametrize("mark", ["Kind regards,", "-- ", "Mit freundlichen Grüßen", "Cordialement"])
@pytest.mark.parametrize("shape", ["{card}\n\n{below}", "{below}\n{card}", "Bob\n{below}\n\n{card}", "Bob\n\n{below}"])
def test_what_its_sender_says_below_the_greeting_is_heard(below: str, mark: str, shape: str) -> None:
    text = "Toner, please.\n\n" + mark + "\n" + shape.format(card=CARD, below=below)
    own = own_words(fold_lines(text))
    assert fold_lines(below) in own
    assert "toner" in own
    if "{below}\n{card}" not in shape:
        assert "incident" not in own
        assert "outage" not in own


def test_a_sentence_below_the_greeting_is_heard_whole() -> None:
    said = "PS: since this morning all of the\nproduction in Frankfurt and in\nBerlin is down"
    own = own_words(fold_lines(f"Toner, please.\n\nRegards\nBob\n\n{said}\n\nBob Smith\nOutage Manager"))
    assert own.split() == f"toner, please. {fold_lines(said)}".split()


SIGNED = [
    "Head of Outage Management",
    "24/7 Emergency Hotline: +44 20 7946 0000",
    "Our 24/7 outage hotline is available at +44 20 7946 0000",
    "Outage Ltd is a company registered in England and Wales, No. 12345",
    "Outage Bank is authorised and regulated by the Financial Conduct Authority.",
    "Geschäftsführer: Jana Muster, Amtsgericht München, HRB 12345, Sitz der Gesellschaft: Outage",
    "Outage Street 12, Belfast, Co. Down",
    "Head of IT, Outage Acme US",
    "Visit us at www.outage.example!",
    "We are hiring outage managers!",
    "Follow us on LinkedIn | Twitter | Outage",
    "Outage Inc. (she/her)",
    "outage@acme.example",
]


@pytest.mark.parametrize("line", SIGNED)
def test_lines_of_a_signature_are_not_heard(line: str) -> None:
    own = own_words(fold_lines(f"Toner, please.\n\nKind regards\nBob\n{line}\n"))
    assert own.split() == ["toner,", "please."]


PROMISES = [
    "We are available 24/7 if your API is down",
    "if production is down call +49 89 1234",
    "If production is down, please call +49 89 1234.",
    "Should your API be down, contact support@acme.example",
    "In case of an outage when systems are down call our hotline +49 89 1234",
    "Our support team is here for you around the clock when production is down",
    "Call our hotline +49 89 1234 if your API is down",
    "Wenn Ihr System down ist, rufen Sie +49 89 1234 an",
]


@pytest.mark.parametrize("line", PROMISES)
@pytest.mark.parametrize("mark", ["Thanks", "Thank you,", "Many thanks!", "Danke", "Kind regards"])
def test_how_an_office_is_reached_says_nothing(line: str, mark: str) -> None:
    own = own_words(fold_lines(f"Toner, please.\n\n{mark}\nBob\n{line}\n"))
    assert "toner" in own
    assert "down" not in own


@pytest.mark.parametrize(
    "line",
    [
        *SAID_BELOW[:-3],
        "PS: if production is down again, call me",
        "If you have questions, call me, production is down",
        "When you see this call me production is down",
        "We are available on +49 170, production is down",
        "We are available if you need logs, since production is down",
        "Call us when you can our production is down",
        "Production is down. If you need me, call +49",
        "If you have questions, production is down, call me",
    ],
)
@pytest.mark.parametrize("mark", ["Thanks", "Danke,", "Kind regards"])
def test_what_is_said_below_thanks_is_heard(line: str, mark: str) -> None:
    assert fold_lines(line) in own_words(fold_lines(f"Toner, please.\n\n{mark}\nBob\n{line}\n"))


def test_a_row_that_says_something_is_no_card() -> None:
    for row in ("CRITICAL | api-1 | down", "api-1 | is unreachable"):
        assert fold_lines(row) in own_words(fold_lines(f"Hello\n\n{row}"))


MESSAGES = st.lists(
    st.sampled_from([case[1] for case in OWN] + KEPT + [LEGAL, "\n", "> x\n", "-- \n", "it is down"]), max_size=5
).map("\n".join)


@given(st.one_of(MESSAGES, st.text()), st.sampled_from(["", "fw: x", "re: x"]))
def test_words_are_only_left_out(text: str, subject: str) -> None:
    folded = fold_lines(text)
    own = own_words(folded, subject)
    assert len(own) <= len(folded)
    rest = iter(folded)
    assert all(letter in rest for letter in own)
    assert own_words(own, subject) == own_words(own, subject)


@pytest.mark.parametrize(
    "part",
    ["this mail ", "> ", "-- \n", "from: a\n", "on 1 ", "scanned ", "intended recipient", "no virus found ", "a" * 99],
)
def test_a_long_message_costs_no_more_than_its_length(part: str) -> None:
    begun = time.process_time()
    own_words((part * 65536)[:65536])
    assert time.process_time() - begun < 2
