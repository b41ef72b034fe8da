// Where a job's output goes: destinations as they are typed, and as the API takes them.
import { useRef, useState } from "react";
import { DeliveryTest } from "./delivery_test.jsx";
import { Labelled } from "./when_field.jsx";

const NONE = [];
const MOST = 10;
// What answers have in place of a secret; sent back, it keeps the secret that is stored.
const MASK = "***";
const TYPES = [["WEBHOOK", "Webhook"], ["FILESYSTEM", "File"], ["STDIO", "Standard output"]];
const METHODS = ["POST", "PUT", "PATCH", "GET"];
const AUTHS = [["NONE", "None"], ["BEARER", "Bearer token"], ["BASIC", "User and password"], ["APIKEY", "API key"]];
const FORMATS = [["JSON", "JSON"], ["PRETTY", "JSON with indents"], ["RAW", "A text as it is"]];
const SECRETS = ["token", "password", "key"];
const EMPTY = {
  type: "WEBHOOK", url: "", method: "POST", auth: "NONE", token: "", username: "", password: "", key: "", headerName: "X-API-Key",
  path: "", format: "JSON", stream: "stdout",
};
// The server's names of fields, as far as they differ from ours.
const PARTS = {
  "webhook.url": "url", "webhook.method": "method", "webhook.authentication.bearer.token": "token", "webhook.authentication.basic.username": "username",
  "webhook.authentication.basic.password": "password", "webhook.authentication.apiKey.key": "key", "webhook.authentication.apiKey.headerName": "headerName",
  "filesystem.path": "path", "filesystem.format": "format", "stdio.stream": "stream",
};

const auths = {
  NONE: () => undefined,
  BEARER: ({ token }) => ({ authType: "BEARER", bearer: { token } }),
  BASIC: ({ username, password }) => ({ authType: "BASIC", basic: { username, password } }),
  APIKEY: ({ key, headerName }) => ({ authType: "APIKEY", apiKey: { key, headerName } }),
};

/** A destination as the API takes it; what no field shows of the one that it was stays. */
export function destinationOf(typed) {
  const { type, given = {} } = typed;
  const whole = { ...(given.template != null && { template: given.template }), destinationType: type };
  if (type === "FILESYSTEM") return { ...whole, filesystem: { ...given.filesystem, path: typed.path.trim(), format: typed.format } };
  if (type === "STDIO") return { ...whole, stdio: { stream: typed.stream } };
  const { authentication: _, ...rest } = given.webhook ?? {};
  const authentication = auths[typed.auth](typed);
  return { ...whole, webhook: { ...rest, url: typed.url.trim(), method: typed.method, ...(authentication && { authentication }) } };
}

/** A destination of the API as it is typed. */
export function typedDestination(given) {
  const { webhook = {}, filesystem = {}, stdio = {} } = given;
  const { authType = "NONE", bearer = {}, basic = {}, apiKey = {} } = webhook.authentication ?? {};
  const { url = "", method = "POST" } = webhook;
  const { path = "", format = "JSON" } = filesystem;
  const auth = authType in auths ? authType : "NONE";
  return { ...EMPTY, given, type: given.destinationType, url, method, auth, ...bearer, ...basic, ...apiKey, path, format, ...stdio };
}

/** What may be kept of them in the tab: no secret. A mask is none. */
export const withoutSecrets = (rows) => rows.map((row) => ({ ...row, ...Object.fromEntries(SECRETS.map((name) => [name, row[name] === MASK ? MASK : ""])) }));

/** What may be kept of the fields of a form with `destinations`. */
export const keepable = (fields) => ({ ...fields, destinations: withoutSecrets(fields.destinations) });

/** What of a destination no field shows. */
function besides({ given, type }) {
  if (!given) return "";
  const { headers, timeoutSeconds, retryPolicy } = (type === "WEBHOOK" && given.webhook) || {};
  const parts = [
    given.template != null && "its template", headers && `the headers ${Object.keys(headers).join(", ")}`, retryPolicy && "its own retries",
    timeoutSeconds && timeoutSeconds !== 30 && `its limit of ${timeoutSeconds} s`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** What is wrong with one of them, by its fields; what is of no field stands under the empty name. */
export function problemsOf(errors, at) {
  const prefix = `outputDestinations.${at}`;
  const mine = errors.filter(({ field }) => field === prefix || field.startsWith(`${prefix}.`));
  return Object.fromEntries(mine.map(({ field, message }) => {
    const part = field.slice(prefix.length + 1);
    return part in PARTS ? [PARTS[part], message] : ["", part ? `${part}: ${message}` : message];
  }));
}

/**
 * `rows` as they are typed; `errors` the server's. `testOff` says why nothing can be tested; `owner`, `{jobId}` or
 * `{scheduleId}`, whose stored secrets the masks stand for.
 */
export function Destinations({ rows, errors, testOff = "", owner, onChange }) {
  const put = (at, changes) => onChange(rows.map((row, place) => (place === at ? { ...row, ...changes } : row)));
  const whole = errors.find(({ field }) => field === "outputDestinations");
  const add = useRef(null);
  // The button went with the last of them.
  const remove = (at) => {
    onChange(rows.filter((_, place) => place !== at));
    requestAnimationFrame(() => document.activeElement === document.body && add.current?.focus());
  };
  return (
    <fieldset className="job-part">
      <legend>Output destinations</legend>
      {!rows.length && <p className="dim hint">Its output is kept with its execution. Add a place to bring it to as well.</p>}
      {rows.map((row, at) => (
        <Destination
          key={at} number={at + 1} row={row} problems={problemsOf(errors, at)} {...{ testOff, owner }} onChange={(changes) => put(at, changes)}
          onRemove={() => remove(at)}
        />
      ))}
      {whole && <p className="form-error" role="alert">{whole.message}</p>}
      {rows.length < MOST && <button type="button" ref={add} className="button" onClick={() => onChange([...rows, EMPTY])}>Add a destination</button>}
    </fieldset>
  );
}

function Destination({ number, row, problems: told, testOff, owner, onChange, onRemove }) {
  const [tested, setTested] = useState(NONE);
  const problems = { ...problemsOf(tested, number - 1), ...told };
  const change = (changes) => {
    setTested(NONE);
    onChange(changes);
  };
  const also = besides(row);
  const input = (name, label, more = {}) => (
    <Labelled label={label} problem={problems[name]} hint={more.hint}>
      {(given) => (
        <input
          {...given} type={SECRETS.includes(name) ? "password" : "text"} name={`${name}${number}`} className="native" value={row[name]} maxLength={4096}
          autoComplete={SECRETS.includes(name) ? "new-password" : "off"} spellCheck="false" placeholder={more.placeholder} onChange={({ target }) => change({ [name]: target.value })}
        />
      )}
    </Labelled>
  );
  const select = (name, label, choices) => (
    <Labelled label={label} problem={problems[name]}>
      {(given) => (
        <select {...given} className="native" value={row[name]} onChange={({ target }) => change({ [name]: target.value })}>
          {choices.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
        </select>
      )}
    </Labelled>
  );
  return (
    <div className="destination" role="group" aria-label={`Destination ${number}`}>
      <div className="destination-fields">
        {select("type", "Kind", TYPES)}
        {row.type === "WEBHOOK" && (
          <>
            {input("url", "URL", { placeholder: "https://hooks.example/in" })}
            {select("method", "Method", METHODS.map((name) => [name, name]))}
            {select("auth", "Authentication", AUTHS)}
            {row.auth === "BEARER" && input("token", "Token")}
            {row.auth === "BASIC" && <>{input("username", "User")}{input("password", "Password")}</>}
            {row.auth === "APIKEY" && <>{input("headerName", "Header")}{input("key", "Key")}</>}
          </>
        )}
        {row.type === "FILESYSTEM" && (
          <>
            {input("path", "Path", { placeholder: "reports/{jobId}.json", hint: "Below the server's directory for files; {jobId} and {executionId} are filled in" })}
            {select("format", "Format", FORMATS)}
          </>
        )}
        {row.type === "STDIO" && select("stream", "Stream", [["stdout", "stdout"], ["stderr", "stderr"]])}
      </div>
      {problems[""] && <p className="form-error" role="alert">{problems[""]}</p>}
      {also && <p className="dim hint">Kept as it is: {also}.</p>}
      {row.type === "WEBHOOK" && row.auth !== "NONE" && <p className="dim hint">What is secret is sent once, is never shown again, and is not kept in this tab over a reload.</p>}
      <DeliveryTest
        number={number} off={testOff} wanted={() => ({ destination: destinationOf(row), ...owner })} onRemove={onRemove} seen={row}
        onErrors={(found) => setTested(found.map(({ field, message }) => ({ field: field.replace(/^destination/, `outputDestinations.${number - 1}`), message })))}
      />
    </div>
  );
}
