// WebSockets and server-sent events that authenticate with a ticket, and connect again until the session is over.
import { isEnd } from './refusal.js';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const STABLE_AFTER = 10_000;
const POLICY_VIOLATION = 1008;
const OPEN = 1;

/**
 * Connects, again and again.
 *
 * @param url a URL, or a function that returns one and gets the last event's id
 * @param open opens a source at an address, and reports to opened, received and lost, or to ended
 */
function connect(session, call, url, open) {
  const target = new EventTarget();
  let source;
  let timer;
  let lastEventId = '';
  let failures = 0;
  let openedAt;
  let done = false;

  const emit = (type, fields) => target.dispatchEvent(Object.assign(new Event(type), fields));

  function finish(code, reason = '') {
    if (done) return;
    done = true;
    clearTimeout(timer);
    session.streams.delete(finish);
    source?.close();
    emit('close', { code, reason });
  }

  function lost() {
    if (done) return;
    source = undefined;
    if (openedAt && Date.now() - openedAt > STABLE_AFTER) failures = 0;
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++);
    const pause = longest * (0.5 + Math.random() / 2);
    timer = setTimeout(run, pause);
    emit('down', { pause });
  }

  async function run() {
    openedAt = undefined;
    try {
      const response = await call(session.endpoint('ticket'), { method: 'POST' });
      const { code, data } = await response.json();
      if (response.status === 401) return finish(code);
      const sessionId = session.live();
      if (!done) source = open(address(data.ticket), { opened, received, lost, ended: reason => ended(reason, sessionId) });
    } catch {
      lost(); // no network, or no ticket
    }
  }

  function address(ticket) {
    const place = new URL(`${url.call ? url(lastEventId) : url}`.replace(/^ws/, 'http'), session.base);
    if (!session.isOwn(place)) throw new TypeError('not the gateway: ' + place);
    place.search += `${place.search ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`;
    return place.href;
  }

  function opened() {
    openedAt = Date.now();
    emit('open');
  }

  function received({ type, data, lastEventId: id = '' }) {
    lastEventId = id;
    if (!done) emit(type, { data, lastEventId: id });
  }

  /** The gateway gives the code of the session's end as the reason; a service may give a reason of its own. */
  function ended(reason, sessionId) {
    const code = isEnd(Number(reason)) ? Number(reason) : 0;
    if (code) session.end(code, sessionId);
    finish(code, reason);
  }

  function send(data) {
    if (source?.readyState !== OPEN) throw new Error('not connected');
    source.send(data);
  }

  address(); // throws here if the URL is wrong
  session.streams.add(finish);
  run();
  return Object.assign(target, { close: () => finish(0), send });
}

export function openSocket(session, call, url, protocols) {
  return connect(session, call, url, (address, { opened, received, lost, ended }) => {
    const source = new (session.use('WebSocket'))(address.replace(/^http/, 'ws'), protocols);
    source.onopen = opened;
    source.onmessage = received;
    source.onclose = ({ code, reason }) => (code === POLICY_VIOLATION ? ended(reason) : lost());
    source.onerror = () => {}; // a close follows
    return source;
  });
}

export function openEvents(session, call, url, types = ['message']) {
  return connect(session, call, url, (address, { opened, received, lost }) => {
    const source = new (session.use('EventSource'))(address);
    source.onopen = opened;
    types.forEach(type => source.addEventListener(type, received));
    source.onerror = () => {
      source.close(); // it would connect again with the spent ticket
      lost();
    };
    return source;
  });
}
