// Asks a web address whether it is well.
//
// `fetch` behaves as on the web: an answer of any status resolves, and only the lack of one throws.

const SHOWN_CHARACTERS = 200;

async function ask(url) {
  try {
    return await fetch(url, { headers: { accept: "application/json, text/*;q=0.9, */*;q=0.5" } });
  } catch (error) {
    throw new NetworkError(`${url} gives no answer. Is the address right, and is something listening there?`, {
      cause: error,
    });
  }
}

async function main({ url = "http://127.0.0.1:8080/api/v1/health", expectedStatus }) {
  const begin = Date.now();
  const response = await ask(url);
  const body = await response.text();
  const milliseconds = Date.now() - begin;

  console.log(`${url} answered ${response.status} ${response.statusText} in ${milliseconds} ms`);
  if (expectedStatus !== undefined && response.status !== expectedStatus) {
    throw new HttpError(response.status, `${url} answered ${response.status} instead of ${expectedStatus}`);
  }
  return {
    url: response.url,
    status: response.status,
    ok: response.ok,
    milliseconds,
    contentType: response.headers.get("content-type"),
    beginsWith: body.slice(0, SHOWN_CHARACTERS),
  };
}
