"""The LINE platform in a box: LINE's limits, status codes, tokens and webhooks, and a phone in the browser.

Demo and test double in one: the production code talks to it over a real socket, exactly as it talks to LINE.
It knows nothing of the bot; what the city answers is decided elsewhere.
"""

from emulator.app import create_emulator
from emulator.platform import LinePlatform
from emulator.server import RunningEmulator, serve

__all__ = ["LinePlatform", "RunningEmulator", "create_emulator", "serve"]
