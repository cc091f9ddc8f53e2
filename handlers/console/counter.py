"""Changes of hands by staff, with the sentence that the resident is told then, in the language of their talk."""

from __future__ import annotations

from bot.dialogue import Conversation
from bot.handover import Event, transition
from bot.messages import Language
from bot.wording import Wording
from faq.library import Library
from store import Store
from store.errors import StoreError
from store.records_cases import CaseView, Said, Tell


class Counter:
    """What staff do at the counter. Every method raises `CaseConflict` when a colleague was quicker."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    def take(self, case: CaseView, staff: int) -> CaseView:
        return self._store.take_case(case.city, case.id, staff, self._tell(case, "takes"))

    def release(self, case: CaseView, staff: int, *, forced: bool = False) -> CaseView:
        tell = self._tell(case, "releases")
        return self._store.release_case(case.city, case.id, staff, tell, forced=forced)

    def transfer(self, case: CaseView, staff: int, department: str, reason: str, *, forced: bool = False) -> CaseView:
        tell = self._tell(case, "transfers")
        return self._store.transfer_case(case.city, case.id, staff, department, reason, tell, forced=forced)

    def close(self, case: CaseView, staff: int, reason: str, entry_id: str = "", *, forced: bool = False) -> CaseView:
        tell = self._tell(case, "closes")
        return self._store.close_case(case.city, case.id, staff, reason, entry_id, tell, forced=forced)

    def _tell(self, case: CaseView, event: Event) -> Tell | None:
        """The words for this step. They are made from the case as it is afterwards (its new department)."""
        step = transition(case.status, event, "staff")
        if step is None or not step.says:
            return None
        wording, language, key = Wording(self._library.get(case.city).wording), self._language(case), step.says
        city = self._library.get(case.city).city

        def tell(after: CaseView) -> Said:
            known = {"city": city.name, "phone": city.phone, "department": city.department(after.department).name}
            return Said(wording.say(key, language, **known))

        return tell

    def _language(self, case: CaseView) -> Language:
        try:
            return Conversation.from_dict(self._store.conversation(case.city, case.resident)).language
        except StoreError:
            return "ja"
