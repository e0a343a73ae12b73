"""Messages of the compiled part go to the logger "runmech"; nothing is printed."""

import atexit
import logging

from runmech import _core

logger = logging.getLogger("runmech")
_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)


def forward() -> None:
    """Hand every message of the compiled part to the logger, until the interpreter ends."""

    def receive(level: int, message: str) -> None:
        logger.log(_LEVELS[level], "%s", message)

    _core._set_log_callback(receive)
    atexit.register(_core._set_log_callback, None)
