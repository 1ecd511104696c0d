// WebSockets (ws) and server-sent events (eventsource) with tickets.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { EventSource } from 'eventsource';
import { WebSocket, WebSocketServer } from 'ws';
import { bearer, clientOf, createStorage, gateway, kick, login, restartNode, shortLived, startProxy, until } from './support.js';

const KICKED = 1002000021;
const TICKET = '/system/auth/ticket';

/** Notes the events of a connection. */
function record(connection) {
  const seen = { open: 0, down: 0, messages: [], close: [] };
  connection.addEventListener('open', () => seen.open++);
  connection.addEventListener('down', () => seen.down++);
  connection.addEventListener('message', event => seen.messages.push(event.data));
  connection.addEventListener('close', event => seen.close.push(event.code));
  return seen;
}

const kinds = {
  'a WebSocket': {
    connect: client => client.socket('/api/ws'),
    prompt: connection => connection.send('hello'),
    tickets: 1, // the close frame says that the session is over
  },
  'an event stream': {
    connect: client => client.events('/api/ticks'),
    prompt: () => {},
    tickets: 2, // the refusal of the second one says it
  },
};

async function openClient(t, options = {}) {
  const client = clientOf(t, { WebSocket, EventSource, ...options });
  const data = await login(options.baseUrl ?? gateway);
  client.adopt(data);
  return { client, data };
}

for (const [name, { connect, prompt, tickets }] of Object.entries(kinds)) {
  const opened = async client => {
    const connection = connect(client);
    const seen = record(connection);
    await until(() => seen.open === 1, 'it opens');
    return { connection, seen };
  };
  const nextMessage = async (connection, seen) => {
    const before = seen.messages.length;
    prompt(connection);
    await until(() => seen.messages.length > before, 'a message arrives');
  };

  test(`${name} opens with a ticket, and delivers messages until it is closed`, async t => {
    const { client } = await openClient(t);
    const { connection, seen } = await opened(client);
    await nextMessage(connection, seen);

    connection.close();

    assert.deepEqual(seen.close, [0]);
    assert.deepEqual(client.ends, []);
  });

  test(`${name} survives a refresh`, async t => {
    const storage = createStorage();
    const { client } = await openClient(t, { baseUrl: shortLived, storage });
    const { connection, seen } = await opened(client);
    const tokens = () => [...storage.entries.values()].join();
    const before = tokens();
    await until(async () => (await client.fetch('/api/echo')) && tokens() !== before, 'a call refreshes');

    await nextMessage(connection, seen);

    assert.deepEqual([seen.open, seen.down, seen.close.length], [1, 0, 0]);
  });

  test(`${name} falls with its session, and stays closed`, async t => {
    const proxy = await startProxy(t);
    const throughProxy = (url, init) => fetch(url.replace(gateway, proxy.url), init);
    const { client, data } = await openClient(t, { fetch: throughProxy });
    const { connection, seen } = await opened(client);
    await nextMessage(connection, seen);

    await kick(data.sessionId);
    await until(() => seen.close.length > 0, 'it closes');

    assert.deepEqual(seen.close, [KICKED]);
    assert.deepEqual(client.ends, [KICKED]);
    assert.equal(client.session, null);
    assert.equal(proxy.count(TICKET), tickets);
  });

  test(`${name} connects again after a restart of the node`, async t => {
    const { client } = await openClient(t);
    const { connection, seen } = await opened(client);

    await restartNode();
    await until(() => seen.open === 2, 'it opens again');
    await nextMessage(connection, seen);

    assert.ok(seen.down >= 1);
    assert.deepEqual(seen.close, []);
    assert.deepEqual(client.ends, []);
  });

  test(`${name} of a page without a session closes`, async t => {
    const client = clientOf(t, { WebSocket, EventSource });

    const seen = record(connect(client));
    await until(() => seen.close.length > 0, 'it closes');

    assert.deepEqual(seen.close, [401]);
  });
}

test('the gateway closes a WebSocket of a session that is over with 1008 and the code', async t => {
  const { client, data } = await openClient(t);
  const response = await fetch(gateway + TICKET, { method: 'POST', ...bearer(data.accessToken) });
  const { ticket } = (await response.json()).data;
  const socket = new WebSocket(`${gateway.replace('http', 'ws')}/api/ws?ticket=${ticket}`);
  await new Promise(resolve => socket.on('open', resolve));
  const closed = new Promise(resolve => socket.on('close', (code, reason) => resolve([code, String(reason)])));

  await client.logout();

  assert.deepEqual(await closed, [1008, '1002000020']);
});

test('a service that closes a WebSocket with 1008 and a code of its own does not end the session', async t => {
  const server = http.createServer((request, response) => response.end('{"code":0,"data":{"ticket":"any"}}'));
  const service = new WebSocketServer({ server });
  service.on('connection', socket => socket.close(1008, '4001'));
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const client = clientOf(t, { WebSocket, baseUrl: `http://127.0.0.1:${server.address().port}` });
  const data = await login();
  client.adopt(data);

  const seen = record(client.socket('/api/ws'));
  await until(() => seen.close.length > 0, 'it closes');

  assert.deepEqual(seen.close, [0]);
  assert.deepEqual(client.ends, []);
  assert.equal(client.session.sessionId, data.sessionId);
});

test('a URL of another origin gets no ticket', async t => {
  const client = clientOf(t, { WebSocket, EventSource });

  assert.throws(() => client.socket('wss://elsewhere.example/api/ws'), TypeError);
  assert.throws(() => client.events('https://elsewhere.example/api/ticks'), TypeError);
});
