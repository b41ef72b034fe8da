// The keys that hold while the focus is in a log, for the help; logview.jsx lets them act.

/** `searches`: only where the log can be searched, `grows`: only while it does. */
export const LOG_KEYS = [
  { key: "e", what: "next error", searches: true },
  { key: "E", what: "previous error", searches: true },
  { key: "/", what: "search", searches: true },
  { key: "n", what: "next match", searches: true },
  { key: "N", what: "previous match", searches: true },
  { key: "g", what: "go to a line or a time" },
  { key: "f", what: "follow, or stop following", grows: true },
  { key: "w", what: "wrap long lines, or not" },
  { key: "Home", what: "to the start" },
  { key: "End", what: "to the end" },
];
