"""`/tasks/new` and `/tasks/[task_id]/edit`: writing a task."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.abilities import Ability, lacking, lacking_note, unless_lacking
from ratchet_web.components.code_editor import code_editor
from ratchet_web.components.edit_form import BaseFields, EditNotes
from ratchet_web.components.fields import text_field
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, title_bar
from ratchet_web.components.schema_editor import schema_editor
from ratchet_web.components.try_it import try_it
from ratchet_web.pages.acts import Act, if_may, unfit
from ratchet_web.pages.details import missing
from ratchet_web.pages.edit_conflict import conflict_panel
from ratchet_web.pages.editing import editing, failure, kept, save_bar, whole_error
from ratchet_web.state.tasks_edit import TaskEdit


def _text(name: str, label: str, initial: rx.Var[str], **props: Any) -> rx.Component:
    return text_field(
        name=name,
        label=label,
        initial=initial,
        **kept(TaskEdit),
        error=TaskEdit.errors[name],
        **props,
    )


def _document(name: str, label: str, **props: Any) -> dict[str, Any]:
    """Return the props of an editor of one of the task's texts."""
    return {
        **kept(TaskEdit),
        "draft_key": TaskEdit.draft_key + "." + name,
        "name": name,
        "label": label,
        **props,
    }


def _card(name: str, label: str, editor: rx.Component, said: Var[bool] | bool = False) -> rx.Component:
    """Return an editor with what is wrong below it, unless the editor itself has `said` it."""
    error = TaskEdit.errors[name]
    shown = error.bool() & ~Var.create(said).bool()
    told = rx.cond(shown, rx.el.p(error, class_name="pad form-error", role="alert"))
    return card(label, editor, told, invalid=error.bool())


def _about() -> rx.Component:
    name = _text(
        "name", "Name", TaskEdit.name, required=True, max_length=100, hint="Letters, digits, - and _"
    )
    version = _text(
        "version", "Version", TaskEdit.version, required=True, max_length=60, hint="Such as 1.0.0"
    )
    described = _text("description", "Description", TaskEdit.description, multiline=True, max_length=10_000)
    return rx.el.div(rx.el.div(name, version, class_name="columns"), described, class_name="card pad stack")


def _source() -> rx.Component:
    document = _document("source_code", "Source", height=420, on_change=TaskEdit.check)
    editor = code_editor(value=TaskEdit.source, language="javascript", problems=TaskEdit.problems, **document)
    source = _card("source_code", "Source", editor, TaskEdit.problems.length() > 0)
    return unless_lacking(Ability.SOURCE, source, "No source")


def _schema(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    document = _document(name, label, height=260, on_change=TaskEdit.check_schema(name))
    return _card(name, label, schema_editor(value, problems=TaskEdit.schema_problems[name], **document))


def _schemas() -> rx.Component:
    return rx.el.div(
        _schema("input_schema", "Input schema", TaskEdit.input_schema),
        _schema("output_schema", "Output schema", TaskEdit.output_schema),
        class_name="columns",
    )


def _form() -> rx.Component:
    form = rx.el.form(
        BaseFields.create(),
        EditNotes.create(),
        conflict_panel(TaskEdit.conflict, TaskEdit.go_on, lacking(Ability.VERSIONS)),
        _about(),
        _source(),
        _schemas(),
        rx.cond(TaskEdit.failure["title"], failure(TaskEdit)),
        whole_error(TaskEdit),
        save_bar(TaskEdit),
        class_name="stack spaced",
        on_submit=TaskEdit.save.temporal,
    )
    panel = try_it(sample=TaskEdit.sample, sample_count=TaskEdit.sample_count, on_sample=TaskEdit.make_sample)
    tried = rx.cond(lacking(Ability.TRY), rx.el.div(lacking_note(Ability.TRY)), panel)
    return editing(TaskEdit, form, tried, latest=_latest())


def _latest() -> Var[str]:
    """Return what a change would be made from now, as it is told live; empty where that is not known."""
    revision = Live(TaskEdit.topic).row["revision"]
    return rx.cond(revision, "r" + revision.to(str), "").to(str)


def page() -> rx.Component:
    """Return the page."""
    title = title_bar(rx.cond(TaskEdit.id, "Edit " + TaskEdit.name, "New task"))
    unread = TaskEdit.failure["title"].bool() & ~TaskEdit.doc_key.bool()
    unreadable = rx.cond(TaskEdit.failure["kind"] == "NotFound", missing("task"), failure(TaskEdit))
    known = rx.cond(unread, unreadable, rx.fragment(title, _form()))
    nothing = rx.el.div(unfit("write tasks"), class_name="card")
    return if_may(Act.EDIT_TASK, known, rx.cond(Live("link").ready, nothing))
