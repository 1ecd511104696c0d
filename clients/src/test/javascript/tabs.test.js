// Several clients of one session, as the tabs of a browser are: with a shared storage, or with a channel alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clientOf, createStorage, expiredLogin, kick, login, startProxy, times, until } from './support.js';

describe('tabs', { concurrency: 8 }, () => {
  const KICKED = 1002000021;
  const LOGGED_OUT = 1002000020;
  const REPLACED = 1002000022;

  /** Web Locks for one process: exclusive locks, which are granted in turn. */
  function createLocks() {
    const queues = new Map();
    return {
      async request(name, { ifAvailable, signal }, callback) {
        const before = queues.get(name);
        if (ifAvailable && before) return callback(null);
        let release;
        const held = new Promise(resolve => (release = resolve));
        const tail = (before ?? Promise.resolve()).then(() => held);
        queues.set(name, tail);
        await before;
        try {
          signal?.throwIfAborted();
          return await callback({ name });
        } finally {
          release();
          if (queues.get(name) === tail) queues.delete(name);
        }
      },
    };
  }

  async function openTabs(t, count, options) {
    const proxy = await startProxy(t);
    const key = `tabs-${Math.random()}`;
    const tabs = Array.from({ length: count }, () => clientOf(t, { baseUrl: proxy.url, key, ...options }));
    tabs.key = key;
    return { proxy, tabs };
  }

  /** Makes the tabs hold the session, as if each had it from the storage or by a duplication of the tab. */
  function adopt(tabs, data, storage) {
    if (storage) tabs[0].adopt(data);
    else tabs.forEach(tab => tab.adopt(data));
  }

  const cases = {
    'a storage and Web Locks': () => ({ storage: createStorage(), locks: createLocks() }),
    'memory, a channel and Web Locks': () => ({ locks: createLocks() }),
    'a storage and its lease': () => ({ storage: createStorage(), locks: false }),
  };

  for (const [name, options] of Object.entries(cases)) {
    test(`10 tabs with ${name} refresh once`, async t => {
      const shared = options();
      const { proxy, tabs } = await openTabs(t, 10, shared);
      adopt(tabs, await expiredLogin(), shared.storage);

      const responses = await times(50, i => tabs[i % tabs.length].fetch('/api/echo'));

      assert.deepEqual([...new Set(responses.map(response => response.status))], [200]);
      assert.equal(proxy.refreshes(), 1);
      assert.deepEqual(tabs.flatMap(tab => tab.ends), []);
    });
  }

  test('a tab without a storage learns of the refresh in another tab before it calls', async t => {
    const { proxy, tabs } = await openTabs(t, 2, { locks: createLocks() });
    let sent;
    const noting = clientOf(t, {
      baseUrl: proxy.url, key: tabs.key, fetch: (url, init) => {
        sent = init.headers.get('authorization');
        return fetch(url, init);
      },
    });
    const data = await expiredLogin();
    [...tabs, noting].forEach(tab => tab.adopt(data));

    await tabs[0].fetch('/api/echo');
    await until(async () => (await noting.fetch('/public/echo')) && sent !== `Bearer ${data.accessToken}`, 'it has the next token');
    const response = await noting.fetch('/api/echo');

    assert.equal(response.status, 200);
    assert.equal(proxy.refreshes(), 1);
  });

  test('tabs with neither locks nor a storage all get the pair of the first refresh', async t => {
    const { tabs } = await openTabs(t, 10, { locks: false });
    adopt(tabs, await expiredLogin());

    const responses = await times(50, i => tabs[i % tabs.length].fetch('/api/echo'));

    assert.deepEqual([...new Set(responses.map(response => response.status))], [200]);
    assert.deepEqual(tabs.flatMap(tab => tab.ends), []);
  });

  test('the lease of a tab that died ends by itself', async t => {
    const storage = createStorage();
    const { proxy, tabs } = await openTabs(t, 1, { storage, locks: false, key: 'dead' });
    tabs[0].adopt(await expiredLogin());
    storage.setItem('dead:lock', `another ${Date.now() + 300}`);

    const response = await tabs[0].fetch('/api/echo');

    assert.equal(response.status, 200);
    assert.equal(proxy.refreshes(), 1);
    assert.equal(storage.getItem('dead:lock'), null);
  });

  for (const [name, options] of Object.entries(cases)) {
    test(`a logout in one tab is the end in the others, with ${name}`, async t => {
      const shared = options();
      const { tabs } = await openTabs(t, 3, shared);
      adopt(tabs, await login(), shared.storage);
      tabs.forEach(tab => tab.session);

      await tabs[0].logout();
      await until(() => tabs[1].ends.length > 0 && tabs[2].ends.length > 0, 'the other tabs learn of the logout');

      assert.deepEqual(tabs.map(tab => tab.ends), [[], [LOGGED_OUT], [LOGGED_OUT]]);
      assert.deepEqual(tabs.map(tab => tab.session), [null, null, null]);
    });
  }

  test('a kick that one tab sees is the end in all tabs, once', async t => {
    const storage = createStorage();
    const { tabs } = await openTabs(t, 3, { storage });
    const data = await login();
    tabs[0].adopt(data);
    tabs.forEach(tab => tab.session);
    await kick(data.sessionId);

    await times(6, i => tabs[i % 2].fetch('/api/echo'));
    await until(() => tabs[2].ends.length > 0, 'the third tab learns of the kick');

    assert.deepEqual(tabs.map(tab => tab.ends), [[KICKED], [KICKED], [KICKED]]);
    assert.equal(storage.entries.size, 0);
  });

  test('a login in another tab ends the session of the first, which sends no call with the tokens of the other', async t => {
    const storage = createStorage();
    const { tabs } = await openTabs(t, 2, { storage });
    tabs[0].adopt(await login());
    tabs[1].adopt(await login());

    const response = await tabs[0].fetch('/api/echo');

    assert.equal(response.status, 401);
    assert.deepEqual(tabs[0].ends, [REPLACED]);
  });
});
