// A service in Node.js behind a route with signed-identity: true, which verifies the caller with npm's jose.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { SignJWT, UnsecuredJWT, generateKeyPair } from 'jose'
import { verifyIdentity } from './identity.js'

const { GATEWAY_SIGNED, SERVICE_PORT, JWK_SET_URI, AUDIENCE, ADMIN, PASSWORD } = process.env
const service = createServer(async (request, response) => {
  try {
    const claims = await verifyIdentity(request)
    response.writeHead(200).end(JSON.stringify({ claims, token: request.headers['x-identity-token'] }))
  } catch (refused) {
    response.writeHead(401).end(refused.code)
  }
})

before(() => new Promise((resolve) => service.listen(Number(SERVICE_PORT), '127.0.0.1', resolve)))
after(() => {
  service.closeAllConnections()
  service.close()
})

async function login() {
  const response = await fetch(`${GATEWAY_SIGNED}/system/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: ADMIN, password: PASSWORD })
  })
  return (await response.json()).data
}

async function throughGateway(session) {
  return fetch(`${GATEWAY_SIGNED}/signed/a`, { headers: { Authorization: `Bearer ${session.accessToken}` } })
}

async function direct(token) {
  return fetch(`http://127.0.0.1:${SERVICE_PORT}/signed/a`, { headers: token ? { 'X-Identity-Token': token } : {} })
}

function claims() {
  const now = Math.floor(Date.now() / 1000)
  return { iss: 'portcullis', aud: AUDIENCE, sub: '1', sid: 's', roles: ['admin'], iat: now, exp: now + 60 }
}

test('a request through the gateway has the identity of its caller', async () => {
  const session = await login()
  const response = await throughGateway(session)

  assert.equal(response.status, 200)
  const { claims, token } = await response.json()
  assert.equal(claims.sub, session.userId)
  assert.equal(claims.sid, session.sessionId)
  assert.equal(claims.preferred_username, ADMIN)
  assert.deepEqual(claims.roles, ['admin'])
  assert.equal((await direct(token)).status, 200, 'the token itself is the proof')
})

test('a request that did not come through the gateway is refused', async () => {
  const published = (await (await fetch(JWK_SET_URI)).json()).keys[0]
  const { privateKey } = await generateKeyPair('ES256')
  const header = { alg: 'ES256', kid: published.kid }
  const secret = new TextEncoder().encode(JSON.stringify(published))

  for (const token of [
    undefined,
    'x',
    new UnsecuredJWT(claims()).encode(),
    await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey),
    await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: published.kid }).sign(secret)
  ]) {
    assert.equal((await direct(token)).status, 401)
  }
})
