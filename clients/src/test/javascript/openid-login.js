// A login service for Portcullis (docs/login-services.md) that lets an OpenID provider log the user in. The gateway opens the session.
//
// GET /login/openid            redirects the browser to the provider
// GET /login/openid/callback   is where the provider sends the browser back to; opens the session and redirects to the page
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import * as client from 'openid-client'

const FLOW_COOKIE = '__Host-openid-login'
const FLOW_SECONDS = 600
const MAX_FLOWS = 10_000

/**
 * Creates the service as an HTTP server that does not listen yet.
 *
 * config       the provider and this client, from openid-client's discovery
 * redirectUri  the address of the callback as the browser sees it, at the gateway
 * page         the path to which a logged-in browser is sent
 */
export function createLoginService({ config, redirectUri, page }) {
  /** The logins that have begun, by the cookie of their browser. Several instances of the service would share a store. */
  const flows = new Map()

  async function begin(response) {
    const id = client.randomState()
    const flow = {
      verifier: client.randomPKCECodeVerifier(),
      state: client.randomState(),
      nonce: client.randomNonce(),
      end: Date.now() + FLOW_SECONDS * 1000
    }
    if (flows.size >= MAX_FLOWS) {
      flows.delete(flows.keys().next().value)
    }
    flows.set(id, flow)
    const authorization = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid profile',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256'
    })
    response.writeHead(302, { Location: authorization.href, 'Set-Cookie': flowCookie(id, FLOW_SECONDS) }).end()
  }

  async function finish(request, response) {
    // The cookie binds the answer of the provider to this browser. Each flow ends with the first answer, whatever that is.
    const id = cookie(request, FLOW_COOKIE)
    const flow = flows.get(id)
    flows.delete(id)
    if (!flow || flow.end < Date.now()) {
      return refuse(response)
    }
    const answer = new URL(redirectUri)
    answer.search = new URL(request.url, redirectUri).search
    const tokens = await client.authorizationCodeGrant(config, answer, {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true
    })
    const { sub } = tokens.claims()
    const user = await client.fetchUserInfo(config, tokens.access_token, sub)
    response.writeHead(302, {
      Location: page,
      'Set-Cookie': flowCookie('', 0),
      'X-Portcullis-Login': login(config.serverMetadata().issuer, user)
    }).end()
  }

  return createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url, redirectUri)
      if (request.method === 'GET' && pathname === '/login/openid') {
        await begin(response)
      } else if (request.method === 'GET' && pathname === new URL(redirectUri).pathname) {
        await finish(request, response)
      } else {
        response.writeHead(404).end()
      }
    } catch (failure) {
      // The class and the code alone: what the provider has sent may be a secret.
      console.warn('No login:', failure.name, failure.code)
      refuse(response)
    }
  })
}

/** The value of the header that opens the session. Roles are those of this application: not what the provider says. */
function login(issuer, user) {
  const userId = 'openid-' + createHash('sha256').update(`${issuer} ${user.sub}`).digest('hex').slice(0, 32)
  const username = (user.preferred_username ?? user.sub).trim().slice(0, 128)
  return Buffer.from(JSON.stringify({ userId, username, roles: ['user'] })).toString('base64url')
}

function refuse(response) {
  response.writeHead(400, { 'Set-Cookie': flowCookie('', 0), 'Content-Type': 'text/plain' }).end('Please log in again.\n')
}

/** Lax, because the browser comes back from another site. */
function flowCookie(value, seconds) {
  return `${FLOW_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`
}

function cookie(request, name) {
  return (request.headers.cookie ?? '').split('; ')
    .filter(part => part.startsWith(name + '='))
    .map(part => part.slice(name.length + 1))[0]
}
