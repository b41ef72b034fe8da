// The choice of a server: the name of the one that is shown, until the choice has come.
import { useLazy } from "./lazy.js";

const load = () => import("./server_select.jsx");

/** Props as antd's Select takes them. */
export function ServerSwitch({ className, ...props }) {
  const { loaded } = useLazy(load);
  if (loaded) return <loaded.Select className={className} {...props} />;
  // As wide as what comes, so that nothing moves.
  return <span className={className} title="Server">{props.value}</span>;
}
