"""What residents taught, for the people who read it."""

from __future__ import annotations

from collections.abc import Iterable

from store.core import Core
from store.proposals import Settling, filed_proposals, settle
from store.records import FiledProposal, ProposalStatus
from store.writer import Kind, one_by_one


class Learning(Core):
    """The part of the `Store` that keeps proposed phrasings. They come in with the outcome of an inquiry."""

    def proposals(self, city: str, status: ProposalStatus = "open") -> list[FiledProposal]:
        """The city's proposals, oldest first."""
        return self._read(lambda connection: filed_proposals(connection, city, status))

    def settle_proposals(self, city: str, keys: Iterable[tuple[str, str]], status: ProposalStatus) -> int:
        """Mark open proposals, named by (entry id, key), as approved or rejected for good. How many were open."""
        return self._write(Kind("settle_proposals", 6, one_by_one(settle)), Settling(city, tuple(keys), status))
