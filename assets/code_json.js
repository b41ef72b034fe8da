// JSON for the code editor.
import { json } from "@codemirror/lang-json";

export const language = json();
