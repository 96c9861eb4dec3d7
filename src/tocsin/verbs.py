"""Every verb of a case, in one place: what faces and docs derive their routes, commands, forms and tables from."""

from tocsin.cases import verbs as _cases
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.comms import updates as _updates

_EVERY: tuple[AnyVerb, ...] = (
    _cases.assign,
    _cases.acknowledge,
    _cases.decline,
    _cases.call_in,
    _cases.bridge,
    _cases.follow,
    _cases.unfollow,
    _cases.note,
    _updates.send_update,
    _cases.ask_team,
    _cases.answer_team,
    _updates.explain,
    _cases.mark_milestone,
    _cases.contain,
    _cases.confirm_containment,
    _cases.reject_containment,
    _cases.resolve,
    _cases.confirm_resolution,
    _cases.reject_resolution,
    _cases.hold,
    _cases.resume,
    _cases.link,
    _cases.unlink,
    _cases.dismiss_parent,
    _cases.reopen,
    _cases.close,
    _cases.answer_triage,
    _cases.answer_risk,
    _cases.snooze_triage,
    _cases.answer_request,
    _cases.raise_,
    _cases.request,
    _cases.lower,
    _cases.override,
    _cases.correct,
    _cases.extend,
    _cases.restrict,
    _cases.undo,
)
VERBS: dict[str, AnyVerb] = {verb.name: verb for verb in _EVERY}
"""By name, in the order in which pages and docs show them. A verb that stands here has its route, command and form."""
