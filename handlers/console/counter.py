"""Changes of hands by staff, with the sentence that the resident is told then, in the language of their talk."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue import Conversation
from bot.handover import Event, transition
from bot.messages import Language
from bot.teaching import lesson
from bot.wording import Wording
from desk import proposal_of
from faq.library import Library
from store import Store
from store.errors import StoreError
from store.records import Proposal
from store.records_accounts import AuditLine
from store.records_cases import CaseView, Said, Tell


class Counter:
    """What staff do at the counter. Every method raises `CaseConflict` when a colleague was quicker.

    `line` is what the audit log says of it, written if it is done and not otherwise.
    """

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    def take(self, case: CaseView, staff: int, line: AuditLine) -> CaseView:
        return self._store.take_case(case.city, case.id, staff, self._tell(case, "takes"), line=line)

    def release(self, case: CaseView, staff: int, line: AuditLine, *, forced: bool = False) -> CaseView:
        tell = self._tell(case, "releases")
        return self._store.release_case(case.city, case.id, staff, tell, forced=forced, line=line)

    def transfer(self, case: CaseView, staff: int, department: str, reason: str, line: AuditLine) -> CaseView:
        tell = self._tell(case, "transfers")
        return self._store.transfer_case(case.city, case.id, staff, department, reason, tell, line=line)

    def close(
        self, case: CaseView, staff: int, reason: str, entry_id: str, taught: Proposal | None, line: AuditLine
    ) -> CaseView:
        tell = self._tell(case, "closes")
        return self._store.close_case(case.city, case.id, staff, reason, entry_id, tell, taught=taught, line=line)

    def taught(self, case: CaseView, entry_id: str, now: datetime) -> Proposal | None:
        """What the resident's words teach about the entry that staff say answers them; None: nothing to propose."""
        knowledge = self._library.get(case.city)
        entry = knowledge.entries.get(entry_id)
        taught = lesson(entry, case.question, "staff", knowledge.city.own_names) if entry else None
        return proposal_of(case.city, taught, now) if taught else None

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
