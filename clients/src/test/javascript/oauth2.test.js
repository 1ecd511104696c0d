// openid-client and oauth4webapi, unmodified, against the OAuth 2 endpoints.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { bearer, gateway, login } from './support.js';

const ID = 'machine';
/** Has the characters that a client encodes before it puts them into the Basic scheme. */
const SECRET = process.env.CLIENT_SECRET;
const issuer = new URL(gateway);
const insecure = { [oauth.allowInsecureRequests]: true };

async function server() {
  return oauth.processDiscoveryResponse(
    issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
}

const methods = {
  client_secret_basic: oauth.ClientSecretBasic(SECRET),
  client_secret_post: oauth.ClientSecretPost(SECRET),
};

for (const [method, authentication] of Object.entries(methods)) {
  describe(`oauth4webapi with ${method}`, () => {
    test('client credentials, introspection and revocation', async () => {
      const as = await server();
      const self = { client_id: ID };

      const issued = await oauth.processClientCredentialsResponse(as, self, await oauth.clientCredentialsGrantRequest(
        as, self, authentication, new URLSearchParams({ scope: 'read' }), insecure));
      const introspect = async token => oauth.processIntrospectionResponse(as, self,
        await oauth.introspectionRequest(as, self, authentication, token, insecure));

      assert.equal(issued.token_type, 'bearer');
      assert.equal(issued.scope, 'read');
      assert.equal((await introspect(issued.access_token)).client_id, ID);
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(as, self, authentication, issued.access_token, insecure));
      assert.deepEqual(await introspect(issued.access_token), { active: false });
    });

    test('the errors are those of the RFCs', async () => {
      const as = await server();
      const self = { client_id: ID };
      const request = scope => oauth.clientCredentialsGrantRequest(
        as, self, authentication, new URLSearchParams({ scope }), insecure);

      await assert.rejects(
        async () => oauth.processClientCredentialsResponse(as, self, await request('everything')),
        error => error instanceof oauth.ResponseBodyError && error.error === 'invalid_scope');
    });
  });
}

test('oauth4webapi refreshes the session of a user without a client', async () => {
  const as = await server();
  const self = { client_id: 'browser-app' };
  const { refreshToken } = await login();

  const next = await oauth.processRefreshTokenResponse(as, self, await oauth.refreshTokenGrantRequest(
    as, self, oauth.None(), refreshToken, insecure));

  assert.equal((await fetch(`${gateway}/system/auth/me`, bearer(next.access_token))).status, 200);
});

test('oauth4webapi sees a wrong secret as a challenge', async () => {
  const as = await server();
  const self = { client_id: ID };
  const wrong = oauth.ClientSecretBasic('wrong');

  const response = await oauth.clientCredentialsGrantRequest(as, self, wrong, new URLSearchParams(), insecure);

  await assert.rejects(
    async () => oauth.processClientCredentialsResponse(as, self, response),
    error => error instanceof oauth.WWWAuthenticateChallengeError && error.cause[0].scheme === 'basic');
});

describe('openid-client', () => {
  const discover = (id, authentication) => client.discovery(issuer, id, undefined, authentication, {
    algorithm: 'oauth2', execute: [client.allowInsecureRequests],
  });

  test('client credentials, introspection and revocation', async () => {
    const config = await discover(ID, client.ClientSecretBasic(SECRET));

    const { access_token: token, expires_in: seconds } = await client.clientCredentialsGrant(config);

    assert.ok(seconds > 0);
    const active = await client.tokenIntrospection(config, token);
    assert.equal(active.scope, 'read write');
    assert.equal(active.sub, `client:${ID}`);
    await client.tokenRevocation(config, token);
    assert.deepEqual(await client.tokenIntrospection(config, token), { active: false });
  });

  test('refresh and revocation of the session of a user', async () => {
    const config = await discover('browser-app', client.None());
    const data = await login();

    const next = await client.refreshTokenGrant(config, data.refreshToken);
    await client.tokenRevocation(config, next.refresh_token, { token_type_hint: 'access_token' });

    assert.equal((await fetch(`${gateway}/system/auth/me`, bearer(next.access_token))).status, 401);
    await assert.rejects(
      client.refreshTokenGrant(config, next.refresh_token), error => error.error === 'invalid_grant');
  });
});
