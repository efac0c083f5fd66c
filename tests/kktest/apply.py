"""A model of the store for plans: what is known once a plan has been carried out."""

from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.sync.plan import Known, Plan


def apply(plan: Plan, known: Known) -> Known:
    """Carry out a plan; as the store, it refuses what names a row that is not there."""
    rows = {each.id: each for each in known.kept}
    for id_ in (*plan.drop, *plan.forget):
        del rows[id_]
    for changed in plan.change:
        assert changed.id in rows
        rows[changed.id] = changed
    for added in plan.add:
        assert added.id not in rows
        rows[added.id] = added
    by_key = {**known.choices.by_key, **plan.choose}
    for key in (*plan.unchoose, *plan.forget_choices):
        del by_key[key]
    return Known(kept=tuple(rows.values()), choices=Choices(by_key=by_key))
