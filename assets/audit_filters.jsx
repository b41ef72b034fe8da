// What narrows the record of acts beside result and time.
import { Field, FilterForm, More, textIn } from "./list_filters.jsx";
import { readAll } from "./list_query.js";
import "./audit.css";

const NAMES = ["who", "what", "row"];
const LABELS = { who: "Who, or from where", what: "What, why, or what was said", row: "Id of a row, a bulk run or a request" };

export function AuditFilters() {
  return <More names={NAMES}>{(given) => <Panel {...given} />}</More>;
}

const read = (form) => readAll(Object.fromEntries(NAMES.map((name) => [name, textIn(form[name])])), []);

function Panel({ params, go, close, clear }) {
  return (
    <FilterForm read={read} apply={go} close={close} clear={clear}>
      {(errors) => NAMES.map((name) => (
        <Field key={name} name={name} label={LABELS[name]} initial={params.get(name) ?? ""} errors={errors} maxLength={200} />
      ))}
    </FilterForm>
  );
}
