// Interceptors of axios that do what fetch.js does.
import { isExpired } from './fetch.js';
import { REFRESH, isStream, refusalOfAxios } from './refusal.js';

export function installInterceptors(session, instance) {
  const { cookies, page, sameOrigin } = session;

  async function authorize(config) {
    const { headers } = config;
    const foreign = headers.has('Authorization') && !config.portcullisSession;
    if (foreign || !session.isOwn(instance.getUri(config), page)) return config;
    let pair = session.current();
    // If this refresh fails, the gateway refuses the call, and settle answers.
    if (isExpired(pair)) pair = (await session.refresh(pair)).pair ?? pair;
    config.portcullisSession = pair?.sessionId;
    if (cookies) {
      config.withCredentials = true;
      headers.set('X-Requested-With', 'XMLHttpRequest');
    } else if (pair) {
      headers.set('Authorization', `Bearer ${pair.accessToken}`);
    }
    return config;
  }

  /** Returns the response, or that of a second attempt after a refresh; or throws the error that came with it. */
  async function settle(response, error) {
    const config = response?.config;
    const sessionId = config?.portcullisSession;
    const code = sessionId ? await refusalOfAxios(response, sameOrigin) : 0;
    if (code && (code !== REFRESH || cookies)) session.end(code, sessionId);
    else if (code && !config.portcullisRetry) {
      const accessToken = config.headers.get('Authorization').slice('Bearer '.length);
      const { answer, pair } = await session.refresh({ accessToken, sessionId });
      if (pair && !isStream(config.data)) return instance.request({ ...config, portcullisRetry: true });
      if (answer) replace(response, error, answer);
    }
    if (error) throw error;
    return response;
  }

  instance.interceptors.request.use(authorize);
  instance.interceptors.response.use(response => settle(response), error => settle(error.response, error));
  return instance;
}

/** The response to a refresh that failed stands for the response to the call. */
function replace(response, error, { status, body, text }) {
  Object.assign(response, { status, statusText: '', data: body ?? text });
  if (error) Object.assign(error, { status, message: `Request failed with status code ${status}` });
}
