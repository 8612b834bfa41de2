"""gunicorn's settings. Workers open the store after the fork; no access log is kept."""

from typing import Any

import structlog
from gunicorn.glogging import Logger

from api import counters, counts_folder
from api.config import read_settings
from api.patient_worker import PatientWorker


class JsonLogger(Logger):
    """gunicorn's own log, a JSON object a line like the application's. Of single requests it says
    nothing: `api.patient_worker` answers them."""

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
logger_class = JsonLogger
graceful_timeout = 4  # a server ends within five seconds; pieces of files are sent up again
keepalive = 15
control_socket_disable = True


def on_exit(_: Any) -> None:
    counts_folder.remove()
