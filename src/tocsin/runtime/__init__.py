"""The composition root: builds the floors into one installation (`building`), opens it by its settings (`launching`),
and gives every loop its thread (`installation`)."""

from tocsin.runtime.building import KINDS, PUBLIC, build
from tocsin.runtime.installation import Entrance, Installation, Outgoing
from tocsin.runtime.launching import hold, launch, look, require_settings, require_sound
from tocsin.tools.sending import Inline
from tocsin.watchers.watch import Options

__all__ = [
    "KINDS",
    "PUBLIC",
    "Entrance",
    "Inline",
    "Installation",
    "Options",
    "Outgoing",
    "build",
    "hold",
    "launch",
    "look",
    "require_settings",
    "require_sound",
]
