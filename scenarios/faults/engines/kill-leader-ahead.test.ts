import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type ComponentName, nodesOf } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { killLeaderAhead } from './kill-leader-ahead.ts';

const NODES = nodesOf('cluster', 'mongodb');
const [FORMER, NEXT] = NODES;

/** A process that can be stopped and killed, and a port that is silent for as long as it lives. */
async function node() {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const child: ChildProcess = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const over = once(child, 'exit');
    child.kill('SIGKILL');
    await over;
    silent.close();
  };
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { child, port, pid: child.pid, end, [Symbol.asyncDispose]: end };
}

/** A replica set on a machine that stops processes and kills them as late as `late` says. */
async function replicaSet(late: { readonly stopMs?: number; readonly killMs?: number }) {
  await using acquired = new AsyncDisposableStack();
  const nodes = new Map<ComponentName, Awaited<ReturnType<typeof node>>>(
    await Promise.all(NODES.map(async (name) => [name, acquired.use(await node())] as const)),
  );
  const deeds: string[] = [];
  const environment = {
    port: (name: ComponentName) => nodes.get(name)?.port,
    capabilities: () => [],
    leader: async () => (deeds.includes(`kill ${FORMER}`) ? NEXT : FORMER),
    status: async () =>
      [...nodes].map(([name, { child, port, pid }]) => ({
        ...{ name, port, pid, starts: 1 },
        state: child.signalCode === null ? 'running' : 'exited',
      })),
    perform: async (name: ComponentName, deed: string) => {
      const one = nodes.get(name);
      deeds.push(`${deed} ${name}`);
      if (deed === 'pause') void delay(late.stopMs, undefined, { ref: false }).then(() => one?.child.kill('SIGSTOP'));
      if (deed === 'kill') await delay(late.killMs);
      if (deed === 'kill') await one?.end();
    },
  } as unknown as Environment;
  const kept = acquired.move();
  return { environment, deeds, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const params = killLeaderAhead.parse({ engine: 'mongodb', topology: 'cluster' });
const { signal } = new AbortController();

test('however late it is proven that the followers stand still, the leader dies in time', async () => {
  await using set = await replicaSet({ stopMs: 900 });
  const active = await killLeaderAhead.inject(set.environment, params, signal);
  const { values } = await active.evidence(signal);
  expect(values?.aheadMs).toBeLessThan(2_000);
  expect(set.deeds.filter((deed) => deed.startsWith('kill')).at(0)).toBe(`kill ${FORMER}`);
  expect(set.deeds.filter((deed) => deed.startsWith('start'))).toHaveLength(2);
});

test('followers that never stand still prove nothing, and are not restarted', async () => {
  await using set = await replicaSet({ stopMs: 30_000 });
  await expect(killLeaderAhead.inject(set.environment, params, signal)).rejects.toThrow('is paused');
  expect(set.deeds.filter((deed) => deed.startsWith('start'))).toEqual([]);
}, 15_000);

test('a leader that was alone for so long that it gives up proves nothing', async () => {
  await using set = await replicaSet({ killMs: 900 });
  const active = await killLeaderAhead.inject(set.environment, params, signal);
  await expect(active.evidence(signal)).rejects.toThrow(
    /mongodb-1 was alone for up to \d+ ms and gives up after 2000 ms/,
  );
});
