"""What residents do on their phones, and the webhook events that come of it."""

from __future__ import annotations

from collections.abc import Callable

from emulator import events, ids
from emulator.model import Channel, Json, PhoneMessage, Resident, WebhookEvent
from emulator.richmenu import NO_ALIAS
from emulator.signing import Outcome
from emulator.state import PlatformState
from emulator.webhooks import Job, Webhooks

Who = Resident | str


class ResidentActs(PlatformState):
    """Each method does what a hand on a phone does, and returns the event that was sent on its way."""

    def __init__(self, clock: Callable[[], float], *, webhook_threads: int = 8, **bounds: int) -> None:
        super().__init__(clock, **bounds)
        self.webhooks = Webhooks(clock, self, webhook_threads)

    # -- messages --------------------------------------------------------------------------------------------------

    def send_text(
        self, city: str, who: Who, text: str, *, group: Who | None = None, standby: bool = False
    ) -> WebhookEvent:
        """Type something and send it; `group` says where, when it is not the one-to-one talk."""
        return self._message(city, who, events.text(ids.message_id(), text), group, standby)

    def send_sticker(
        self, city: str, who: Who, package_id: str = "446", sticker_id: str = "1988", keywords: tuple[str, ...] = ()
    ) -> WebhookEvent:
        """Send a sticker."""
        return self._message(city, who, events.sticker(ids.message_id(), package_id, sticker_id, keywords))

    def send_image(self, city: str, who: Who, data: bytes, mime: str = "image/jpeg") -> WebhookEvent:
        """Send a picture; the bot fetches its bytes from the content endpoint."""
        return self._media(city, who, events.media("image", ids.message_id()), data, mime)

    def send_video(self, city: str, who: Who, data: bytes, duration_ms: int = 5000) -> WebhookEvent:
        """Send a video."""
        return self._media(city, who, events.media("video", ids.message_id(), duration_ms), data, "video/mp4")

    def send_audio(self, city: str, who: Who, data: bytes, duration_ms: int = 3000) -> WebhookEvent:
        """Send a voice message."""
        return self._media(city, who, events.media("audio", ids.message_id(), duration_ms), data, "audio/x-m4a")

    def send_file(self, city: str, who: Who, name: str, data: bytes, mime: str = "application/pdf") -> WebhookEvent:
        """Send a file."""
        return self._media(city, who, events.file(ids.message_id(), name, len(data)), data, mime)

    def send_location(
        self, city: str, who: Who, latitude: float, longitude: float, title: str = "", address: str = ""
    ) -> WebhookEvent:
        """Send a place (degrees, WGS 84)."""
        return self._message(city, who, events.location(ids.message_id(), latitude, longitude, title, address))

    def unsend(self, city: str, who: Who, message_id: str) -> WebhookEvent:
        """Take a sent message back."""
        user_id = _id(who)
        with self.lock:
            for message in self.phone_messages(city, user_id):
                if message.id == message_id and message.sender == "resident":
                    message.state, message.message = "unsent", {"type": "unsent"}
            self.talk(city, user_id).version += 1
        self.content.drop(city, message_id)
        return self.send_event(city, user_id, "unsend", reply=False, unsend={"messageId": message_id})

    # -- buttons ---------------------------------------------------------------------------------------------------

    def press(self, city: str, who: Who, action: Json, params: Json | None = None) -> WebhookEvent | None:
        """Press a button that carries this action; `params` holds what a date picker chose.

        An action that only the phone itself carries out (uri, camera, clipboard) sends nothing: None. LINE counts that
        a link was opened.
        """
        kind = action["type"]
        if kind == "uri":
            self.link_opened(city, _id(who), action["uri"])
        if kind == "message":
            return self.send_text(city, who, action["text"])
        if kind == "postback":
            words = action.get("displayText") or action.get("text")
            if action.get("text"):
                self.send_text(city, who, action["text"])
            elif words:
                self._show_own(city, _id(who), {"type": "text", "text": words})
            return self._postback(city, who, action["data"], None)
        if kind == "datetimepicker":
            mode = action["mode"]
            chosen = (params or {}).get(mode) or action.get("initial")
            if not chosen:
                raise ValueError("a date picker needs params")
            return self._postback(city, who, action["data"], {mode: chosen})
        if kind == "richmenuswitch":
            return self._switch_menu(city, who, action)
        return None

    def _switch_menu(self, city: str, who: Who, action: Json) -> WebhookEvent:
        alias = action["richMenuAliasId"]
        with self.lock:
            status = self.rich_menus.switch(city, _id(who), alias)
            self.talk(city, _id(who)).version += 1
        params = {"status": status} if status == NO_ALIAS else {"newRichMenuAliasId": alias, "status": status}
        return self._postback(city, who, action["data"], params)

    def _postback(self, city: str, who: Who, data: str, params: Json | None) -> WebhookEvent:
        postback: Json = {"data": data} | ({"params": params} if params else {})
        return self.send_event(city, who, "postback", postback=postback)

    # -- friendship ------------------------------------------------------------------------------------------------

    def follow(self, city: str, who: Who) -> WebhookEvent:
        """Add the city's account as a friend, or unblock it."""
        resident = self._known(city, _id(who))
        with self.lock:
            again = (city, resident.user_id) in self._talks
            resident.following = True
            self.talk(city, resident.user_id).version += 1
        return self.send_event(city, who, "follow", follow={"isUnblocked": again})

    def unfollow(self, city: str, who: Who) -> WebhookEvent:
        """Block the city's account: nothing is delivered to this phone any more."""
        with self.lock:
            self._known(city, _id(who)).following = False
            self.talk(city, _id(who)).version += 1
        return self.send_event(city, who, "unfollow", reply=False)

    def send_event(
        self, city: str, who: Who | None, kind: str, *, reply: bool = True, standby: bool = False, **properties: object
    ) -> WebhookEvent:
        """Any event: join, leave, beacon, or a type that nobody knows yet."""
        source = None
        if who is not None:
            chat = _id(who)
            source = events.user_source(chat) if chat.startswith("U") else events.group_source(chat, None)
        return self._emit(city, _id(who) if who else "", kind, source, reply, standby, None, properties)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _media(self, city: str, who: Who, message: Json, data: bytes, mime: str) -> WebhookEvent:
        self.content.put(city, message["id"], data, mime)
        return self._message(city, who, message)

    def _message(
        self, city: str, who: Who, message: Json, group: Who | None = None, standby: bool = False
    ) -> WebhookEvent:
        user_id = _id(who)
        resident = self._known(city, user_id)
        if not resident.following and group is None:
            raise ValueError("who has blocked the account cannot write to it")
        chat_id = _id(group) if group else user_id
        source = events.group_source(chat_id, user_id) if group else events.user_source(user_id)
        if self.channel(city).chat_on:
            token = message["markAsReadToken"] = ids.opaque_token()
            with self.lock:
                self._read_tokens[token] = (chat_id, message["id"])
                if len(self._read_tokens) > 10_000:
                    del self._read_tokens[next(iter(self._read_tokens))]
        self._show_own(city, chat_id, message)
        return self._emit(city, chat_id, "message", source, True, standby, message["id"], {"message": message})

    def _emit(
        self,
        city: str,
        chat_id: str,
        kind: str,
        source: Json | None,
        reply: bool,
        standby: bool,
        message_id: str | None,
        properties: dict[str, object],
    ) -> WebhookEvent:
        token = ids.hex_id("") if reply and not standby else None
        body = events.event(kind, source, self.clock(), reply_token=token, standby=standby, **properties)
        event = WebhookEvent(city, chat_id, body["webhookEventId"], body, token, message_id)
        if token:
            with self.lock:
                self.reply_tokens.issue(token, city, chat_id, event.event_id)
        self.webhooks.submit(self.channel(city), event)
        return event

    def _show_own(self, city: str, chat_id: str, message: Json) -> None:
        if self.keep_history:
            number = message.get("id") or ids.message_id()
            self.show(city, chat_id, PhoneMessage(number, "resident", message, self.clock(), state="sending"))

    def _known(self, city: str, user_id: str) -> Resident:
        resident = self.resident(city, user_id)
        if resident is None:
            raise KeyError(user_id)
        return resident

    # -- told by the webhooks --------------------------------------------------------------------------------------

    def leaving(self, job: Job) -> None:
        """A POST begins: LINE counts a reply token's minute from here."""
        with self.lock:
            self.reply_tokens.delivered(event.reply_token for event in job.events)

    def arrived(self, job: Job, outcome: Outcome, final: bool) -> None:
        """A POST ended: the phone shows 既読 when the bot's server took it (with chat off LINE reads by itself)."""
        if not self.keep_history or not (outcome.ok or final):
            return
        with self.lock:
            for event in job.events:
                self._settle(job.channel, event, outcome.ok)

    def _settle(self, channel: Channel, event: WebhookEvent, ok: bool) -> None:
        talk = self._talks.get((channel.city, event.chat_id))
        if talk is None:
            return
        for message in reversed(talk.messages):
            if message.state == "sending" and event.message_id in (None, message.id):
                message.state = "delivered" if ok else "failed"
                message.read = ok and not channel.chat_on
                talk.version += 1
                return


def _id(who: Who) -> str:
    return who if isinstance(who, str) else who.user_id
