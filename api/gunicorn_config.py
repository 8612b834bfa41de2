"""gunicorn's settings. Workers open the store after the fork; no access log is kept."""

from typing import Any

from gunicorn.glogging import Logger

from api.config import read_settings


class NamelessLogger(Logger):
    """gunicorn's own log, without what it says of single requests: address, path, header lines."""

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().warning(str(msg).partition(" from ip=")[0], *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Error handling request"):
            super().error("Error handling a request")
        else:
            super().exception(msg, *args, **kwargs)


_settings = read_settings()

bind = _settings.bind
workers = _settings.workers
threads = _settings.threads
worker_class = "gthread"
preload_app = False
accesslog = None
logger_class = NamelessLogger
graceful_timeout = 20
keepalive = 15
control_socket_disable = True
