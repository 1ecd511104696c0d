// undici's fetch under the package, and undici alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fetch, request } from 'undici';
import { clientOf, expiredLogin, gateway, kick, login, shortLived, startProxy, times, untilExpired } from './support.js';

describe('undici', { concurrency: 8 }, () => {
  const CHUNK = 64 * 1024;
  const CHUNKS = 32;

  async function* upload() {
    for (let i = 0; i < CHUNKS; i++) yield new Uint8Array(CHUNK).fill(97);
  }

  test('an upload of 2 MB is streamed after the refresh', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url, fetch });
    const data = await login(shortLived);
    client.adopt(data);
    await untilExpired(data);

    const response = await client.fetch('/api/echo', { method: 'POST', body: upload(), duplex: 'half' });

    assert.equal(response.status, 200);
    assert.equal((await response.json()).body.length, CHUNK * CHUNKS);
    assert.equal(proxy.refreshes(), 1);
  });

  test('50 calls with an expired token lead to one refresh', async t => {
    const proxy = await startProxy(t);
    const client = clientOf(t, { baseUrl: proxy.url, fetch });
    client.adopt(await expiredLogin());

    const responses = await times(50, () => client.fetch('/api/echo'));

    assert.deepEqual([...new Set(responses.map(response => response.status))], [200]);
    assert.equal(proxy.refreshes(), 1);
  });

  const refusals = {
    'no token': async () => undefined,
    'a forged token': async () => 'Bearer pca_forged',
    'a password': async () => 'Basic YWRtaW46YWRtaW4=',
    'an expired token': async () => `Bearer ${(await expiredLogin()).accessToken}`,
    'a refresh token': async () => `Bearer ${(await login()).refreshToken}`,
    'the token of a session that is over': async () => {
      const { accessToken, sessionId } = await login();
      await kick(sessionId);
      return `Bearer ${accessToken}`;
    },
  };

  for (const [name, credentials] of Object.entries(refusals)) {
    for (const path of ['/api/echo', '/system/auth/me', '/system/session/page']) {
      test(`the refusal of ${name} at ${path} opens no password box`, async () => {
        const authorization = await credentials();

        const { statusCode, headers, body } = await request(gateway + path, { headers: authorization ? { authorization } : {} });
        await body.dump();

        assert.equal(statusCode, 401);
        assert.match(headers['www-authenticate'], /^Bearer\b/);
        assert.doesNotMatch(headers['www-authenticate'], /Basic|Digest|Negotiate|NTLM/i);
      });
    }
  }
});
