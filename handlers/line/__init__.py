"""LINE's door: `webhook` accepts events, `events` turns them into inquiries, `messages` renders replies.

Calling LINE is left to `clients/line`.
"""
