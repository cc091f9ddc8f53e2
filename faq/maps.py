"""Links to a map that open in any browser, without an account and without a key (Google's Maps URLs). Pure.

地理院地図 needs no account either, but its links set no pin and show no way, and its page is heavy for a network under
load.
"""

from __future__ import annotations

from urllib.parse import quote_plus

from faq.city import City
from faq.place_states import PlaceState

_SEARCH = "https://www.google.com/maps/search/?api=1&query="


def map_link(latitude: float, longitude: float) -> str:
    """A pin, and the way on foot. Five decimals are a metre."""
    return f"{_SEARCH}{latitude:.5f}%2C{longitude:.5f}"


def map_search(words: str) -> str:
    """Where only an address or a name is known: the map looks for it."""
    return f"{_SEARCH}{quote_plus(words)}"


def map_of(state: PlaceState, city: City) -> str:
    """To a water point: its pin, or a search for its address in this city."""
    if state.point is not None:
        return map_link(*state.point)
    words = state.address or state.name
    return map_search(words if city.name in words else f"{city.name} {words}")
