"""`/jobs/new`: queueing a job."""

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking, lacking_note
from ratchet_web.components.jobs_form import JobForm
from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, failure_notice, title_bar, to
from ratchet_web.components.pauses import task_pause
from ratchet_web.pages.acts import Act, if_may, unfit
from ratchet_web.pages.lists import task_picker
from ratchet_web.pages.pauses import task_notice
from ratchet_web.pages.run import disabled_notice, doubt_notice, task_form
from ratchet_web.state.jobs_new import JobNew


def _form() -> rx.Component:
    return JobForm.create(
        submit_label="Queue the job",
        policy_off=lacking(Ability.RETRY_POLICY),
        test_off=lacking(Ability.TEST_DELIVERY),
        on_submit=JobNew.submit.temporal,
        **task_form(JobNew),
    )


def _task() -> rx.Component:
    """Return the form for the task that was chosen."""
    disabled = disabled_notice(JobNew.chosen)
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
    held = task_notice(JobNew.chosen, task_pause(JobNew.chosen)["task_name"].to(str))
    page = rx.fragment(title_bar("New job", actions=(to("Cancel", href="/jobs"),)), held, form)
    return if_may(Act.RUN_TASK, page, rx.cond(Live("link").ready, nothing))
