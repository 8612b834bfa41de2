"""gunicorn's settings. Workers open the store after the fork; no access log is kept."""

from typing import Any

import structlog
from gunicorn.glogging import Logger

from api import counters, counts_folder
from api.config import read_settings
from api.patient_worker import PatientWorker


class NamelessLogger(Logger):
    """gunicorn's own log, a JSON object a line like the application's, and without what gunicorn
    says of single requests: address, path, header lines."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        formatter = structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,  # of a start that failed
                structlog.processors.JSONRenderer(),
            ]
        )
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().warning(str(msg).partition(" from ip=")[0], *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Error handling request"):
            super().error("Error handling a request")
        else:
            super().exception(msg, *args, **kwargs)


_settings = read_settings()
counters.shared()  # before the fork: all workers count together
if _settings.metrics:
    counts_folder.make()

bind = _settings.listeners
workers = _settings.workers
threads = _settings.threads
worker_class = PatientWorker
worker_connections = 1000  # in a worker: half may wait for their clients, half for a thread
preload_app = False
accesslog = None
logger_class = NamelessLogger
graceful_timeout = 20
keepalive = 15
control_socket_disable = True


def on_exit(_: Any) -> None:
    counts_folder.remove()
