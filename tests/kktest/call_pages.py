"""What the pages of calls show in tests: calls and wishes put into a company, and rows read as text."""

import re
from datetime import datetime, timedelta

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord, CallResult
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kktest.web import ANNA, NOW, Company

NUMBER = "070-174 06 05"
_HIDDEN = re.compile(r'<span class="line-unknown[^>]* hidden>.*?</span></span>', re.DOTALL)


def call(
    id_: str = "call",
    *,
    ago: timedelta = timedelta(minutes=18),
    to: PersonId = ANNA,
    by: PersonId | None = None,
    number: str = NUMBER,
    result: CallResult = CallResult.ANNOUNCED,
    length: timedelta = timedelta(seconds=65),
    now: datetime = NOW,
) -> CallRecord:
    """Make a call to Anna from outside, announced at 10:12, unless told otherwise."""
    return CallRecord(
        id=CallId(id_), person=to, colleague=by, number=number, at=now - ago, result=result, length=length
    )


def wish(
    id_: str = "wish",
    *,
    ago: timedelta = timedelta(minutes=18),
    to: PersonId = ANNA,
    by: PersonId | None = None,
    number: str = NUMBER,
    now: datetime = NOW,
) -> CallBackRequest:
    """Make a wish to be called back by Anna, from outside at 10:12, unless told otherwise."""
    return CallBackRequest(id=CallId(id_), person=to, colleague=by, number=number, at=now - ago)


def called(company: Company, *calls: CallRecord) -> None:
    """Write calls into the history."""
    company.write(lambda tx: tx.calls.add(calls))


def wished(company: Company, *wishes: CallBackRequest) -> None:
    """Have people ask to be called back."""

    def work(tx: Transaction) -> None:
        for each in wishes:
            tx.call_backs.add(each)

    company.write(work)


def row_texts(html: str, kind: str) -> list[str]:
    """Return what each row of a kind (`call`, `wish`) says, as text, without what is hidden."""
    found = re.findall(rf'<li class="{kind}[ "].*?</li>', html, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", _HIDDEN.sub("", each))).strip() for each in found]
