"""The one vocabulary of statuses: what words of monitoring tools and help desks mean, for signals and imports. Pure.

A status is read by its words: letters and digits of the folded text, without accents. The whole of it first, then
without words that say what it is about; else by the words in it that mean something wherever they stand. Where a status
names a change ("resolved → open"), the state after it is read.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from tocsin.core import texts
from tocsin.intake import status_changes

Stood = Literal["open", "resolved", "closed"]


class Says(StrEnum):
    """FIRES: it is broken, or is again. OPEN: it is not over. WAITS: it goes on, and begins nothing. REPLY: the
    customer writes. TOLD: the customer is written to. ENDS: it is over. NOTHING: no word of it."""

    FIRES = "fires"
    OPEN = "open"
    WAITS = "waits"
    ENDS = "ends"
    REPLY = "reply"
    TOLD = "told"
    NOTHING = "nothing"


# It is broken again: said beside what it was before ("reopened (was closed)").
_AGAIN = """
    reopened, reopen, reopening, re opened, re open, regressed, regression, retriggered, retrigger, re triggered,
    re trigger, renotify, renotified, re notify, re notified, refired, re fired, reactivated, re activated, recurring,
    recurred, open again, opened again, failing again, down again, firing again,
    wieder geöffnet, wieder geoeffnet, wiedereröffnet, wiedereroeffnet, erneut geöffnet, erneut geoeffnet, wieder offen,
    réouvert, réouverte, rouvert, rouverte, reabierto, reabierta, reaberto, reaberta, riaperto, heropend, переоткрыт,
    переоткрыта, переоткрыто, återöppnad, återöppnat, genåbnet, gjenåpnet, znovu otevřeno, znovu otevřený,
    ponownie otwarty, ponownie otwarte, ponownie otwarta, wznowiony, wznowione, uudelleen avattu, yeniden açıldı,
    yeniden acildi, 再オープン, 重新打开, 重新開啟, 已重新打开, 다시 열림, 재오픈, 재개됨
"""
_FIRES = """
    firing, fires, fired, alerting, in alarm, triggered, failing, failed, unhealthy, outage, major outage,
    partial outage, degraded, unreachable, offline, unavailable, not operational, not healthy, not ok, not reachable,
    not available, ausgefallen, ausfall, gestört, en panne, hors service, fuera de servicio, breached, indisponível,
    indisponible, niedostępny, nedostupný, недоступен, недоступно, 障害発生中, 障害発生, 故障中, 宕机
"""
_FIRES_ALONE = """
    fire, alert, alarm, trigger, problem, down, critical, error, failure, warning, warn, returned, broken, activated,
    nok, störung, störungsmeldung, disaster, fatal, emergency, red, flapping, fehler, kritisch, critique, crítico,
    caído, caída, panne, 障害, 故障, 장애
"""
_OPEN = """
    open, opened, unresolved, unsolved, unfixed, unassigned, unacknowledged, in progress, work in progress, inprogress,
    ongoing, to do, todo, backlog, escalated, investigating, selected for development, not started, not resolved,
    not solved, not closed,
    offen, in bearbeitung, in arbeit, ungelöst, ungeloest, nicht gelöst, ouvert, ouverte, en cours, non résolu, abierto,
    abierta, en progreso, en curso, no resuelto, aberto, aberta, em andamento, em progresso, não resolvido, aperto,
    aperta, in corso, non risolto, niet opgelost, в работе, открыт, открыта, открыто, не решено, 未解決, 未解决, 対応中,
    処理中, 进行中, 处理中, 未完了, 未关闭, under investigation, work started, incomplete, not completed, not done,
    sin resolver, otwarte, otwarty, åben, åpen, öppen, öppet, avoin, otevřeno, otevřený, açık, acik, nyitott, deschis,
    열림
"""
_OPEN_ALONE = """
    new, active, created, working, started, assigned, submitted, identified, triage, in review, neu, nouveau, nouvelle,
    nuevo, nueva, novo, nova, nuovo, nieuw, новый, новая
"""
_WAITS = """
    pending, on hold, waiting, waiting for customer, waiting for support, waiting on customer, waiting on third party,
    awaiting, awaiting user info, awaiting vendor, awaiting problem, awaiting evidence, awaiting reply, acknowledged,
    acked, snoozed, suspended, silenced, muted, suppressed, paused, under maintenance, no data, nodata, deferred,
    wartend, ausstehend, pausiert, en attente, pendiente, pendente, in attesa, в ожидании, scheduled,
    insufficient data, warten auf, zurückgestellt, väntar, suspendu, 保留, 保留中, 대기, 대기중
"""
_WAITS_ALONE = """
    hold, held, acknowledge, monitoring, maintenance, unknown, blocked, stalled, feedback, wartet, quittiert
"""
_RESOLVED = """
    solved, resolved, recovered, fixed, healthy, operational, ok, okay, back online, back to normal, not firing,
    not alerting, no longer firing, no longer alerting, no longer failing, autoresolved, deactivated, inactive,
    cleared, gelöst, geloest, behoben, wiederhergestellt, résolu, résolue, corrigé, corrigée, rétabli, rétablie,
    resuelto, resuelta, solucionado, solucionada, resolvido, resolvida, risolto, risolta, opgelost, решено, решен,
    решена, 解決, 解決済み, 已解决, restored, mitigated, remediated, back up, no longer met,
    wieder erreichbar, wieder online, wieder verfügbar, entwarnung, retour à la normale, restablecido, restablecida,
    restabelecido, ripristinato, hersteld, afgehandeld, восстановлено, восстановлен, восстановлена, vyřešeno, vyřešen,
    rozwiązane, rozwiązany, løst, löst, ratkaistu, megoldva, rezolvat, çözüldü, تم الحل, đã giải quyết, 恢复, 已恢复,
    恢復, 已恢復, 復旧, 復旧済み, 해결됨, 해결, 복구됨
"""
_RESOLVED_ALONE = """
    resolve, recovery, recover, up, online, available, reachable, normal, clear, good, success,
    passed, expired, ended, deactivate, answered, over, nominal, green, disarmed, verified, verlopen
"""
_CLOSED = """
    closed, autoclosed, completed, finished, cancelled, canceled, deleted, archived, duplicate, false positive,
    false alarm, wontfix, wont fix, wont do, will not fix, will not do, not reproducible, cannot reproduce,
    not a bug, by design, as designed, spam, closed incomplete, dismissed, abandoned, withdrawn, done,
    geschlossen, erledigt, abgeschlossen, beendet, storniert, fermé, fermée, clôturé, clôturée, terminé, terminée,
    annulé, annulée, cerrado, cerrada, completado, completada, terminado, terminada, finalizado, finalizada, cancelado,
    cancelada, fechado, fechada, concluído, concluída, encerrado, encerrada, chiuso, chiusa, completato, annullato,
    gesloten, afgerond, afgesloten, закрыт, закрыта, закрыто, zamknięte, zamknięty, uzavřeno, uzavřený, avsluttet,
    afsluttet, avslutad, stängd, lukket, suljettu, lezárva, închis, kapalı, kapali, kapatıldı,
    kapatildi, đã đóng, 完了, 已关闭, 已完成,
    완료, 종료, 닫힘
"""
_CLOSED_ALONE = "close, complete, rejected, merged, removed, invalid, obsolete, declined, clos, fertig"

# What takes an ending back that follows close behind, as in "not yet resolved", "pending close".
_NEGATING = """
    not, no, non, never, isnt, wasnt, arent, werent, aint, hasnt, havent, hadnt, wont, wouldnt, dont, doesnt, didnt,
    cant, cannot, couldnt, shouldnt, mustnt, neednt, without, to, pending, waiting, awaiting, partially, partly,
    almost, nearly, possible, possibly, maybe, nicht, nie, noch, teilweise, pas, sin, nao, niet, не, un
"""
_NEAR = 3  # words between which one takes the other back

# Words that only say what the status is of, or that it is so by now.
_ABOUT = """
    incident, alert, alarm, problem, issue, ticket, case, request, status, state, event, monitor, monitoring, service,
    host, site, check, trigger, is, are, was, now, still, again, back, the, auto, automatically, currently, all, hard,
    soft
"""

# What is broken, and how it is said that it is so no more: "no longer down", "the outage is over".
_BROKEN = """
    down, critical, failing, firing, alerting, broken, unreachable, unhealthy, offline, unavailable, degraded, breached,
    in alarm
"""
_NO_MORE = "not {}, no longer {}, no more {}, nicht mehr {}, plus {}, ya no {}"
_TROUBLE = "outage, incident, alarm, alert, problem, disruption, degradation, störung, ausfall, panne"
_SOLUTION = "resolution, solution, fix, closure"
_REFUSED = "{} rejected, {} declined, {} refused, {} not accepted, {} not confirmed"
_REFUSED_BY = """
    rejected by customer, rejected by requester, rejected by user, declined by customer, declined by requester,
    declined by user, lösung abgelehnt, lösung zurückgewiesen, solution refusée, solución rechazada,
    solução rejeitada, soluzione rifiutata
"""
_ENDED = "{} over, {} is over, {} ended, {} has ended, {} beendet, {} vorbei, end of {}, end of the {}, no {}"


def _split(text: str) -> list[str]:
    """The words of a text; `|` stands between those that a sign keeps apart."""
    humped = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)  # NoData, inProgress
    folded = texts.normal("NFD", texts.fold(humped))
    plain = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn").replace("'", "")
    drawn = status_changes.arrows(plain)
    apart = re.sub(r"\s+-+\s+|[^\w\s.\-→←¦]|--+", " | ", drawn)
    return re.sub(r"[^\w|→←¦]|_", " ", apart).split()


def _listed(words: str) -> set[tuple[str, ...]]:
    return {tuple(_split(phrase)) for phrase in " ".join(words.split()).split(",") if phrase.strip()}


def _each(sentences: str, words: str) -> str:
    return ", ".join(sentences.replace("{}", word.strip()) for word in words.split(","))


_NO_LONGER = _listed(_each(_NO_MORE, _BROKEN)) | _listed(_each(_ENDED, _TROUBLE))
_GOES_ON = _listed(_OPEN) | _listed(_each(_REFUSED, _SOLUTION)) | _listed(_REFUSED_BY)
_ANYWHERE: dict[tuple[str, ...], Says] = {
    **dict.fromkeys(_GOES_ON, Says.OPEN),
    **dict.fromkeys(_listed(_WAITS), Says.WAITS),
    **dict.fromkeys(_listed(_FIRES) | _listed(_AGAIN), Says.FIRES),
    **dict.fromkeys(_listed(_RESOLVED) | _listed(_CLOSED) | _NO_LONGER, Says.ENDS),
}
_WHOLE: dict[tuple[str, ...], Says] = _ANYWHERE | {
    **dict.fromkeys(_listed(_OPEN_ALONE), Says.OPEN),
    **dict.fromkeys(_listed(_WAITS_ALONE), Says.WAITS),
    **dict.fromkeys(_listed(_FIRES_ALONE), Says.FIRES),
    **dict.fromkeys(_listed(_RESOLVED_ALONE) | _listed(_CLOSED_ALONE), Says.ENDS),
}
_REOPENS = _listed(_AGAIN)
_CLOSES = _listed(_CLOSED) | _listed(_CLOSED_ALONE)
_TAKES_BACK = {phrase[0] for phrase in _listed(_NEGATING)}
_FILLS = {phrase[0] for phrase in _listed(_ABOUT)}
_LONGEST = max(map(len, _WHOLE))


@lru_cache(4096)
def meaning(status: str | None) -> Says | None:
    """What a status says, however it is written: in any case, width and form of letters, with signs around and between
    its words, and perhaps with the name of what it is about (`incident.resolved`); None for one that is not known.
    Of several words one that says that it is broken again counts most, then that it is over."""
    words = _last_state(status or "")
    whole = _WHOLE.get(_bare(words)) or _as_a_whole(words)
    if whole is not None:
        return whole
    found = _within(words)
    if any(phrase in _REOPENS for phrase, _ in found):
        return Says.FIRES
    said = {says for _, says in found}
    return next((says for says in (Says.ENDS, Says.WAITS, Says.FIRES, Says.OPEN) if says in said), None)


@lru_cache(4096)
def stood(status: str) -> Stood | None:
    """How a ticket of this status stood, for history; None for one that is not known."""
    says = meaning(status)
    if says is not Says.ENDS:
        return None if says is None else "open"
    words = _last_state(status)
    closes = _bare(words) in _CLOSES or any(phrase in _CLOSES for phrase, _ in _within(words))
    return "closed" if closes else "resolved"


def words(says: Says) -> list[str]:
    """The statuses that say this, in order, as they are compared."""
    return sorted(" ".join(phrase) for phrase, meant in _WHOLE.items() if meant is says)


def _last_state(status: str) -> list[str]:
    return status_changes.last_state(
        _split(status),
        knows=lambda words: _as_a_whole(words) is not None or bool(_within(words)),
        is_one=lambda words: _bare(words) in _WHOLE,
        ends=lambda words: _WHOLE[_bare(words)] is Says.ENDS,
    )


def _bare(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word != status_changes.SIGN)


def _as_a_whole(words: list[str]) -> Says | None:
    return _WHOLE.get(tuple(word for word in _bare(words) if word not in _FILLS))


def _within(words: list[str]) -> list[tuple[tuple[str, ...], Says]]:
    """The longest phrases in it that mean something wherever they stand. An ending that is taken back says that it is
    open; of a beginning that is, nothing is known."""
    found: list[tuple[tuple[str, ...], Says]] = []
    place = 0
    while place < len(words):
        lengths = range(min(_LONGEST, len(words) - place), 0, -1)
        phrase = next((one for n in lengths if (one := tuple(words[place : place + n])) in _ANYWHERE), None)
        if phrase is not None:
            says = _ANYWHERE[phrase]
            taken_back = says in (Says.ENDS, Says.FIRES) and _taken_back(words[:place])
            if not taken_back:
                found.append((phrase, says))
            elif says is Says.ENDS:
                found.append(((), Says.OPEN))
        place += len(phrase or (0,))
    return found


def _taken_back(before: list[str]) -> bool:
    near = before[-_NEAR:]
    if "|" in near:
        near = near[len(near) - near[::-1].index("|") :]
    return any(word in _TAKES_BACK for word in near)
