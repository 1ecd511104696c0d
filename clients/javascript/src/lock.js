// Lets one tab of the browser refresh at a time.
import { pause } from './pause.js';

const LOCK_TIMEOUT = 20_000;
const LEASE_TIME = 5_000;

/**
 * Runs a task while no other tab runs one, by Web Locks. If the other tab hangs, the task runs without the lock: the
 * gateway's grace window covers that.
 *
 * @param task called with true if another tab held the lock before
 */
export async function withLock(locks, name, task) {
  let running;
  const run = contended => (running = task(contended));
  const acquire = (options, runIf) => running ?? locks.request(name, options, runIf).catch(() => {});
  await acquire({ ifAvailable: true }, lock => lock && run(false));
  await acquire({ signal: AbortSignal.timeout?.(LOCK_TIMEOUT) }, () => run(true));
  return running ?? run(true);
}

/**
 * Does the same without Web Locks. The lock is an entry of a storage that the tabs share. It expires if its tab dies, and
 * the tab renews it while the task runs.
 */
export async function withLease(storage, name, task) {
  const id = Math.random();
  const holds = () => storage.getItem(name)?.startsWith(`${id} `);
  const claim = () => storage.setItem(name, `${id} ${Date.now() + LEASE_TIME}`);
  const isFree = () => !(storage.getItem(name)?.split(' ')[1] > Date.now());
  const giveUp = Date.now() + LOCK_TIMEOUT;
  let contended = false;
  while (Date.now() < giveUp) {
    if (isFree()) {
      claim();
      // Another tab may have claimed the lease at the same moment: the last claim counts.
      await pause(50 + Math.random() * 50);
      if (holds()) break;
    }
    contended = true;
    await pause(50 + Math.random() * 50);
  }
  const renewal = setInterval(() => holds() && claim(), LEASE_TIME / 5);
  try {
    return await task(contended);
  } finally {
    clearInterval(renewal);
    if (holds()) storage.removeItem(name);
  }
}
