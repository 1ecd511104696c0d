// Tells the gateway's refusals from other responses.

/** The access token is missing, invalid or expired: a refresh may help. Any other code of a 401 says that the session is over. */
export const REFRESH = 401;
/** A part of the gateway's challenge. A page of another origin cannot read it. */
const REALM = 'realm="portcullis"';
/** The codes of the gateway's other refusals. */
const FIRST = 1002000010;
const LAST = 1002000099;
/** This one is none of the session. */
const TICKET_REFUSED = 1002000012;
export const LOGGED_OUT = 1002000020;
export const REPLACED = 1002000022;

/**
 * Returns the code of a 401 of the gateway, or 0 for any other response.
 *
 * @param sameOrigin whether the page can read all headers of the response
 */
export async function refusalOf(response, sameOrigin) {
  const { status, headers } = response;
  if (status !== 401 || !/json/.test(headers.get('content-type'))) return 0;
  if (!isOfGateway(headers.get('www-authenticate'), sameOrigin)) return 0;
  return codeOf(await response.clone().json().catch(() => null));
}

/** Returns the same for a response of axios, whatever its responseType. */
export async function refusalOfAxios({ status, headers, data }, sameOrigin) {
  const challenge = headers['www-authenticate'];
  if (status !== 401 || !isOfGateway(challenge, sameOrigin)) return 0;
  // To read a stream would take it from the caller. A refresh finds out whether the session is over.
  if (isStream(data)) return challenge ? REFRESH : 0;
  return codeOf(data?.code ? data : await new Response(data).json().catch(() => null));
}

export const isStream = body => body?.getReader || body?.pipe || body?.[Symbol.asyncIterator];

/** Returns whether a code says that the session is over. */
export const isEnd = code => code >= FIRST && code <= LAST && code !== TICKET_REFUSED;

/** A service may use the codes of the gateway. */
const isOfGateway = (challenge, sameOrigin) => challenge?.includes(REALM) ?? !sameOrigin;

/** A service's 401 may have a code of its own, which says nothing about the session. */
const codeOf = body => (body?.code === REFRESH || isEnd(body?.code) ? body.code : 0);
