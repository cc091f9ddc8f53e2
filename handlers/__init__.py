"""The doors: LINE's webhook, the web widget, public pages. The only folder that knows Flask.

A door verifies, parses and renders; what is said is decided by `bot`, what is kept is `store`'s.
"""
