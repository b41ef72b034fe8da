"""What forms made from a JSON schema have in common (assets/schema_form.jsx).

Their props: `schema`, without a usable one there is only JSON; `form_key`, the form begins anew only when it
becomes another, non-empty one; `initial`, the value to begin with (None: the schema's defaults); `busy`, a
submit is under way; `errors`, the server's, `[{field, message}]`: a dotted path such as `input.amount` is
shown at its field, anything else above the button, a new list for each answer; `draft_key`, `saved_key` as
in `code_editor`. `on_submit(text, …)` gets the value as JSON text once it is valid.
"""

# core and utils are newer than antd on the registry: all three must be of one version.
RJSF = ["@rjsf/antd@6.10.1", "@rjsf/core@6.10.1", "@rjsf/utils@6.10.1", "@cfworker/json-schema@4.1.6"]
