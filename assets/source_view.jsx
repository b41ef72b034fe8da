// A source to read; `#L12` in the address marks its twelfth line.
import { useEffect, useMemo } from "react";
import { useLocation } from "react-router";
import { useHydrated } from "./address.jsx";
import { Editor } from "./code_editor.jsx";

export function SourceView({ text, docKey, label, height = 520 }) {
  const { hash } = useLocation();
  const line = useHydrated() ? Number(/^#L(\d{1,7})$/.exec(hash)?.[1] ?? 0) : 0;
  const view = useMemo(() => new View(), []);
  useEffect(() => view.want(line), [view, line, docKey]);
  return <Editor docId={docKey} text={text ?? ""} language="javascript" label={label} height={height} readOnly handle={view} />;
}

/** The editor comes later than the address that says where to look. */
class View {
  want(line) {
    this.line = line;
    this.go();
  }

  set current(editor) {
    this.editor = editor;
    this.go();
  }

  go() {
    if (this.line && this.editor) this.editor.goTo({ line: this.line });
  }
}
