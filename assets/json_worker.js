// Holds a large JSON document away from the page, which asks for what it shows.
import { fetch } from "./base.js";
import { JsonDoc } from "./json_doc.js";

let doc = null;

async function load(src) {
  const response = await fetch(src, { cache: "no-store" });
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).message ?? `HTTP ${response.status}`);
  doc = new JsonDoc(await response.text());
  return doc.about();
}

onmessage = async ({ data: { id, call, args } }) => {
  try {
    postMessage({ id, result: call === "load" ? await load(...args) : doc[call](...args) });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
};
