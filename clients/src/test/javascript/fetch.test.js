// The package's fetch in header mode.
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';
import {
  REFRESH, clientOf, createStorage, expiredLogin, failRefreshes, holdRefreshes, kick, login, loseRefreshes, shortLived,
  startProxy, times, until, untilExpired,
} from './support.js';

describe('fetch', { concurrency: 8 }, () => {
  const KICKED = 1002000021;

  /** A client whose access token has expired, which only the gateway's 401 tells it. */
  async function expiredClient(t, options = {}) {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url, ...options });
    const data = await expiredLogin();
    client.adopt(data);
    return { client, proxy, data };
  }

  test('50 calls with an expired token lead to one refresh, and none fails', async t => {
    const { client, proxy, data } = await expiredClient(t);

    const responses = await times(50, i => client.fetch(`/api/echo/${i}`));

    assert.deepEqual([...new Set(responses.map(response => response.status))], [200]);
    assert.equal(proxy.refreshes(), 1);
    assert.deepEqual(client.ends, []);
    assert.equal(client.session.sessionId, data.sessionId);
  });

  test('a client that knows of the expiry refreshes before it calls', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await login(shortLived);
    client.adopt(data);
    await untilExpired(data);

    const responses = await times(50, i => client.fetch(`/api/echo/${i}`));

    assert.deepEqual([...new Set(responses.map(response => response.status))], [200]);
    assert.equal(proxy.refreshes(), 1);
    assert.equal(proxy.calls.length, 51);
  });

  for (const code of [40101, 401, 1002000020]) {
    for (const mode of ['header', 'cookie']) {
      test(`a service's 401 with code ${code} in ${mode} mode is neither an end nor repeated`, async t => {
        let calls = 0;
        const service = http.createServer((request, response) => {
          calls++;
          response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer realm="tan"' });
          response.end(JSON.stringify({ code, msg: 'wrong TAN', data: null }));
        });
        await new Promise(resolve => service.listen(0, '127.0.0.1', resolve));
        t.after(() => service.close());
        const client = clientOf(t, { baseUrl: `http://127.0.0.1:${service.address().port}`, mode });
        client.adopt(await login());

        const response = await client.fetch('/api/transfer', { method: 'POST', body: 'pay 10' });

        assert.equal(response.status, 401);
        assert.deepEqual(client.ends, []);
        assert.equal(calls, 1);
      });
    }
  }

  const bodies = {
    'a text': () => 'pay 10',
    'URL parameters': () => new URLSearchParams({ pay: '10' }),
    'bytes': () => new TextEncoder().encode('pay 10'),
    'a blob': () => new Blob(['pay 10']),
    'a form': () => {
      const form = new FormData();
      form.set('pay', '10');
      return form;
    },
  };

  for (const [name, body] of Object.entries(bodies)) {
    test(`a call whose body is ${name} is repeated after the refresh`, async t => {
      const { client } = await expiredClient(t);

      const response = await client.fetch('/api/echo', { method: 'POST', body: body() });

      assert.equal(response.status, 200);
      assert.match((await response.json()).body, /pay[\s\S]*10/);
    });
  }

  test('a Request with a body is repeated after the refresh', async t => {
    const { client, proxy } = await expiredClient(t);
    const request = new Request(`${proxy.url}/api/echo`, { method: 'POST', body: 'pay 10', headers: { 'x-mine': 'kept' } });

    const response = await client.fetch(request);

    const echo = await response.json();
    assert.equal(echo.body, 'pay 10');
    assert.deepEqual(echo.headers['x-mine'], ['kept']);
  });

  function streamOf(text) {
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  }

  test('a body that is a stream is sent once, after the refresh', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await login(shortLived);
    client.adopt(data);
    await untilExpired(data);

    const response = await client.fetch('/api/echo', { method: 'POST', body: streamOf('pay 10'), duplex: 'half' });

    assert.equal((await response.json()).body, 'pay 10');
    assert.deepEqual(proxy.calls, [REFRESH, '/api/echo']);
  });

  test('a stream that the gateway refused is not sent again, and the next call passes', async t => {
    const { client, proxy } = await expiredClient(t);

    const refused = await client.fetch('/api/echo', { method: 'POST', body: streamOf('pay 10'), duplex: 'half' });
    const next = await client.fetch('/api/echo', { method: 'POST', body: streamOf('pay 10'), duplex: 'half' });

    assert.equal(refused.status, 401);
    assert.equal((await next.json()).body, 'pay 10');
    assert.deepEqual(proxy.calls, ['/api/echo', REFRESH, '/api/echo']);
  });

  test('a kick is reported once, and leads to no refresh', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await login();
    client.adopt(data);
    await kick(data.sessionId);

    const responses = await times(20, () => client.fetch('/api/echo'));
    await client.fetch('/api/echo');

    assert.deepEqual([...new Set(responses.map(response => response.status))], [401]);
    assert.equal((await responses[0].json()).code, KICKED);
    assert.deepEqual(client.ends, [KICKED]);
    assert.equal(client.session, null);
    assert.equal(proxy.refreshes(), 0);
  });

  test('a refresh that finds the session kicked reports it once', async t => {
    const { client, proxy, data } = await expiredClient(t);
    await kick(data.sessionId);

    const responses = await times(20, () => client.fetch('/api/echo'));

    assert.deepEqual([...new Set(responses.map(response => response.status))], [401]);
    assert.deepEqual(client.ends, [KICKED]);
    assert.equal(proxy.refreshes() <= 1, true);
  });

  test('a 503 of the refresh is the response of the call, and ends nothing', async t => {
    const { client, proxy } = await expiredClient(t);
    proxy.fault = failRefreshes(3);

    const failed = await client.fetch('/api/echo');
    const later = await client.fetch('/api/echo');

    assert.equal(failed.status, 503);
    assert.equal(failed.headers.get('retry-after'), '1');
    assert.equal(later.status, 200);
    assert.deepEqual(client.ends, []);
  });

  test('a lost response to the refresh costs nothing', async t => {
    const { client, proxy } = await expiredClient(t);
    proxy.fault = loseRefreshes(1);

    const response = await client.fetch('/api/echo');

    assert.equal(response.status, 200);
    assert.equal(proxy.refreshes(), 2);
    assert.deepEqual(client.ends, []);
  });

  test('a network failure of the refresh is the failure of the call, and ends nothing', async t => {
    const { client, proxy } = await expiredClient(t);
    proxy.fault = path => path === REFRESH && (async ({ response }) => response.destroy());

    await assert.rejects(client.fetch('/api/echo'), TypeError);
    proxy.fault = null;
    const later = await client.fetch('/api/echo');

    assert.equal(later.status, 200);
    assert.deepEqual(client.ends, []);
  });

  test('a logout during a refresh leaves no tokens', async t => {
    const storage = createStorage();
    const { client, proxy } = await expiredClient(t, { storage });
    const { fault, held, release } = holdRefreshes();
    proxy.fault = fault;
    const call = client.fetch('/api/echo');
    await held;

    await client.logout();
    release();
    const response = await call;

    assert.equal(response.status, 401);
    assert.equal(client.session, null);
    assert.equal(storage.entries.size, 0);
    assert.deepEqual(client.ends, []);
  });

  test('a login during a refresh of the session before wins', async t => {
    const { client, proxy } = await expiredClient(t);
    const { fault, held, release } = holdRefreshes();
    proxy.fault = fault;
    const call = client.fetch('/api/echo');
    await held;
    const next = await login();

    client.adopt(next);
    release();
    const response = await call;

    assert.equal(response.status, 401);
    assert.equal(client.session.sessionId, next.sessionId);
  });

  test('a logout that fails keeps the tokens, and can be repeated', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await login();
    client.adopt(data);
    proxy.fault = path => path === '/system/auth/logout' && (async ({ response }) => response.writeHead(503).end());

    await assert.rejects(client.logout(), { status: 503 });
    proxy.fault = null;
    const alive = await client.fetch('/api/echo');
    await client.logout();

    assert.equal(alive.status, 200);
    assert.equal(client.session, null);
  });

  test('an abort ends the wait of one call, and not the refresh of the others', async t => {
    const { client, proxy } = await expiredClient(t);
    const { fault, held, release } = holdRefreshes();
    proxy.fault = fault;
    const abortion = new AbortController();
    const aborted = client.fetch('/api/echo', { signal: abortion.signal });
    const other = client.fetch('/api/echo');
    await held;
    await until(() => proxy.count('/api/echo') === 2, 'both calls are sent');

    abortion.abort();
    await assert.rejects(aborted, { name: 'AbortError' });
    release();

    assert.equal((await other).status, 200);
    assert.equal(proxy.refreshes(), 1);
  });

  test('another origin gets no token', async t => {
    const other = await startProxy(t);
    const client = clientOf(t);
    client.adopt(await login());

    const response = await client.fetch(`${other.url}/api/echo`);

    assert.equal(response.status, 401);
    assert.deepEqual(client.ends, []);
  });

  test('a call with credentials of its own passes unchanged', async t => {
    const client = clientOf(t);
    client.adopt(await login());

    const response = await client.fetch('/public/echo', { headers: { Authorization: 'Basic bWU6bWU=' } });

    assert.deepEqual((await response.json()).headers.Authorization ?? ['Basic bWU6bWU='], ['Basic bWU6bWU=']);
  });

  test('login, a call and logout', async t => {
    const client = clientOf(t);

    const data = await client.login({ username: process.env.ADMIN, password: process.env.PASSWORD, device: 'test' });
    const echo = await (await client.fetch('/api/echo?a=1|2')).json();
    await client.logout();
    const after = await client.fetch('/api/echo');

    assert.deepEqual(echo.headers['X-Session-Id'], [data.sessionId]);
    assert.equal(after.status, 401);
    assert.deepEqual(client.ends, []);
  });

  test('a wrong password is an error with the code of the gateway', async t => {
    const client = clientOf(t);

    const refused = client.login({ username: process.env.ADMIN, password: 'wrong' });

    await assert.rejects(refused, { status: 400, code: 1002000000 });
  });

  test('in cookie mode, calls say that a script makes them, and any 401 is the end', async t => {
    const client = clientOf(t, { mode: 'cookie' });

    const echo = await (await client.fetch('/public/echo', { method: 'POST' })).json();
    await times(3, () => client.fetch('/api/echo'));

    assert.deepEqual(echo.headers['x-requested-with'] ?? echo.headers['X-Requested-With'], ['XMLHttpRequest']);
    assert.deepEqual(client.ends, [401]);
  });
});
