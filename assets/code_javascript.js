// JavaScript for the code editor. The package's own `javascript()` would bring completion along, which we do not offer.
import { LanguageSupport } from "@codemirror/language";
import { javascriptLanguage } from "@codemirror/lang-javascript";

export const language = new LanguageSupport(javascriptLanguage);
