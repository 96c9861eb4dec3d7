"""What customers say when it is critical to them, in five languages: folded, as conditions read texts (NFKC, casefold,
without soft hyphens and zero-width characters)."""

MANAGER = (
    # English
    r"\b(?:speak|talk|escalate(?: this)?|put me through|connect me|transfer me) (?:to|with) (?:a|your|the|my|"
    r"some)?\s?"
    r"(?:manager|supervisor|superior|boss|director|ceo|management|somebody senior|someone senior)\b",
    r"\b(?:want|need|demand|get me|insist on) (?:a|your|the|to see (?:a|your)) (?:manager|supervisor|superior)\b",
    r"\b(?:please |i (?:want|wish|ask you) to |we (?:want|wish) to )escalate this\b",
    # German
    r"\b(?:vorgesetzt\w+|geschäftsführ\w+|teamleit\w+|abteilungsleit\w+|chef|manager|vorstand)\s(?:sprechen|"
    r"verlang\w+|"
    r"reden|verbinden)\b",
    r"\bverlang\w+ (?:ihren|einen|den) (?:vorgesetzten|chef|manager|geschäftsführer|teamleiter)\b",
    r"\b(?:sprechen|reden|verbinden)\b[^.!?\n]*\bmit (?:ihrem|einem|dem|ihrer) (?:vorgesetzten|chef|manager|"
    r"teamleiter)\b",
    r"\bmit (?:ihrem|einem|dem) (?:vorgesetzten|chef|manager|teamleiter|geschäftsführer) (?:zu )?(?:sprechen|"
    r"reden)\b",
    # French
    r"\b(?:parler|discuter|m'entretenir) (?:à|a|avec) (?:un|une|votre|le|la|son) (?:responsable|manager|supérieure?|"
    r"superieure?|directeur|directrice|chef)\b",
    r"\b(?:exige|demande|veux|voudrais)\b[^.!?\n]*\b(?:un|votre|le) (?:responsable|supérieur|superieur|manager|"
    r"directeur)\b",
    # Spanish
    r"\b(?:hablar|comunicarme|pónganme|ponganme) con (?:un|una|el|la|su|tu|algún|algun) (?:supervisora?|gerente|"
    r"responsable|jefe|jefa|encargad[oa]|directora?|superior|manager)\b",
    r"\b(?:exijo|exigimos|quiero|necesito)\b[^.!?\n]*\b(?:supervisor|gerente|responsable|encargado|superior)\b",
    # Japanese
    r"(?:上司|責任者|店長|マネージャー|マネジャー|部長|上の方|上の者|管理者)(?:の方|の人)?(?:と|に|を)"
    r"(?:.{0,6}?)(?:話|代わ|替わ|かわ|出して|お願い|繋|つな|呼ん)",
)
CANCEL = (
    r"\b(?:cancel|terminate|end) (?:our|my|the|this) (?:contract|subscription|account|agreement)\b",
    r"\b(?:switch|move|moving|switching) to (?:a|another|your) (?:competitor|provider|vendor)\b",
    r"\b(?:kündig\w+|kuendig\w+)\b[^.!?\n]*\b(?:vertrag|abo\w*|konto)\b|\b(?:vertrag|"
    r"abo\w*)\b[^.!?\n]*\b(?:kündig\w+|kuendig\w+)",
    r"\brésili\w+|\bresilier\b|\bmettre fin (?:au|à notre|a notre) contrat\b",
    r"\b(?:cancelar|rescindir|dar de baja)\b[^.!?\n]*\b(?:contrato|suscripción|suscripcion|cuenta)\b",
    r"(?:解約|契約.{0,4}(?:解除|終了|打ち切))",
)
LEGAL = (
    r"\b(?:our|my) (?:lawyers?|attorneys?|legal (?:team|department|counsel))\b|\b(?:legal action|sue you|"
    r"take you to court)\b",
    r"\b(?:anwalt|anwälte|rechtsanwalt|rechtsabteilung|rechtliche schritte|klage|schadenersatz|schadensersatz)\b",
    r"\b(?:avocats?|mise en demeure|service juridique|poursuites|en justice)\b",
    r"\b(?:abogad[oa]s?|acciones legales|demanda judicial|departamento jurídico|departamento juridico)\b",
    r"(?:弁護士|法的(?:措置|手段)|訴訟|損害賠償)",
)
NOT = {
    "manager": (
        r"\b(?:not|n.t|no need|never|without) (?:\w+ ){0,3}(?:to )?(?:speak|talk|escalate|have|need|want|see)"
        r" ?(?:to|with)?"
        r" ?(?:a|your|the|any|my)? ?(?:manager|supervisor|boss|superior)",
        r"\b(?:nicht|kein\w*) (?:\w+ ){0,3}(?:mit )?(?:ihrem |einem |dem )?(?:vorgesetzten|chef|manager|teamleiter)",
        r"\b(?:pas|sans) (?:\w+ ){0,3}(?:à|a|avec|de)? ?(?:un|votre|le)? ?(?:responsable|manager|directeur|chef)\b",
        r"\bno (?:\w+ ){0,3}(?:hablar con|necesito|quiero)\b",
    ),
}
"""What is said where it is not wanted, by the same names."""
PHRASES: dict[str, tuple[str, ...]] = {"manager": MANAGER, "cancel": CANCEL, "legal": LEGAL}
