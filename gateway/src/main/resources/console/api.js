// Calls the administrators' API below /console/api. The session is in cookies that no script can read; the gateway refreshes it.

const API = new URL("../../api/", import.meta.url);
/** No call of the API takes so long unless its connection is lost. */
const TIMEOUT_MILLIS = 30_000;
const FIRST_END = 1002000020;
const LAST_END = 1002000029;

/** A call that failed. `code` is the number in the envelope, 0 if there is none, such as when no node answers. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether the session is over, or there was none. A gateway may answer every failure with status 200 (status-style). */
  get signedOut() {
    const tokenCodes = [401, 1002000010, 1002000011];
    return this.status === 401 || tokenCodes.includes(this.code) || (this.code >= FIRST_END && this.code <= LAST_END);
  }

  /** Whether the session ended for a reason that the message tells. */
  get ended() {
    return this.code >= FIRST_END && this.code <= LAST_END;
  }

  get missing() {
    return this.status === 404 || this.code === 404;
  }

  get forbidden() {
    return this.status === 403 || this.code === 403;
  }
}

let language = "en";

/** Sets the language of the gateway's messages. */
export function setLanguage(tag) {
  language = tag;
}

/** Calls the API and resolves with the envelope's data. Rejects with an ApiError. */
export async function call(method, path, options = {}) {
  const { response, content } = await exchange(method, path, options);
  if (response.ok && content?.code === 0) return content.data;
  throw failure(response, content);
}

/** Reads a document that has no envelope. Rejects with an ApiError. */
export async function read(path) {
  const { response, content } = await exchange("GET", path, {});
  if (response.ok && content && !("code" in content)) return content;
  throw failure(response, content);
}

const failure = (response, content) => new ApiError(response.status, content?.code ?? 0, content?.msg ?? "");

async function exchange(method, path, { query = {}, body }) {
  const url = new URL(path, API);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  const headers = { Accept: "application/json", "Accept-Language": language, "X-Requested-With": "console" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
  } catch {
    throw new ApiError(0, 0, "");
  }
  let content = null;
  try {
    content = await response.json();
  } catch {
    // A proxy in front of the gateway may answer with a page.
  }
  return { response, content };
}

export const get = (path, query) => call("GET", path, { query });

/** Encodes an id as one segment of a path. */
export const segment = (id) => encodeURIComponent(id);
