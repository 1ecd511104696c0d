// The login service of openid-login.js on a route with login: true, with npm's oidc-provider as the OpenID provider.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import * as client from 'openid-client'
import { createLoginService } from './openid-login.js'

const { GATEWAY_OPENID, LOGIN_PORT } = process.env
const CALLBACK = `${GATEWAY_OPENID}/login/openid/callback`
const PAGE = '/api/echo/page'
const ACCESS = '__Host-portcullis_access'
const servers = []

function listen(server, port) {
  servers.push(server)
  return new Promise(resolve => server.listen(port, '127.0.0.1', resolve))
}

/** A client that keeps the cookies of each origin, and follows no redirect by itself. */
class Browser {
  #cookies = new Map()

  cookies(url) {
    const { origin } = new URL(url)
    if (!this.#cookies.has(origin)) {
      this.#cookies.set(origin, new Map())
    }
    return this.#cookies.get(origin)
  }

  async send(url, options = {}) {
    const jar = this.cookies(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = cookie ? { ...options.headers, cookie } : options.headers
    const response = await fetch(url, { ...options, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s)
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) {
        jar.delete(name)
      } else {
        jar.set(name, value)
      }
    }
    return response
  }

  /** Follows redirects until a page, or until the address of the next one matches. Returns that page or address. */
  async follow(url, end) {
    let response = await this.send(url)
    let address = url
    while (response.status >= 300 && response.status < 400) {
      address = new URL(response.headers.get('location'), address).href
      if (end?.(address)) {
        return { address }
      }
      response = await this.send(address)
    }
    return { address, response }
  }

  /** Begins at the login service, logs in and consents at the provider. Returns the address of the callback, which is not called. */
  async untilCallback(name) {
    const isCallback = address => address.startsWith(CALLBACK)
    let page = await this.follow(`${GATEWAY_OPENID}/login/openid`)
    for (const form of [{ prompt: 'login', login: name, password: 'any' }, { prompt: 'consent' }]) {
      assert.match(await page.response.text(), new RegExp(`name="prompt" value="${form.prompt}"`))
      const sent = await this.send(page.address, { method: 'POST', body: new URLSearchParams(form) })
      page = await this.follow(new URL(sent.headers.get('location'), page.address).href, isCallback)
    }
    return page.address
  }

  async logIn(name) {
    return this.send(await this.untilCallback(name))
  }

  page() {
    return this.send(GATEWAY_OPENID + PAGE)
  }

  opened() {
    return this.cookies(GATEWAY_OPENID).has(ACCESS)
  }
}

async function assertNothingOpened(browser, response) {
  assert.equal(response.status, 400)
  assert.equal(response.headers.get('x-portcullis-login'), null)
  assert.equal(browser.opened(), false)
  assert.equal((await browser.page()).status, 401)
}

const old = Number(process.versions.node.split('.')[0]) < 20

describe('a login service for an OpenID provider', { skip: old && 'oidc-provider needs Node.js 20 or later' }, () => {
  before(async () => {
    const { Provider } = await import('oidc-provider')
    let handle
    const server = createServer((request, response) => handle(request, response))
    await listen(server, 0)
    const issuer = `http://127.0.0.1:${server.address().port}`
    const provider = new Provider(issuer, {
      clients: [{ client_id: 'gateway', client_secret: 'some-client-secret', redirect_uris: [CALLBACK] }],
      claims: { openid: ['sub'], profile: ['preferred_username'] },
      cookies: { keys: ['some-cookie-key'] },
      findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub, preferred_username: `${sub}@example.com` }) })
    })
    handle = provider.callback()
    const config = await client.discovery(new URL(issuer), 'gateway', 'some-client-secret', undefined, {
      execute: [client.allowInsecureRequests]
    })
    await listen(createLoginService({ config, redirectUri: CALLBACK, page: PAGE }), Number(LOGIN_PORT))
  })

  after(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })

  test('a login at the provider opens a session, and a logout ends it', async () => {
    const browser = new Browser()
    assert.equal((await browser.page()).status, 401)

    const response = await browser.logIn('anna')

    assert.equal(response.status, 302)
    assert.equal(response.headers.get('location'), PAGE)
    assert.equal(response.headers.get('x-portcullis-login'), null)
    const page = await browser.page()
    assert.equal(page.status, 200)
    const seen = await page.text()
    assert.match(seen, /anna@example\.com/)
    assert.match(seen, /openid-[0-9a-f]{32}/)

    const copy = browser.cookies(GATEWAY_OPENID).get(ACCESS)
    const logout = await browser.send(`${GATEWAY_OPENID}/system/auth/logout`, {
      method: 'POST', headers: { origin: GATEWAY_OPENID }
    })
    assert.equal(logout.status, 200)
    assert.equal(browser.opened(), false)
    assert.equal((await browser.page()).status, 401)
    browser.cookies(GATEWAY_OPENID).set(ACCESS, copy)
    assert.equal((await browser.page()).status, 401, 'a copy of the access token does not pass')
  })

  test('a callback that was used opens nothing more', async () => {
    const browser = new Browser()
    const callback = await browser.untilCallback('berta')
    const flow = new Map(browser.cookies(GATEWAY_OPENID))
    assert.equal((await browser.send(callback)).status, 302)

    const thief = new Browser()
    flow.forEach((value, name) => thief.cookies(GATEWAY_OPENID).set(name, value))
    await assertNothingOpened(thief, await thief.send(callback))
  })

  test('the callback of one browser opens nothing in another one', async () => {
    const attacker = new Browser()
    const callback = await attacker.untilCallback('mallory')
    const victim = new Browser()
    await assertNothingOpened(victim, await victim.send(callback))

    const other = new Browser()
    await other.untilCallback('carla')
    await assertNothingOpened(other, await other.send(callback))
  })

  test('a forged callback opens nothing', async () => {
    for (const forge of [
      url => url.searchParams.set('code', 'forged'),
      url => url.searchParams.set('state', 'forged'),
      url => url.searchParams.set('iss', 'https://other.example.com'),
      url => url.searchParams.delete('state'),
      url => { url.search = '?error=access_denied&state=' + url.searchParams.get('state') }
    ]) {
      const browser = new Browser()
      const callback = new URL(await browser.untilCallback('dora'))
      forge(callback)
      await assertNothingOpened(browser, await browser.send(callback.href))
    }
  })

  test('the header of a client opens nothing', async () => {
    const browser = new Browser()
    const header = Buffer.from('{"userId":"1","username":"admin","roles":["admin"]}').toString('base64url')
    await assertNothingOpened(browser, await browser.send(CALLBACK, { headers: { 'X-Portcullis-Login': header } }))
  })
})
