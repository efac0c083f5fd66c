"""The meter in Prometheus form: counters with the prefix `kk_`, no personal labels, and a bound on labels (S-14)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, generate_latest

from kalenderkoppling.ports.meter import Count

_WHAT = {
    Count.LOOKS: "Looks at mailboxes that were carried through",
    Count.LOOKS_UNCHANGED: "Complete looks whose answer and conditions were those of the look before",
    Count.LOOKS_FAILED: "Looks at mailboxes that failed, by reason",
    Count.LOOKS_DISCARDED: "Looks thrown away since somebody else had the mailbox",
    Count.CHANGES_UNTOLD: "Changes found by the sweep that no notification told",
    Count.NOTICES: "Requests with genuine notices",
    Count.NOTICES_REFUSED: "Requests with notices that were not believed, by reason",
    Count.CALLS: "Calls seen through, by what became of them",
    Count.CALLS_REFUSED: "Calls that were not taken, by reason",
    Count.CALLS_FAILED: "Calls that ended by an error of ours, by its kind",
    Count.CALLS_NOT_WRITTEN: "Calls and wishes to be called back that are lost to the history",
    Count.CALLS_FAILED_OPEN: "Calls that rang instead of being announced, by what failed",
    Count.KEYS_REFUSED: "Questions of what a call meets that bore no right key, by why",
    Count.PROMPTS_RENDERED: "Announcements rendered before they are heard",
    Count.PROMPTS_FAILED: "Announcements that could not be rendered, by the kind of error",
    Count.EDGE_FAILED: "Failures to tell the edge in front of the telephone system, by what failed",
    Count.MEDIA_RESTARTS: "Times that the process which plays sound was started again, by what had become of it",
}
MOST_REASONS = 40
OTHER = "other"


class PrometheusMeter:
    """Counts what happens; a registry of its own, so that several may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counters = {
            what: Counter(f"kk_{what}", _WHAT[what], ["reason"], registry=self.registry) for what in Count
        }
        self._reasons: set[str] = set()

    def count(self, what: Count, reason: str = "") -> None:
        """Count one; a reason beyond the fortieth counts as `other`."""
        self._counters[what].labels(reason=self._bounded(reason)).inc()

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)

    def _bounded(self, reason: str) -> str:
        if reason in self._reasons:
            return reason
        if len(self._reasons) >= MOST_REASONS:
            return OTHER
        self._reasons.add(reason)
        return reason
