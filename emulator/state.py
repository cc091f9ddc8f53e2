"""The platform's memory and its bounds; everything above (acts, sending) reads and changes it under one lock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from emulator import ids
from emulator.content import ContentStore
from emulator.faults import Faults
from emulator.insights import UnitInsights
from emulator.limits import RateLimits, Usage
from emulator.model import Channel, Delivery, Json, PhoneMessage, Resident, Talk
from emulator.richmenu import RichMenus
from emulator.tokens import ReplyTokens, RetryKeys


class PlatformState:
    """Channels, residents, talks, tokens and deliveries. `keep_history=False` keeps no talks and no deliveries."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        messages_per_resident: int = 300,
        max_residents: int = 20_000,
        max_deliveries: int = 100_000,
    ) -> None:
        self.clock = clock
        self.keep_history = True
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.reply_tokens = ReplyTokens(clock)
        self.retry_keys = RetryKeys(clock)
        self.limits = RateLimits(clock)
        self.usage = Usage()
        self.insights = UnitInsights()
        self.faults = Faults()
        self.content = ContentStore()
        self.rich_menus = RichMenus()
        self.deliveries: deque[Delivery] = deque(maxlen=max_deliveries)
        self.on_delivery: list[Callable[[Delivery], None]] = []
        self._messages_per_resident = messages_per_resident
        self._max_residents = max_residents
        self._channels: dict[str, Channel] = {}
        self._by_token: dict[str, Channel] = {}
        self._residents: dict[tuple[str, str], Resident] = {}
        self._talks: dict[tuple[str, str], Talk] = {}
        self._read_tokens: dict[str, tuple[str, str]] = {}

    # -- channels --------------------------------------------------------------------------------------------------

    def add_channel(
        self, city: str, access_token: str, channel_secret: str, webhook_url: str | None, name: str = ""
    ) -> Channel:
        """A city's official account. Its token must be its own: LINE tells channels apart by it."""
        with self.lock:
            if city in self._channels or access_token in self._by_token:
                raise ValueError(f"the channel or its access token exists already: {city}")
            channel = Channel(city, access_token, channel_secret, webhook_url, ids.hex_id("U"), name or city)
            self._channels[city] = channel
            self._by_token[access_token] = channel
            return channel

    def channel(self, city: str) -> Channel:
        """The channel of a city; KeyError when there is none."""
        return self._channels[city]

    def cities(self) -> list[str]:
        """Cities that have a channel."""
        return list(self._channels)

    def channel_of_token(self, access_token: str) -> Channel | None:
        """The channel an access token belongs to."""
        return self._by_token.get(access_token)

    def set_webhook_url(self, city: str, url: str | None) -> None:
        """Where the city's events go from now on."""
        self._channels[city].webhook_url = url

    # -- residents -------------------------------------------------------------------------------------------------

    def add_resident(
        self,
        city: str,
        name: str,
        user_id: str | None = None,
        *,
        language: str = "ja",
        picture_url: str | None = None,
        following: bool = True,
    ) -> Resident:
        """A test phone that is (unless told otherwise) a friend of the city's account already; no event is sent."""
        user_id = user_id or ids.hex_id("U")
        if not ids.USER_ID.fullmatch(user_id):
            raise ValueError("a user ID is U and 32 lower-case hexadecimal digits")
        return self._add(Resident(city, user_id, name, language, picture_url, following))

    def add_group(self, city: str, name: str, *, room: bool = False) -> Resident:
        """A group (or a room) the account is a member of; its `user_id` is the group's ID."""
        return self._add(Resident(city, ids.hex_id("R" if room else "C"), name, group=True))

    def _add(self, resident: Resident) -> Resident:
        with self.lock:
            if resident.city not in self._channels:
                raise KeyError(resident.city)
            if len(self._residents) >= self._max_residents:
                raise OverflowError(f"the emulator holds at most {self._max_residents} residents")
            if (resident.city, resident.user_id) in self._residents:
                raise ValueError("this user ID exists already")
            self._residents[resident.city, resident.user_id] = resident
            return resident

    def resident(self, city: str, user_id: str) -> Resident | None:
        """A resident (or a group) by ID, None when this channel does not know it."""
        return self._residents.get((city, user_id))

    def residents(self, city: str) -> list[Resident]:
        """The test phones of a city, in the order they were added; groups are left out."""
        with self.lock:
            return [one for (of, _), one in self._residents.items() if of == city and not one.group]

    # -- talks -----------------------------------------------------------------------------------------------------

    def talk(self, city: str, chat_id: str) -> Talk:
        """The talk with a resident or a group; made when it is first needed. Call under the lock."""
        talk = self._talks.get((city, chat_id))
        if talk is None:
            talk = self._talks[city, chat_id] = Talk(deque(maxlen=self._messages_per_resident))
        return talk

    def phone_messages(self, city: str, user_id: str) -> list[PhoneMessage]:
        """What the phone shows, oldest first, both sides."""
        with self.lock:
            talk = self._talks.get((city, user_id))
            return list(talk.messages) if talk else []

    def show(self, city: str, chat_id: str, message: PhoneMessage) -> None:
        """Put a message on a phone; one from the city ends the loading animation."""
        with self.lock:
            talk = self.talk(city, chat_id)
            talk.messages.append(message)
            talk.version += 1
            if message.sender == "city":
                talk.loading_until = 0.0

    def looked_at(self, city: str, user_id: str) -> None:
        """The resident sees the newest of the talk: LINE counts what was sent with an aggregation unit."""
        with self.lock:
            shown = [(one.id, one.request_id) for one in self.phone_messages(city, user_id) if one.request_id]
            self.insights.seen(city, user_id, shown, self.clock())

    def link_opened(self, city: str, user_id: str, url: str) -> None:
        """The resident opens a link that stands in the talk."""
        with self.lock:
            requests = [one.request_id for one in self.phone_messages(city, user_id) if one.request_id]
            self.insights.opened(city, user_id, requests, url, self.clock())

    def mark_read_by_token(self, city: str, token: str) -> bool:
        """The city read the message of this token and all before it; False when the token is unknown."""
        with self.lock:
            chat_id, message_id = self._read_tokens.get(token, ("", ""))
            if (city, chat_id) not in self._talks:
                return False
            talk = self.talk(city, chat_id)
            for message in talk.messages:
                message.read = message.read or message.sender == "resident"
                if message.id == message_id:
                    break
            talk.version += 1
            return True

    def delivered(self, delivery: Delivery) -> None:
        """Remember an accepted sending and tell whoever listens."""
        if self.keep_history:
            self.deliveries.append(delivery)
        for listener in self.on_delivery:
            listener(delivery)

    def delivered_messages(self, city: str, method: str | None = None) -> list[Json]:
        """All message objects the city sent (by one method), in order: what most tests want to read."""
        with self.lock:
            chosen = [one for one in self.deliveries if one.city == city and method in (None, one.method)]
        return [message for delivery in chosen for message in delivery.messages]
