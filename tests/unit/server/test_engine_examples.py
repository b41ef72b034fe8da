from ratchet_web.logic.cron import normalise
from ratchet_web.logic.schemas import schema_faults, value_faults
from ratchet_web.server.examples.examples import EXAMPLES, SCHEDULES

TASKS = {task.name: task for task in EXAMPLES}


def test_there_are_five_tasks_with_valid_schemas():
    assert len(TASKS) == 5
    for task in EXAMPLES:
        assert schema_faults(task.input_schema, "inputSchema") == []
        assert schema_faults(task.output_schema, "outputSchema") == []


def test_exactly_one_schedule_is_switched_on():
    assert [schedule.enabled for schedule in SCHEDULES].count(True) == 1


def test_every_schedule_gives_its_task_an_input_that_the_task_accepts():
    for schedule in SCHEDULES:
        assert value_faults(TASKS[schedule.task_name].input_schema, schedule.input, "input") == []


def test_cron_expressions_are_written_as_they_are_stored():
    for schedule in SCHEDULES:
        assert normalise(schedule.cron_expression) == schedule.cron_expression


def test_every_field_of_a_form_has_a_title_and_a_description():
    for task in EXAMPLES:
        for field in task.input_schema["properties"].values():
            assert field["title"]
            assert field["description"]
            assert {"default", "examples"} & field.keys()
