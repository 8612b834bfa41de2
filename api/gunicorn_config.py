"""gunicorn's settings. Workers open the store after the fork; no access log is kept."""

from api.config import read_settings

_settings = read_settings()

bind = _settings.bind
workers = _settings.workers
threads = _settings.threads
worker_class = "gthread"
preload_app = False
accesslog = None
graceful_timeout = 20
keepalive = 15
control_socket_disable = True
