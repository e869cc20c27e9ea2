import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { markedProcesses, postgresProcessesIn } from '../keeper/marked-processes.ts';
import { segmentsOf } from '../keeper/shared-memory.ts';
import { startWriting } from '../testing/acknowledged-writes.ts';
import { MEMBERS, type Member, startPostgresCluster } from '../testing/postgres-cluster.ts';
import { switchover } from './patroni-control.ts';
import { queryPostgres } from './query-postgres.ts';

const LIMIT_MS = 400_000;
const soon = () => AbortSignal.timeout(60_000);

test('three members lose no acknowledged row in any failover, and come back', { timeout: LIMIT_MS }, async ({
  annotate,
}) => {
  await using cluster = await startPostgresCluster();
  const figures: Record<string, number> = { ready: cluster.readyAfterMs };
  await using writes = await startWriting(cluster.port);

  /** Does `harm` to the primary, heals, and returns who was primary before and after. */
  const failover = async (
    name: string,
    harm: (primary: Member) => Promise<void>,
    heal: (primary: Member) => Promise<unknown>,
  ): Promise<{ readonly before: Member; readonly after: Member; readonly gapMs: number }> => {
    const before = await cluster.primary(soon());
    await writes.next(soon());
    const startedMs = performance.now();
    await harm(before);
    const after = await cluster.primary(soon(), before);
    await writes.next(soon());
    const gapMs = writes.longestGapMs(startedMs);
    const healedMs = performance.now();
    await heal(before);
    await cluster.whenHealthy(soon());
    figures[name] = Math.round(gapMs);
    figures[`${name}, rejoined`] = Math.round(performance.now() - healedMs);
    expect(await writes.lost(), name).toEqual([]);
    return { before, after, gapMs };
  };

  const killed = await failover('kill -9 postgres', cluster.killPostgres, async () => {});
  expect(killed.after).not.toBe(killed.before);
  expect(killed.gapMs).toBeLessThan(10_000);

  const switched = await failover(
    'switchover',
    async (leader) => void (await switchover(cluster.restPorts[leader], { leader }, soon())),
    async () => {},
  );
  expect(switched.after).not.toBe(switched.before);
  expect(switched.gapMs).toBeLessThan(10_000);

  const both = await failover(
    'kill -9 the member',
    async (member) => {
      await cluster.supervisor.signal(member, 'SIGKILL');
      const patroni = cluster.supervisor.status().find(({ name }) => name === member);
      expect(patroni?.state, 'Patroni is gone').toBe('exited');
      expect(postgresProcessesIn(join(cluster.folder, member)), 'its PostgreSQL is gone').toEqual([]);
    },
    (member) => cluster.supervisor.start(member),
  );
  expect(both.after).not.toBe(both.before);
  // The leader key lives on for its time to live.
  expect(both.gapMs).toBeGreaterThan(10_000);

  let isOldOneAlone = false;
  const alone = await failover(
    'kill -9 patroni alone',
    async (member) => {
      await cluster.killPatroni(member);
      // Not the primary any more for HAProxy, but its PostgreSQL lives and takes writes from whoever goes there.
      const [row] = await queryPostgres(cluster.ports[member], 'select pg_is_in_recovery() as is_replica', soon());
      isOldOneAlone = row?.is_replica === false;
    },
    (member) => cluster.supervisor.start(member),
  );
  expect(isOldOneAlone).toBe(true);
  expect(alone.after).not.toBe(alone.before);

  await failover(
    'pause of the member',
    async (member) => void (await cluster.supervisor.signal(member, 'SIGSTOP')),
    (member) => cluster.supervisor.resume(member),
  );

  const healthy = await cluster.primary(soon());
  await cluster.supervisor.signal('etcd', 'SIGKILL');
  const cutMs = performance.now();
  // Without etcd nobody may be primary, the one that was included.
  for (;;) {
    const roles = await Promise.all(
      MEMBERS.map((name) =>
        queryPostgres(cluster.ports[name], 'select pg_is_in_recovery() as is_replica', soon()).then(
          ([row]) => (row?.is_replica === true ? 'replica' : 'primary'),
          (error: unknown) => `silent (${String(error)})`,
        ),
      ),
    );
    if (roles.every((role) => role === 'replica')) break;
    expect(performance.now() - cutMs, `${healthy} demotes itself; ${roles.join(', ')}`).toBeLessThan(40_000);
    await delay(100);
  }
  figures['etcd cut, demoted'] = Math.round(performance.now() - cutMs);
  await cluster.supervisor.start('etcd');
  await cluster.whenHealthy(soon());
  await writes.next(soon());
  figures['etcd cut'] = Math.round(writes.longestGapMs(cutMs));
  expect(await writes.lost()).toEqual([]);

  await annotate(`milliseconds: ${JSON.stringify({ ...figures, acknowledged: writes.count })}`);
  const segments = segmentsOf(MEMBERS.map((name) => join(cluster.folder, name, 'postgres')));
  expect(segments.size).toBe(MEMBERS.length);
  await cluster[Symbol.asyncDispose]();
  expect(postgresProcessesIn(cluster.folder)).toEqual([]);
  expect(markedProcesses(cluster.environmentId)).toEqual([]);
  const left = readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .map((line) => Number(line.trim().split(/\s+/)[1]));
  expect(left.filter((id) => segments.has(id))).toEqual([]);
});
