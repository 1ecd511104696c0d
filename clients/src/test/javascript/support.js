// What the tests share. The test JavaScriptClientsIT starts the gateway's nodes and runs the scripts.
import assert from 'node:assert/strict';
import http from 'node:http';
import { createClient } from 'portcullis-client';

const LIMIT = 30_000;

/** A node whose access tokens live for 30 minutes. */
export const gateway = process.env.GATEWAY;
/** A node of the same installation whose access tokens live for a second. */
export const shortLived = process.env.GATEWAY_SHORT_LIVED;
/** Where JavaScriptClientsIT restarts the first node. */
const control = process.env.CONTROL;

const ADMIN = { username: process.env.ADMIN, password: process.env.PASSWORD };

/** Waits until a condition holds. */
export async function until(condition, what) {
  const limit = Date.now() + LIMIT;
  while (!(await condition())) {
    assert.ok(Date.now() < limit, `this did not happen: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

export const bearer = accessToken => ({ headers: { authorization: `Bearer ${accessToken}` } });

/** Logs in without the package, and returns the data of the response. */
export async function login(node = gateway) {
  const response = await fetch(`${node}/system/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()).data;
}

/** Logs in, and waits until the access token has expired. The refresh token lives on. */
export async function expiredLogin() {
  const data = await login(shortLived);
  await untilExpired(data);
  return data;
}

export async function untilExpired({ accessToken }) {
  const me = async () => (await fetch(`${gateway}/system/auth/me`, bearer(accessToken))).status;
  await until(async () => (await me()) === 401, 'the access token expires');
}

let administrator;

/** Ends a session as an administrator does. */
export async function kick(sessionId) {
  administrator ??= login();
  const { accessToken } = await administrator;
  const response = await fetch(`${gateway}/system/session/${sessionId}`, { method: 'DELETE', ...bearer(accessToken) });
  assert.equal(response.status, 200);
}

/** Stops the first node, and starts it again on the same port. Resolves when it serves. */
export async function restartNode() {
  const response = await fetch(`${control}/restart`, { method: 'POST' });
  assert.equal(response.status, 200);
}

/** Creates a client that is closed after the test and notes the calls of onEnd in `client.ends`. */
export function clientOf(t, options = {}) {
  const ends = [];
  const client = createClient({
    baseUrl: gateway, key: `test-${Math.random()}`, onEnd: code => ends.push(code), ...options,
  });
  client.ends = ends;
  t.after(() => client.close());
  return client;
}

/** A storage such as localStorage. */
export function createStorage() {
  const entries = new Map();
  return {
    getItem: name => entries.get(name) ?? null,
    setItem: (name, value) => entries.set(name, String(value)),
    removeItem: name => entries.delete(name),
    entries,
  };
}

/**
 * Starts a proxy before the gateway, which notes the paths of the requests in `calls`. `fault(path, forward)` may return a function
 * that answers in place of the gateway, gets the server's response object, and may call `forward` for the gateway's own response.
 */
export async function startProxy(t, target = gateway) {
  const proxy = { calls: [], fault: null, unavailable: 0 };
  const server = http.createServer((request, response) => {
    const path = request.url.split('?')[0];
    proxy.calls.push(path);
    const forward = () => new Promise((resolve, reject) => {
      const { method, headers } = request;
      const forwarded = http.request(target + request.url, { method, headers, agent: false }, resolve);
      forwarded.on('error', reject);
      request.pipe(forwarded);
    });
    const relay = answer => {
      if (path === REFRESH && answer.statusCode === 503) proxy.unavailable++;
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    };
    const fault = proxy.fault?.(path);
    (fault ? fault({ response, forward, relay }) : forward().then(relay)).catch(() => response.destroy());
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.count = path => proxy.calls.filter(call => call === path).length;
  // Without those that met a slow store of a busy machine: the client repeats them.
  proxy.refreshes = () => proxy.count(REFRESH) - proxy.unavailable;
  return proxy;
}

export const REFRESH = '/system/auth/refresh-token';

/** A fault of a proxy: the gateway refreshes, and its responses are lost, that many times. */
export function loseRefreshes(times) {
  return path => path === REFRESH && times-- > 0 && (async ({ response, forward }) => {
    (await forward()).resume();
    response.destroy();
  });
}

/** A fault of a proxy: the gateway answers 503 to refreshes, that many times. */
export function failRefreshes(times) {
  return path => path === REFRESH && times-- > 0 && (async ({ response }) => {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    response.end('{"code":503,"msg":"Temporarily unavailable","data":null}');
  });
}

/** A fault of a proxy: the responses to refreshes arrive after `release` is called; `held` resolves when one is held. */
export function holdRefreshes() {
  let release;
  let hold;
  const released = new Promise(resolve => (release = resolve));
  const held = new Promise(resolve => (hold = resolve));
  const fault = path => path === REFRESH && (async ({ forward, relay }) => {
    const answer = await forward();
    hold();
    await released;
    relay(answer);
  });
  return { fault, held, release };
}

/** Runs a function as often as that at the same time. */
export const times = (count, task) => Promise.all(Array.from({ length: count }, (_, i) => task(i)));
