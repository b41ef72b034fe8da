// What of a list of commands fits what was typed, and in which order.

const BEFORE_WORD = /[\s._\-/:]/;

/** How well words fit an item, the less the better; null where one of them is not in it. */
export function rank({ label, note = "", group = "" }, words) {
  const text = `${label} ${note} ${group}`.toLowerCase();
  let score = label.length / 10_000;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return null;
    score += at === 0 ? 0 : BEFORE_WORD.test(text[at - 1]) ? 1 : 2;
    if (at > label.length) score += 1;
  }
  return score;
}

/** The items that fit, best first; as they are where nothing was typed. */
export function fitting(items, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return items;
  const ranked = items.map((item, at) => ({ item, at, score: rank(item, words) })).filter(({ score }) => score !== null);
  return ranked.sort((a, b) => a.score - b.score || a.at - b.at).map(({ item }) => item);
}

/** Whether an id may stand here: then what has it goes before all else, and Enter waits for it. */
export const isId = (text) => /^\d{1,19}$/.test(text);

/**
 * What the palette shows: `[{label, items}]`. `own` are the commands that are known here, in groups; `found` is
 * what the server has; `more` are the ways to look further.
 */
export function arranged(text, own, found, more, most = 8) {
  const exact = isId(text) ? found.filter((item) => item.rowId === text) : [];
  const others = found.filter((item) => !exact.includes(item));
  if (!text) return own.map(({ label, items }) => ({ label, items: items.slice(0, most) })).filter(({ items }) => items.length);
  const known = fitting(own.flatMap(({ label, items }) => items.map((item) => ({ ...item, group: label }))), text).slice(0, most);
  const seen = new Set(exact.map((item) => item.id));
  const rest = known.filter((item) => !seen.has(item.id));
  rest.forEach((item) => seen.add(item.id));
  return [
    { label: `With the id ${text}`, items: exact },
    { label: "Commands and pages", items: rest },
    { label: "On the server", items: others.filter((item) => !seen.has(item.id)) },
    { label: "Look further", items: more },
  ].filter(({ items }) => items.length);
}
