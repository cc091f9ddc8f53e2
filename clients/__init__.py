"""Everything outside the house that we call: LINE first. Timeouts on every call, one error family with `permanent`.

Knows neither the bot nor the store; `worker.py` hands it what to send.
"""
