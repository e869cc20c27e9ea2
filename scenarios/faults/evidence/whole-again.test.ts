import { expect, test } from 'vitest';
import { linksOf, nodesOf } from '#sut/contract/components.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import { provenRestarted } from './process-life.ts';
import { provenResumed } from './process-pause.ts';
import { provenWholeAgain } from './whole-again.ts';

const { signal } = new AbortController();
const healed = { kind: 'healed', detail: 'it answers' };

/** A cluster in which `away` is paused, `disturbed` is a cut link, and `unready` (a member of PostgreSQL) is not whole. */
function cluster({ away, disturbed, unready }: { away?: string; disturbed?: string; unready?: string } = {}) {
  const asked: string[] = [];
  const environment = {
    links: linksOf('cluster'),
    status: async () =>
      [...nodesOf('cluster', 'postgres'), 'etcd', 'order'].map((name) => {
        return { name, state: name === away ? 'paused' : 'running', pid: 2, starts: 2 };
      }),
    linkStatus: async (link: string) => ({ link, enabled: link !== disturbed, toxics: [] }),
    whenReady: async (name: string) => {
      asked.push(name);
      if (name === unready) throw new Error(`${name} receives nothing`);
    },
  } as unknown as Environment;
  return { environment, asked };
}

test.each(['postgres-1', 'etcd', 'postgres-2->etcd', 'haproxy->postgres-1'])(
  'a fault on %s is healed only when every member is whole',
  async (name) => {
    const { environment } = cluster({ unready: 'postgres-3' });
    await expect(provenWholeAgain(environment, name, healed, signal)).rejects.toThrow('postgres-3 receives nothing');
  },
);

test.each(['order', 'postgres', 'haproxy', 'order->haproxy', 'kafka-1', 'order->kafka-1'])(
  'nobody waits for the cluster after a fault on %s',
  async (name) => {
    const { environment, asked } = cluster({ unready: 'postgres-3' });
    expect(await provenWholeAgain(environment, name, healed, signal)).toEqual(healed);
    expect(asked).toEqual([]);
  },
);

test.each([
  [{ away: 'postgres-2' }, 'postgres-2 is paused'],
  [{ disturbed: 'postgres-2->etcd' }, 'postgres-2->etcd is disturbed'],
])('while another fault holds a part, %o, nobody waits, and the proof says so', async (fault, why) => {
  const { environment, asked } = cluster({ ...fault, unready: 'postgres-2' });
  const { detail } = await provenWholeAgain(environment, 'postgres-1', healed, signal);
  expect(detail).toBe(`it answers; its cluster is not whole, for ${why}`);
  expect(asked).toEqual([]);
});

test('a member that was killed or paused is healed only with its fellows', async () => {
  const { environment } = cluster({ unready: 'postgres-2' });
  const before: ComponentStatus = {
    ...{ name: 'postgres-1', state: 'running', pid: process.pid },
    ...{ starts: 1, version: '17', port: 1 },
  };
  for (const proven of [provenRestarted, provenResumed]) {
    await expect(proven(environment, before, signal)).rejects.toThrow('postgres-2 receives nothing');
  }
});
