// How long a job that failed waits before it is tried again, as the server computes it (logic/retry_policy.py).

const MOST_SHOWN = 10;

/** `[least, most]` seconds before the next retry when there were so many; `policy` as the API takes it. */
export function waitOf({ backoff, delaySeconds, maxDelaySeconds, jitter }, retries) {
  const growth = backoff === "EXPONENTIAL" ? 2 ** Math.min(retries, 60) : 1;
  const base = Math.min(delaySeconds * growth, maxDelaySeconds);
  return [base * (1 - jitter), Math.min(base * (1 + jitter), maxDelaySeconds)];
}

/** `{number, least, most, earliest, latest}` of each retry, if each attempt fails as soon as it begins. */
export function coming(policy, most, begins) {
  const found = [];
  let [earliest, latest] = [begins.getTime(), begins.getTime()];
  for (let retries = 0; retries < Math.min(most, MOST_SHOWN); retries += 1) {
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
    jitter: number("jitter", /^\d{1,3}(\.\d+)?\s*%?$/.test(jitter.trim()) ? parseFloat(jitter) / 100 : undefined, 0, 1, "Write a number of percent, 0 to 100"),
  };
  return Object.keys(problems).length ? { problems } : { policy };
}
