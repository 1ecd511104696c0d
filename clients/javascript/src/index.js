// Client of the Portcullis gateway. index.d.ts documents it.
import { installInterceptors } from './axios.js';
import { createFetch } from './fetch.js';
import { createSession } from './session.js';
import { openEvents, openSocket } from './streams.js';

export function createClient(options = {}) {
  const session = createSession(options);
  const fetch = createFetch(session);
  return {
    login: session.login,
    logout: session.logout,
    adopt: session.adopt,
    close: session.close,
    get session() {
      const pair = session.current();
      return pair && !session.cookies ? { userId: pair.userId, sessionId: pair.sessionId } : null;
    },
    fetch,
    axios: instance => installInterceptors(session, instance),
    socket: (url, protocols) => openSocket(session, fetch, url, protocols),
    events: (url, types) => openEvents(session, fetch, url, types),
  };
}
