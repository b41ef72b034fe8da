// How rjsf draws a schema with antd. Its parts are imported one by one: the package's own entry brings the date
// pickers along, and code generation that the content security policy forbids.
import { Button, Form, Input, InputNumber } from "antd";
import SchemaExamples from "@rjsf/core/lib/components/SchemaExamples.js";
import withTheme from "@rjsf/core/lib/withTheme.js";
import ArrayFieldTemplate from "@rjsf/antd/lib/templates/ArrayFieldTemplate/index.js";
import FieldErrorTemplate from "@rjsf/antd/lib/templates/FieldErrorTemplate/index.js";
import FieldTemplate from "@rjsf/antd/lib/templates/FieldTemplate/index.js";
import ObjectFieldTemplate from "@rjsf/antd/lib/templates/ObjectFieldTemplate/index.js";
import WrapIfAdditionalTemplate from "@rjsf/antd/lib/templates/WrapIfAdditionalTemplate/index.js";
import CheckboxWidget from "@rjsf/antd/lib/widgets/CheckboxWidget/index.js";
import SelectWidget from "@rjsf/antd/lib/widgets/SelectWidget/index.js";
import TextareaWidget from "@rjsf/antd/lib/widgets/TextareaWidget/index.js";
import { ariaDescribedByIds, examplesId, getInputProps } from "@rjsf/utils";

/** A text or a number. A number out of range stays as typed: antd would turn it into the limit, unasked. */
function BaseInput({ id, label, hideLabel, schema, type, options, value, rawErrors, onBlur, onFocus, ...props }) {
  const { min, max, step, ...input } = getInputProps(schema, type, options, false);
  const shared = {
    id,
    placeholder: props.placeholder,
    readOnly: props.readonly,
    disabled: props.disabled,
    required: props.required,
    list: schema.examples ? examplesId(id) : undefined,
    "aria-label": hideLabel || !label ? label || "Item" : undefined,
    "aria-describedby": ariaDescribedByIds(id, Boolean(schema.examples)),
    "aria-invalid": rawErrors?.length ? true : undefined,
    onBlur: ({ target }) => onBlur(id, target?.value),
    onFocus: ({ target }) => onFocus(id, target?.value),
  };
  const change = (next) => props.onChange(next === "" || next === null ? options.emptyValue : next);
  const numeric = input.type === "number" || input.type === "integer";
  return (
    <>
      {numeric ? (
        <InputNumber {...shared} style={{ width: "100%" }} step={step === "any" ? 1 : step} changeOnWheel={false} value={value} onChange={change} />
      ) : (
        <Input {...shared} {...input} value={value ?? ""} onChange={props.onChangeOverride ?? (({ target }) => change(target.value))} />
      )}
      <SchemaExamples id={id} schema={schema} />
    </>
  );
}

/** The choice between the alternatives of a `oneOf` or `anyOf`, labelled, above the fields of the chosen one. */
function Alternatives({ selector, optionSchemaField }) {
  return (
    <>
      {selector && <Form.Item label="Kind" htmlFor={selector.props.id} labelCol={{ span: 24 }}>{selector}</Form.Item>}
      {optionSchemaField}
    </>
  );
}

/** One item of a list, with what can be done to it at its side. */
function ArrayItem({ children, buttonsProps, hasToolbar, registry }) {
  const Tools = registry.templates.ArrayFieldItemButtonsTemplate;
  return (
    <div className="schema-form-item">
      <div>{children}</div>
      {hasToolbar && <div className="schema-form-tools"><Tools {...buttonsProps} /></div>}
    </div>
  );
}

const Title = ({ id, title }) => <div id={id} className="schema-form-title">{title}</div>;

const iconButton = (name, sign, danger) =>
  function IconButton({ id, disabled, onClick }) {
    return <Button id={id} type="text" danger={danger} disabled={disabled} aria-label={name} title={name} onClick={onClick}>{sign}</Button>;
  };

const ButtonTemplates = {
  AddButton: ({ id, disabled, onClick }) => <Button id={id} type="dashed" block disabled={disabled} onClick={onClick}>Add</Button>,
  MoveUpButton: iconButton("Move up", "↑"),
  MoveDownButton: iconButton("Move down", "↓"),
  CopyButton: iconButton("Copy", "⧉"),
  RemoveButton: iconButton("Remove", "✕", true),
  ClearButton: iconButton("Clear", "✕"),
};

export const GeneratedForm = withTheme({
  widgets: { CheckboxWidget, SelectWidget, TextareaWidget },
  templates: {
    ArrayFieldItemTemplate: ArrayItem, ArrayFieldTemplate, BaseInputTemplate: BaseInput, ButtonTemplates, FieldErrorTemplate, FieldTemplate,
    MultiSchemaFieldTemplate: Alternatives, ObjectFieldTemplate, TitleFieldTemplate: Title, WrapIfAdditionalTemplate,
  },
});
