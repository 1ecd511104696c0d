// The session of a page: its tokens, its refresh, its end, and what it learns from other tabs.
import { withLease, withLock } from './lock.js';
import { pause } from './pause.js';
import { LOGGED_OUT, REPLACED } from './refusal.js';

// The attempts of a refresh must fit into the gateway's grace window of 10 s: see rotate.
const ATTEMPT_TIMEOUT = 4_000;
const ATTEMPTS = 3;
const FIRST_PAUSE = 250;

const formOf = ({ refreshToken }) => new URLSearchParams({ refreshToken });

export function createSession({ baseUrl = '/', mode, storage, key = 'portcullis', onEnd, ...given }) {
  const use = name => given[name] ?? globalThis[name];
  const page = globalThis.location?.href;
  const base = new URL(baseUrl, page);
  const sameOrigin = !page || new URL(page).origin === base.origin;
  const cookies = mode === 'cookie';
  const Channel = use('BroadcastChannel');
  const channel = Channel && new Channel(key);
  const endpoint = name => new URL(`system/auth/${name}`, base).href;
  const isOwn = (url, relativeTo) => new URL(url, relativeTo).origin === base.origin;
  const streams = new Set();
  let memory = null;
  let live; // the id of the session that this page is in
  let logins = 0;
  let leaving = 0;
  let refreshing;
  let rotation;

  function read() {
    if (!storage) return memory;
    try {
      return JSON.parse(storage.getItem(key));
    } catch {
      return null; // not written by this package
    }
  }

  function write(pair) {
    if (!storage) memory = pair;
    else if (pair) storage.setItem(key, JSON.stringify(pair));
    else storage.removeItem(key);
  }

  function end(code, session, tellOthers = !cookies) {
    if (!live || live !== session) return;
    live = rotation = undefined;
    if (read()?.sessionId === session) write(null);
    if (tellOthers) channel?.postMessage({ end: session, code });
    streams.forEach(finish => finish(code));
    if (!leaving) onEnd?.(code);
  }

  /** Returns the tokens of this page's session, or null. Notices if another tab has logged out, or in as somebody else. */
  function current() {
    if (cookies) return { sessionId: live };
    const pair = read();
    if (live && pair?.sessionId !== live) {
      end(pair ? REPLACED : LOGGED_OUT, live, false);
      return null;
    }
    live = pair?.sessionId;
    return pair;
  }

  function keep(data) {
    if (!data.accessToken) throw new Error('no tokens in the response: use mode "cookie"');
    const now = Date.now();
    const left = data.expiresTime - now;
    // If the clock is so wrong that a new token seems expired, only a 401 tells of the expiry.
    write({ ...data, expires: left > 0 ? now + left - Math.min(1_000, left / 10) : 0 });
  }

  function adopt(data) {
    if (live !== data.sessionId) streams.forEach(finish => finish(REPLACED));
    if (!cookies) keep(data);
    live = cookies ? `cookie-${++logins}` : data.sessionId;
  }

  async function post(name, init) {
    const response = await use('fetch')(endpoint(name), {
      method: 'POST',
      ...(cookies && { credentials: 'include' }),
      ...init,
      headers: { ...init?.headers, ...(cookies && { 'x-requested-with': 'XMLHttpRequest' }) },
    });
    const { status, headers } = response;
    const text = await response.text();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      // from a proxy before the gateway
    }
    return { status, headers, text, body, code: body?.code };
  }

  async function postOrThrow(name, init) {
    const { status, code, body } = await post(name, init);
    if (code !== 0) throw Object.assign(new Error(body?.msg ?? `HTTP ${status}`), { status, code });
    return body.data;
  }

  async function login(credentials) {
    const headers = { 'content-type': 'application/json' };
    const data = await postOrThrow('login', { headers, body: JSON.stringify(credentials) });
    adopt(data);
    return data;
  }

  async function logout() {
    const pair = current();
    if (!pair) return;
    leaving++;
    try {
      await postOrThrow('logout', !cookies && { body: formOf(pair) });
      end(LOGGED_OUT, pair.sessionId);
    } finally {
      leaving--;
    }
  }

  /**
   * Exchanges the tokens, unless that has happened since the caller read them. If a response is lost, or a 503 hides
   * whether the gateway has rotated, a retry within the grace window yields the same pair.
   */
  async function rotate(spent, contended) {
    const isCurrent = () => read()?.accessToken === spent.accessToken;
    if (contended) await askOtherTabs(spent, isCurrent);
    for (let attempt = 1; isCurrent(); attempt++) {
      const init = { body: formOf(read()), signal: AbortSignal.timeout?.(ATTEMPT_TIMEOUT) };
      const answer = await post('refresh-token', init).catch(failure => ({ failure }));
      if ((answer.failure || answer.status >= 500) && attempt < ATTEMPTS) {
        await pause(FIRST_PAUSE * 4 ** (attempt - 1));
      } else if (answer.failure) {
        throw answer.failure;
      } else if (answer.code !== 0) {
        if (answer.status === 401 && answer.code) end(answer.code, spent.sessionId);
        return { answer };
      } else if (isCurrent()) {
        // Otherwise a logout, a login or another tab came first, and the new tokens are dropped.
        keep(answer.body.data);
        rotation = { from: spent.accessToken, pair: read() };
        channel?.postMessage(rotation);
      }
    }
    const pair = read();
    return pair?.sessionId === spent.sessionId ? { pair } : {};
  }

  /** Waits for the tokens of the tab that refreshed before: the lock can arrive here earlier than they do. */
  async function askOtherTabs(spent, isCurrent) {
    channel?.postMessage({ ask: spent.accessToken });
    for (let i = 0; i < 10 && isCurrent(); i++) await pause(25);
  }

  /**
   * Refreshes the session of the given tokens, once for all callers. Resolves with `pair`, the new tokens; or with
   * `answer`, the gateway's refusal; or with neither if the session is no longer this page's.
   */
  function refresh(spent) {
    return (refreshing ??= locked(contended => rotate(spent, contended)).finally(() => {
      refreshing = undefined;
    }));
  }

  function locked(task) {
    const name = `${key}:lock`;
    const locks = given.locks ?? globalThis.navigator?.locks;
    if (locks) return withLock(locks, name, task);
    const shared = storage ?? globalThis.localStorage;
    return shared ? withLease(shared, name, task) : task();
  }

  if (channel) {
    channel.onmessage = ({ data }) => {
      if (data.end) end(data.code, data.end, false);
      if (data.from && data.from === read()?.accessToken) write(data.pair);
      if (data.ask && data.ask === rotation?.from) channel.postMessage(rotation);
    };
    channel.unref?.(); // lets Node.js exit
  }
  // The reason of an end comes by the channel, perhaps a little later than the change of the storage.
  const storageChanged = event => (event.key ?? key) === key && setTimeout(current, 300);
  globalThis.addEventListener?.('storage', storageChanged);
  live = cookies ? 'cookie-0' : read()?.sessionId;

  function close() {
    streams.forEach(finish => finish(0));
    channel?.close();
    globalThis.removeEventListener?.('storage', storageChanged);
  }

  return {
    use, page, base, sameOrigin, cookies, endpoint, isOwn, streams,
    live: () => live,
    current, end, refresh, adopt, login, logout, close,
  };
}
