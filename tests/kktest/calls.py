"""Small builders of calls, wishes to be called back, and recordings."""

import hashlib
from datetime import timedelta

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kktest.keeping import ANNA
from kktest.make import LUNCH, NOON, at

NAME_OF_ANNA = PhraseId(kind=PhraseKind.NAME, key=ANNA)
LUNCH_IN_SWEDISH = PhraseId(kind=PhraseKind.REASON, key=LUNCH, language="sv")


def call(
    id_: str = "call",
    came: str = "12:00",
    *,
    to: PersonId = ANNA,
    by: PersonId | None = None,
    number: str = "0701740605",
    result: CallResult = CallResult.ANNOUNCED,
) -> CallRecord:
    """Make a call of half a minute, announced at noon that Monday unless told otherwise."""
    return CallRecord(
        id=CallId(id_), person=to, colleague=by, number=number, at=at(came), length=timedelta(seconds=30), result=result
    )


def call_back(
    id_: str = "wish",
    came: str = "12:00",
    *,
    to: PersonId = ANNA,
    by: PersonId | None = None,
    number: str = "0701740605",
) -> CallBackRequest:
    """Make a wish to be called back, at noon that Monday unless told otherwise."""
    return CallBackRequest(id=CallId(id_), person=to, colleague=by, number=number, at=at(came))


def recording(phrase: PhraseId = NAME_OF_ANNA, audio: bytes = b"sound") -> Recording:
    """Make a recording whose sound nobody listens to."""
    return Recording(phrase=phrase, audio=audio, sha256=hashlib.sha256(audio).hexdigest(), at=NOON)
