import { createRemoteJWKSet, jwtVerify } from 'jose'

// Keeps the keys for five minutes, and fetches them again for an unknown key id.
const keys = createRemoteJWKSet(new URL(process.env.JWK_SET_URI), { cacheMaxAge: 300_000, cooldownDuration: 10_000 })

// Returns the caller's claims; throws if the token did not come from the gateway as it is.
export async function verifyIdentity(request) {
  const token = request.headers['x-identity-token']
  const { payload } = await jwtVerify(token ?? '', keys, {
    algorithms: ['ES256'],
    issuer: 'portcullis',
    audience: process.env.AUDIENCE,
    requiredClaims: ['sub', 'sid', 'exp'],
    clockTolerance: 30
  })
  return payload
}
