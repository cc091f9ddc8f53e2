"""The staff's pages: login and accounts, the inbox and the talks, the audit log.

Server-rendered and complete without scripts. Who may do what is `permissions`' table, checked by `gate` before every
view; what is decided about a talk is `bot.handover`'s, what is kept is `store`'s.
"""

from handlers.console.blueprint import console_blueprint

__all__ = ["console_blueprint"]
