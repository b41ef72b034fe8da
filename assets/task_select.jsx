// The choice of a task: among those that are known already, and, where there are more, among all that the server
// has, while somebody types.
import { useEffect, useState } from "react";
import { Select } from "antd";
import { fetch } from "./base.js";
import { useServer } from "./server.jsx";
import { withServer } from "./server_address.js";

const PATH = "/console/tasks/named";
const TYPING_MS = 200;
const FIELDS = { value: "id", label: "name" };

/** `tasks`: the first ones by name, `[{id, name}]`, of `total` (null: nobody says); `value`: the id that is on. */
export function TaskSelect({ value, tasks = [], total = null, beyond = false, empty = "None", onChange, ...props }) {
  const [typed, setTyped] = useState("");
  const all = !beyond && total != null && total <= tasks.length;
  const id = value == null || value === "" ? null : String(value);
  const found = useAsked(!all && typed.trim() ? `q=${encodeURIComponent(typed.trim().slice(0, 200))}` : "", TYPING_MS);
  // One that is not among the first has a name all the same.
  const missing = id != null && tasks.length > 0 && !tasks.some((task) => task.id === id);
  const own = useAsked(missing ? `id=${encodeURIComponent(id)}` : "", 0);
  const wanted = typed.trim().toLowerCase();
  const near = wanted ? tasks.filter(({ name }) => name.toLowerCase().includes(wanted)) : tasks;
  const options = unique([...(own.tasks ?? []), ...near, ...(found.tasks ?? [])]).filter(({ name }) => !wanted || name.toLowerCase().includes(wanted));
  const says = found.asking ? "Looking…" : found.failed ? `Not known: ${found.failed}` : wanted ? "No task has this in its name" : empty;
  return (
    <Select
      {...props} value={id} options={options} fieldNames={FIELDS} notFoundContent={says} onChange={(chosen, option) => onChange?.(chosen, option)}
      showSearch={{ filterOption: false, onSearch: setTyped }} onOpenChange={(open) => open || setTyped("")} aria-label="Task"
    />
  );
}

const unique = (tasks) => [...new Map(tasks.map(({ id, name }) => [id, { id, name }])).values()];

/** What the console answers to a query: `{tasks, asking, failed}`; nothing is asked where it is empty. */
function useAsked(query, wait) {
  const server = useServer();
  const [state, setState] = useState({});
  useEffect(() => {
    if (!query) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const response = await fetch(withServer(`${PATH}?${query}`, server), { signal: stop.signal, cache: "no-store" });
        const told = await response.json().catch(() => ({}));
        if (!stop.signal.aborted) setState({ query, server, ...(response.ok ? { tasks: told.tasks } : { failed: told.message ?? `HTTP ${response.status}` }) });
      } catch {
        if (!stop.signal.aborted) setState({ query, server, failed: "the console cannot be reached" });
      }
    }, wait);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, server, wait]);
  if (!query) return {};
  // The ids of another server's tasks name others here.
  if (state.server !== server) return { asking: true };
  return state.query === query ? state : { tasks: state.tasks, asking: true };
}
