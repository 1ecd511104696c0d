// axios with the package's interceptors, and with interceptors as users write them.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import axios from 'axios';
import {
  clientOf, expiredLogin, failRefreshes, kick, login, shortLived, startProxy, times, untilExpired,
} from './support.js';

describe('axios', { concurrency: 8 }, () => {
  const KICKED = 1002000021;

  /** axios with the package, and a session whose access token has expired. */
  async function expiredAxios(t, config = {}) {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await expiredLogin();
    client.adopt(data);
    const api = client.axios(axios.create({ baseURL: proxy.url, ...config }));
    return { api, client, proxy, data };
  }

  for (const adapter of ['http', 'fetch']) {
    test(`50 calls with an expired token lead to one refresh, and none fails (adapter ${adapter})`, async t => {
      const { api, client, proxy } = await expiredAxios(t, { adapter });

      const responses = await times(50, i => api.get(`/api/echo/${i}`));

      assert.deepEqual([...new Set(responses.map(response => response.status))], [200]);
      assert.equal(proxy.refreshes(), 1);
      assert.deepEqual(client.ends, []);
    });

    test(`a call with a JSON body is repeated after the refresh (adapter ${adapter})`, async t => {
      const { api } = await expiredAxios(t, { adapter });

      const { data: echo } = await api.post('/api/echo', { pay: 10, note: 'Ärger' }, { params: { a: '1 2' } });

      assert.deepEqual(JSON.parse(echo.body), { pay: 10, note: 'Ärger' });
      assert.match(echo.query, /^a=1(\+|%20)2$/);
    });
  }

  for (const responseType of ['json', 'text', 'arraybuffer', 'stream']) {
    test(`a call with the response type ${responseType} is repeated after the refresh`, async t => {
      const { api } = await expiredAxios(t);

      const response = await api.get('/api/echo', { responseType });

      assert.equal(response.status, 200);
      response.data.destroy?.();
    });
  }

  test('a call that takes each status for success is repeated after the refresh', async t => {
    const { api } = await expiredAxios(t, { validateStatus: () => true });

    const response = await api.get('/api/echo');

    assert.equal(response.status, 200);
  });

  test('a body that is a stream is sent once, after the refresh', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await login(shortLived);
    client.adopt(data);
    await untilExpired(data);
    const api = client.axios(axios.create({ baseURL: proxy.url }));

    const response = await api.post('/api/echo', Readable.from([Buffer.from('pay 10')]), { maxRedirects: 0 });

    assert.equal(response.data.body, 'pay 10');
    assert.equal(proxy.count('/api/echo'), 1);
    assert.equal(proxy.refreshes(), 1);
  });

  test('a kick is reported once, and leads to no refresh', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url });
    const data = await login();
    client.adopt(data);
    const api = client.axios(axios.create({ baseURL: proxy.url }));
    await kick(data.sessionId);

    const results = await Promise.allSettled(Array.from({ length: 20 }, () => api.get('/api/echo')));

    assert.deepEqual([...new Set(results.map(result => result.reason.response.status))], [401]);
    assert.equal(results[0].reason.response.data.code, KICKED);
    assert.deepEqual(client.ends, [KICKED]);
    assert.equal(proxy.refreshes(), 0);
  });

  test('a 503 of the refresh is the response of the call, and ends nothing', async t => {
    const { api, client, proxy } = await expiredAxios(t);
    proxy.fault = failRefreshes(3);

    await assert.rejects(api.get('/api/echo'), error => error.response.status === 503 && axios.isAxiosError(error));
    const later = await api.get('/api/echo');

    assert.equal(later.status, 200);
    assert.deepEqual(client.ends, []);
  });

  test('an instance for another origin sends no token', async t => {
    const other = await startProxy(t);
    const client = clientOf(t);
    client.adopt(await login());
    const api = client.axios(axios.create({ baseURL: other.url }));

    await assert.rejects(api.get('/api/echo'), { status: 401 });

    assert.deepEqual(client.ends, []);
  });

  /** The interceptor that most articles on axios and refresh tokens show: a flag, a queue, and _retry. */
  function handWritten(baseURL, tokens, onLogout) {
    const api = axios.create({ baseURL });
    let isRefreshing = false;
    let failedQueue = [];
    const processQueue = (error, token = null) => {
      failedQueue.forEach(({ resolve, reject }) => (error ? reject(error) : resolve(token)));
      failedQueue = [];
    };
    api.interceptors.request.use(config => {
      config.headers.Authorization = `Bearer ${tokens.accessToken}`;
      return config;
    });
    api.interceptors.response.use(
      response => response,
      async error => {
        const originalRequest = error.config;
        if (error.response?.status !== 401 || error.response.data.code !== 401 || originalRequest._retry) {
          if (error.response?.status === 401) onLogout(error.response.data.code);
          return Promise.reject(error);
        }
        if (isRefreshing) {
          return new Promise((resolve, reject) => failedQueue.push({ resolve, reject })).then(() => api(originalRequest));
        }
        originalRequest._retry = true;
        isRefreshing = true;
        try {
          const { data } = await axios.post(`${baseURL}/system/auth/refresh-token`, { refreshToken: tokens.refreshToken });
          Object.assign(tokens, data.data);
          processQueue(null, tokens.accessToken);
          return api(originalRequest);
        } catch (e) {
          processQueue(e);
          if (e.response?.status === 401) onLogout(e.response.data.code);
          return Promise.reject(e);
        } finally {
          isRefreshing = false;
        }
      },
    );
    return api;
  }

  // Such an interceptor refreshes again for a 401 that arrives after its refresh, and the gateway lets it.
  test('50 calls of a hand-written interceptor all pass after the expiry', async t => {
    const proxy = await startProxy(t);
    const logouts = [];
    const api = handWritten(proxy.url, await expiredLogin(), code => logouts.push(code));

    const responses = await times(50, i => api.post(`/api/echo/${i}`, { pay: i }));

    assert.deepEqual(responses.map(response => JSON.parse(response.data.body).pay), Array.from({ length: 50 }, (_, i) => i));
    assert.ok(proxy.refreshes() >= 1);
    assert.deepEqual(logouts, []);
  });

  test('a hand-written interceptor learns of a kick, and does not loop', async t => {
    const proxy = await startProxy(t);
    const logouts = [];
    const data = await login();
    const api = handWritten(proxy.url, data, code => logouts.push(code));
    await kick(data.sessionId);

    await assert.rejects(api.get('/api/echo'), { status: 401 });

    assert.deepEqual(logouts, [KICKED]);
    assert.equal(proxy.refreshes(), 0);
  });

  test('a hand-written interceptor learns by the refresh that the session was kicked', async t => {
    const proxy = await startProxy(t);
    const logouts = [];
    const data = await expiredLogin();
    const api = handWritten(proxy.url, data, code => logouts.push(code));
    await kick(data.sessionId);

    await assert.rejects(api.get('/api/echo'), { status: 401 });

    assert.deepEqual(logouts, [KICKED]);
    assert.ok(proxy.refreshes() <= 1);
  });
});
