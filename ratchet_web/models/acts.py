"""What a person may do on a server, by name."""

from enum import StrEnum


class Act(StrEnum):
    """One thing that a person does; who looks at pages does none of them."""

    RUN_TASK = "run_task"
    EDIT_TASK = "edit_task"
    SWITCH_TASK = "switch_task"
    DELETE_TASK = "delete_task"
    CANCEL_EXECUTION = "cancel_execution"
    RETRY_EXECUTION = "retry_execution"
    JUDGE_FAILURE = "judge_failure"
    CANCEL_JOB = "cancel_job"
    RETRY_JOB = "retry_job"
    CHANGE_JOB = "change_job"
    DELIVER_AGAIN = "deliver_again"
    TEST_DELIVERY = "test_delivery"
    PAUSE_QUEUE = "pause_queue"
    PAUSE_TASK = "pause_task"
    EDIT_SCHEDULE = "edit_schedule"
    SWITCH_SCHEDULE = "switch_schedule"
    TRIGGER_SCHEDULE = "trigger_schedule"
    DELETE_SCHEDULE = "delete_schedule"
    SEE_SETTINGS = "see_settings"
    SEE_AUDIT = "see_audit"
