"""The addresses of the page "Regler": a scope's rules, the order of groups, and the company's settings."""

from __future__ import annotations

from dataclasses import replace

from litestar import Response, post
from litestar.params import FromQuery

from kalenderkoppling.domain.errors import ConflictError, NotFoundError, RefusedError
from kalenderkoppling.domain.person import GroupId
from kalenderkoppling.rules.model import Layer, LayerKind
from kalenderkoppling.surfaces.administration.rules.layer_form import fields_of, layer_meant, sent_fields
from kalenderkoppling.surfaces.administration.rules.page import (
    RulesForm,
    differences,
    rules_form,
    scope_path,
    sentences,
)
from kalenderkoppling.surfaces.administration.rules.settings_form import (
    sent_settings,
    settings_fields,
    settings_meant,
)
from kalenderkoppling.surfaces.administration.rules.settings_page import (
    SettingsForm,
    settings_differences,
    settings_form,
)
from kalenderkoppling.surfaces.administration.tabs import RULES, show_tab
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.rules.edit_rules import (
    COMPANY,
    Scope,
    edit_rules,
    edit_settings,
    find_people,
    order_groups,
    read_groups,
    read_rollout,
    read_rules,
    read_settings,
)

SETTINGS = f"{RULES}/settings"
ORDER = f"{RULES}/order"
PROGRESS = f"{RULES}/progress"
_SAVED = Notice(text_key="done.rules_saved")


@page(RULES)
async def show_rules(
    visit: TheVisit,
    kind: FromQuery[str] = "",
    whom: FromQuery[str] = "",
    q: FromQuery[str] = "",
) -> Response[str]:
    """Show the rules of a scope, or whose there are to choose from."""
    scope = _scope(kind, whom)
    if scope.kind is LayerKind.GROUP and not scope.id:
        return await _groups(visit)
    if scope.kind is LayerKind.PERSON and not scope.id:
        return await _people(visit, q)
    try:
        found = await read_rules(visit.shell.core, visit.actor, scope)
    except NotFoundError:
        # Whom the address names may be gone by now: the list to choose from is worth more than an error page.
        say = Notice(text_key=f"problem.unknown_{scope.kind}", is_problem=True)
        show = _groups(visit, say=say, status=404) if scope.kind is LayerKind.GROUP else _people(visit, "", say=say)
        return await show
    return await _show(visit, rules_form(visit, found, fields_of(found.layer)))


@page(PROGRESS)
async def show_progress(visit: TheVisit) -> Response[str]:
    """Show how far a change for many people has got; to a script, that piece alone."""
    rollout = await read_rollout(visit.shell.core, visit.actor)
    if not visit.is_partial:
        return visit.redirect(RULES)
    return visit.render("administration/rules/progress.html", rollout=rollout, is_done=rollout is None)


@post(RULES, status_code=303)
async def save_rules(visit: TheVisit, form: TheForm) -> Response[str]:
    """Save the rules of a scope."""
    core, actor = visit.shell.core, visit.actor
    scope = _scope(form.get("kind"), form.get("id"))
    found = await read_rules(core, actor, scope)
    fields = sent_fields(form, found.layer, found.pins)
    shown = rules_form(visit, found, fields)
    try:
        layer = _unless_unchanged(layer_meant(fields, scope.kind), found.layer)
    except RefusedError as error:
        return await _show(visit, replace(shown, problems=sentences(visit, error.problems)), status=422)
    try:
        await edit_rules(core, actor, scope, layer, seen=form.get("version"))
    except RefusedError as error:
        return await _show(visit, replace(shown, problems=sentences(visit, error.problems)), status=422)
    except ConflictError:
        now = await read_rules(core, actor, scope)
        told = replace(rules_form(visit, now, fields), differences=differences(visit, now, layer))
        return await _show(visit, told, status=409)
    return visit.redirect(scope_path(scope), say=_SAVED)


@post(ORDER, status_code=303)
async def save_order(visit: TheVisit, form: TheForm) -> Response[str]:
    """Move a group one place up or down among those that have rules."""
    seen = [GroupId(each) for each in form.get("order").split()]
    wanted = _moved(seen, GroupId(form.get("group")), up=form.get("to") == "up")
    try:
        await order_groups(visit.shell.core, visit.actor, wanted, seen=seen)
    except ConflictError:
        return await _groups(visit, say=Notice(text_key="error.conflict", is_problem=True), status=409)
    return visit.redirect(scope_path(Scope(kind=LayerKind.GROUP)), say=_SAVED)


@post(SETTINGS, status_code=303)
async def save_settings(visit: TheVisit, form: TheForm) -> Response[str]:
    """Save the company's settings."""
    core, actor = visit.shell.core, visit.actor
    found = await read_settings(core, actor)
    fields = sent_settings(form, found.settings, found.pins)
    shown = settings_form(found, fields)
    try:
        meant = settings_meant(fields, found.settings)
        await edit_settings(core, actor, meant, seen=form.get("settings_version"))
    except RefusedError as error:
        return await _company(visit, replace(shown, problems=sentences(visit, error.problems)), status=422)
    except ConflictError:
        now = await read_settings(core, actor)
        told = settings_form(now, fields)
        return await _company(visit, replace(told, differences=settings_differences(visit, now, fields)), status=409)
    return visit.redirect(RULES, say=_SAVED)


def _scope(kind: str, id_: str) -> Scope:
    """Return the scope that an address or a form names; the company for anything that is none."""
    found = LayerKind(kind) if kind in set(LayerKind) else LayerKind.TENANT
    return COMPANY if found is LayerKind.TENANT else Scope(kind=found, id=id_)


def _unless_unchanged(sent: Layer, stored: Layer) -> Layer:
    """Return the layer as it was sent: of equal content the stored one, whose lengths may have a fraction."""
    return stored if fields_of(sent) == fields_of(stored) else sent


def _moved(order: list[GroupId], group: GroupId, *, up: bool) -> list[GroupId]:
    """Return the order with a group moved by one place; unchanged at the end and for a group that is not in it."""
    moved = list(order)
    if group in moved:
        at = moved.index(group)
        to = min(max(at + (-1 if up else 1), 0), len(moved) - 1)
        moved.insert(to, moved.pop(at))
    return moved


async def _show(visit: Visit, form: RulesForm, *, status: int = 200) -> Response[str]:
    settings = await _settings(visit) if form.scope == COMPANY else None
    return await _page(visit, status=status, form=form, settings=settings)


async def _company(visit: Visit, settings: SettingsForm, *, status: int) -> Response[str]:
    found = await read_rules(visit.shell.core, visit.actor, COMPANY)
    return await _page(visit, status=status, form=rules_form(visit, found, fields_of(found.layer)), settings=settings)


async def _settings(visit: Visit) -> SettingsForm:
    found = await read_settings(visit.shell.core, visit.actor)
    return settings_form(found, settings_fields(found.settings))


async def _page(visit: Visit, *, status: int, form: RulesForm, settings: SettingsForm | None) -> Response[str]:
    return await _tab(visit, "scope", status=status, form=form, settings=settings)


async def _tab(
    visit: Visit, name: str, *, status: int = 200, say: Notice | None = None, **values: object
) -> Response[str]:
    """Show one of the page's templates, with how far a change for many people has got."""
    rollout = await read_rollout(visit.shell.core, visit.actor)
    template = f"administration/rules/{name}.html"
    return show_tab(visit, template, RULES, status=status, say=say, rollout=rollout, is_done=False, **values)


async def _groups(visit: Visit, *, say: Notice | None = None, status: int = 200) -> Response[str]:
    groups = await read_groups(visit.shell.core, visit.actor)
    rows = [(each, groups.members.get(each, 0)) for each in groups.ordered]
    others = [(each, count) for each, count in groups.members.items() if each not in set(groups.ordered)]
    return await _tab(
        visit,
        "groups",
        status=status,
        say=say,
        rows=rows,
        others=others,
        order=" ".join(groups.ordered),
    )


async def _people(visit: Visit, query: str, *, say: Notice | None = None) -> Response[str]:
    found = await find_people(visit.shell.core, visit.actor, query)
    status = 404 if say else 200
    return await _tab(
        visit,
        "people",
        status=status,
        say=say,
        query=query,
        found=found,
    )
