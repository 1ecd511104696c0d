// fetch with the session's access token.
import { REFRESH, isStream, refusalOf } from './refusal.js';

export const isExpired = pair => pair?.expires > 0 && Date.now() >= pair.expires;

export function createFetch(session) {
  const { cookies, base, use, sameOrigin } = session;

  return async function authorizedFetch(input, init = {}) {
    const request = input?.url ? input : null;
    const url = request ? request.url : input;
    const headers = new Headers(init.headers ?? request?.headers);
    if (!session.isOwn(url, base)) return use('fetch')(input, init);

    // A clone of a Request keeps its body for the second attempt.
    const send = pair => {
      if (cookies) headers.set('x-requested-with', 'XMLHttpRequest');
      else if (pair) headers.set('authorization', `Bearer ${pair.accessToken}`);
      const target = request ? request.clone() : new URL(url, base).href;
      return use('fetch')(target, { ...(cookies && { credentials: 'include' }), ...init, headers });
    };
    if (headers.has('authorization')) return send(null);
    const refresh = pair => orAborted(session.refresh(pair), init.signal ?? request?.signal);

    let pair = session.current();
    if (isExpired(pair)) {
      const renewed = await refresh(pair);
      if (renewed.answer) return toResponse(renewed.answer);
      pair = renewed.pair;
    }
    const response = await send(pair);
    const code = await refusalOf(response, sameOrigin);
    if (code !== REFRESH || cookies || !pair) {
      if (code) session.end(code, pair ? pair.sessionId : session.live());
      return response;
    }
    const renewed = await refresh(pair);
    if (renewed.answer) return toResponse(renewed.answer);
    if (!renewed.pair || isStream(init.body)) return response;
    const second = await send(renewed.pair);
    const reason = await refusalOf(second, sameOrigin);
    if (reason && reason !== REFRESH) session.end(reason, renewed.pair.sessionId);
    return second;
  };
}

/** The response to a refresh that failed stands for the response to the call. */
function toResponse({ text, status, headers }) {
  return new Response(text, { status, headers });
}

/** Lets an abort end the wait of one call, and not the promise, for which other calls wait too. */
function orAborted(promise, signal) {
  if (!signal) return promise;
  const aborted = new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  return Promise.race([promise, aborted]);
}
