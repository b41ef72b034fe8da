"""`/jobs/new`: queueing a job."""

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking, lacking_note
from ratchet_web.components.jobs_form import JobForm
from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, failure_notice, title_bar, to
from ratchet_web.pages.acts import Act, if_may, unfit
from ratchet_web.pages.lists import task_picker
from ratchet_web.pages.run import doubt_notice
from ratchet_web.state.jobs_new import JobNew


def _form() -> rx.Component:
    return JobForm.create(
        schema=JobNew.input_schema,
        form_key=JobNew.form_key,
        draft_key=JobNew.draft_key,
        saved_key=JobNew.saved_key,
        errors=JobNew.errors,
        busy=JobNew.busy,
        submit_label="Queue the job",
        recent=JobNew.recent,
        recent_state=JobNew.recent_state,
        recent_off=lacking(Ability.INPUT).bool(),
        policy_off=lacking(Ability.RETRY_POLICY),
        test_off=lacking(Ability.TEST_DELIVERY),
        on_recent=JobNew.look_for_recent.temporal,
        on_submit=JobNew.submit.temporal,
    )


def _task() -> rx.Component:
    """Return the form for the task that was chosen."""
    disabled = rx.el.div(
        rx.el.p("This task is disabled. ", to("Enable it on its page", href="/tasks/" + JobNew.chosen), "."),
        class_name="notice",
        custom_attrs={"data-kind": "warn"},
    )
    described = rx.cond(JobNew.description, rx.el.p(JobNew.description, class_name="dim"))
    known = rx.cond(JobNew.enabled, rx.fragment(doubt_notice(JobNew.doubt), _form()), disabled)
    unread = failure_notice(JobNew.failure, again=JobNew.open.temporal)
    body = rx.cond(JobNew.failure["title"], unread, known)
    return rx.fragment(described, lacking_note(Ability.INPUT), body)


def page() -> rx.Component:
    """Return the page."""
    waiting = empty_state("Which task?", "Choose one to see what it takes as input.")
    form = rx.el.div(
        rx.el.div(
            rx.el.span("Task", class_name="label"),
            task_picker(JobNew.chosen, JobNew.pick_task, "Choose a task"),
            class_name="field",
        ),
        rx.cond(JobNew.chosen, _task(), waiting),
        class_name="card pad stack spaced job-page",
    )
    nothing = rx.el.div(unfit("queue jobs"), class_name="card")
    page = rx.fragment(title_bar("New job", actions=(to("Cancel", href="/jobs"),)), form)
    return if_may(Act.RUN_TASK, page, rx.cond(Live("link").ready, nothing))
