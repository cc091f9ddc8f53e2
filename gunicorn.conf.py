"""What `gunicorn 'app:create_app()'` needs besides: read by gunicorn itself from the folder in which it is started.

Threads, because an open chat (server-sent events) holds one for minutes: gunicorn's usual worker has a single one, and
LINE would wait behind it. What is given on gunicorn's command line goes before this.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from config import ConfigError, read_config

try:
    _config = read_config()
except ConfigError as error:
    sys.exit(f"できませんでした: 設定を読めません。{error}")

bind = f"{_config.host}:{_config.port}"
worker_class = "gthread"
threads = _config.web_threads
graceful_timeout = 5
"""Seconds that a stop waits for requests under way. Open chats never end by themselves."""
