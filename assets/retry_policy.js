// How long a job that failed waits before it is tried again, as the server computes it (logic/retry_policy.py).

const MOST_SHOWN = 10;

/** `[least, most]` seconds before the next retry when there were so many; `policy` as the API takes it. */
export function waitOf({ backoff, delaySeconds, maxDelaySeconds, jitter }, retries) {
  const growth = backoff === "EXPONENTIAL" ? 2 ** Math.min(retries, 60) : 1;
  const base = Math.min(delaySeconds * growth, maxDelaySeconds);
  return [base * (1 - jitter), Math.min(base * (1 + jitter), maxDelaySeconds)];
}

/** `{number, least, most, earliest, latest}` of each retry after those `used`, if each attempt fails as soon as it begins. */
export function coming(policy, most, begins, used = 0) {
  const found = [];
  let [earliest, latest] = [begins.getTime(), begins.getTime()];
  for (let retries = used; retries < Math.min(most, used + MOST_SHOWN); retries += 1) {
    const [least, longest] = waitOf(policy, retries);
    earliest += least * 1000;
    latest += longest * 1000;
    found.push({ number: retries + 1, least, most: longest, earliest: new Date(earliest), latest: new Date(latest) });
  }
  return found;
}

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30`, `30 s`, `1.5 m`, `1 h`; undefined where it makes no sense. */
export function secondsOf(text) {
  const found = /^(\d+(?:[.,]\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim().toLowerCase());
  return found ? Number(found[1].replace(",", ".")) * UNITS[found[2] ?? "s"] : undefined;
}

const shareOf = (text) => (/^\d{1,3}(\.\d+)?\s*%?$/.test(text.trim()) ? parseFloat(text) / 100 : undefined);

/** `{policy}` as the API takes it, of texts; else `{problems}` by its fields. */
export function readPolicy({ backoff, delay, cap, jitter }) {
  const problems = {};
  const number = (name, value, least, most, words) => {
    if (value === undefined || Number.isNaN(value) || value < least || value > most) problems[name] = words;
    return value;
  };
  const policy = {
    backoff,
    delaySeconds: number("delaySeconds", secondsOf(delay), 0.001, 86_400, "Write a time up to a day, like 30 s or 5 m"),
    maxDelaySeconds: number("maxDelaySeconds", secondsOf(cap), 0.001, 604_800, "Write a time up to 7 days, like 5 m or 1 h"),
    jitter: number("jitter", shareOf(jitter), 0, 1, "Write a number of percent, 0 to 100"),
  };
  return Object.keys(problems).length ? { problems } : { policy };
}

/** What is typed where no policy is chosen; the waits are the server's own. */
export const NO_POLICY = { backoff: "", delay: "2 s", cap: "5 m", jitter: "20 %" };

/** A policy of the API as it is typed; what is no number there stays the text that it is. */
export function typedPolicy(policy) {
  if (!policy) return NO_POLICY;
  const { backoff = "", delaySeconds, maxDelaySeconds, jitter } = policy;
  const percent = typeof jitter === "number" ? `${Number((jitter * 100).toFixed(6))} %` : String(jitter ?? "");
  return { backoff, delay: lengthOf(delaySeconds), cap: lengthOf(maxDelaySeconds), jitter: percent };
}

/** A policy as text for the API, empty for none; of what makes no sense the words stay, for the server to refuse. */
export function policyText(fields) {
  if (!fields.backoff) return "";
  const { backoff, delay, cap, jitter } = fields;
  const { policy } = readPolicy(fields);
  return JSON.stringify(policy ?? { backoff, delaySeconds: secondsOf(delay) ?? delay, maxDelaySeconds: secondsOf(cap) ?? cap, jitter: shareOf(jitter) ?? jitter });
}

function lengthOf(seconds) {
  if (typeof seconds !== "number") return String(seconds ?? "");
  const [unit, length] = Object.entries(UNITS).reverse().find(([, each]) => each >= 1 && seconds >= each && Number.isInteger(seconds / each)) ?? ["s", 1];
  return `${seconds / length} ${unit}`;
}
