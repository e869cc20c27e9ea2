import { describe, expect, it } from 'vitest';
import type { ComponentName, Engine } from '#sut/contract/components.ts';
import { nodesOf } from '#sut/contract/components.ts';
import type { Incident, LogExcerpt } from './testimony.ts';
import { testimonyOf } from './testimony-of.ts';

/** Lines as real servers wrote them. */
const log = (component: ComponentName, ...lines: readonly string[]): LogExcerpt => ({
  component,
  text: `${lines.join('\n')}\n`,
});
const incident = (engine: Engine, former: ComponentName, successor: ComponentName, struckAt: string): Incident => ({
  ...{ engine, former, successor, nodes: nodesOf('cluster', engine), struckAtMs: Date.parse(struckAt) },
});
const at = (iso: string): number => Date.parse(iso);

describe('Patroni', () => {
  const logs = [
    log(
      'postgres-2',
      '2026-11-27 02:23:11,900 INFO: no action. I am (postgres-2), the leader with the lock',
      '2026-11-27 02:23:12,626 INFO: Error communicating with PostgreSQL. Will try again later',
      '2026-11-27 02:23:14,268 WARNING: Postgresql is not running.',
      '2026-11-27 02:23:14,323 INFO: Primary crashed. Failing over.',
      '2026-11-27 02:23:14,462 INFO: Leader key released',
    ),
    log(
      'postgres-3',
      '2026-11-27 02:10:01,000 INFO: promoted self to leader by acquiring session lock',
      '2026-11-27 02:23:14,612 INFO: promoted self to leader by acquiring session lock',
      '2026-11-27 02:23:14.789 UTC [8198]  LOG:  received promote request',
    ),
  ];

  it('tells when it missed its PostgreSQL and who promoted itself, not what it said of an earlier failover', () => {
    const said = testimonyOf(logs, incident('postgres', 'postgres-2', 'postgres-3', '2026-11-27T02:23:11.967Z'));
    expect(said.detected).toMatchObject({ component: 'postgres-2', atMs: at('2026-11-27T02:23:14.268Z') });
    expect(said.elected).toMatchObject({ atMs: at('2026-11-27T02:23:14.612Z'), resolutionMs: 1 });
    expect(said.elected?.line).toContain('by acquiring session lock');
  });

  it('tells when the members missed a primary that hangs, not when that awakes and misses its PostgreSQL', () => {
    const hung = [
      log(
        'postgres-2',
        '2026-11-27 17:18:56,739 INFO: following a different leader because i am not the healthiest node',
      ),
      log('postgres-3', '2026-11-27 17:18:58,889 INFO: promoted self to leader by acquiring session lock'),
      log('postgres-1', '2026-11-27 17:19:09,300 WARNING: Postgresql is not running.'),
    ];
    const missed = incident('postgres', 'postgres-1', 'postgres-3', '2026-11-27T17:18:36.959Z');
    expect(testimonyOf(hung, missed).detected?.atMs).toBe(at('2026-11-27T17:18:56.739Z'));
    expect(testimonyOf(hung.slice(1), missed).detected).toBe(undefined);
  });

  it('tells when a primary that keeps its role is back', () => {
    const back = [
      log(
        'postgres-1',
        '2026-11-27 17:55:06,245 WARNING: Postgresql is not running.',
        '2026-11-27 17:55:07.398 UTC [8198]  LOG:  database system is ready to accept connections',
      ),
    ];
    const said = testimonyOf(back, incident('postgres', 'postgres-1', 'postgres-1', '2026-11-27T17:55:01.259Z'));
    expect(said.elected?.atMs).toBe(at('2026-11-27T17:55:07.398Z'));
  });

  it('says nothing of a member that did not promote itself', () => {
    expect(
      testimonyOf(logs, incident('postgres', 'postgres-2', 'postgres-1', '2026-11-27T02:23:11.967Z')).elected,
    ).toBe(undefined);
  });
});

describe('MongoDB', () => {
  const line = (time: string, component: string, msg: string): string =>
    `{"t":{"$date":"2026-11-27T${time}+00:00"},"s":"I",  "c":"${component}", "id":1, "ctx":"ReplCoord-6","msg":"${msg}","attr":{"term":2}}`;

  it('tells when a member called an election and when the new primary took writes', () => {
    const logs = [
      log(
        'mongodb-2',
        line(
          '02:23:10.269',
          'ELECTION',
          "Starting an election, since we've seen no PRIMARY in election timeout period",
        ),
        line('02:23:10.272', 'ELECTION', 'Election succeeded, assuming primary role'),
        line('02:23:10.278', 'REPL', 'Transition to primary complete; database writes are now permitted'),
        '{"t":{"$date":"2026-11-27T02:23:10.2',
      ),
    ];
    const said = testimonyOf(logs, incident('mongodb', 'mongodb-1', 'mongodb-2', '2026-11-27T02:23:08.464Z'));
    expect(said.detected?.atMs).toBe(at('2026-11-27T02:23:10.269Z'));
    expect(said.elected?.atMs).toBe(at('2026-11-27T02:23:10.278Z'));
  });

  it('tells when a primary was told to step down', () => {
    const logs = [
      log('mongodb-3', line('02:23:11.867', 'ELECTION', 'Starting an election due to step up request')),
      log(
        'mongodb-2',
        line('02:23:11.853', 'COMMAND', 'Attempting to step down in response to replSetStepDown command'),
      ),
    ];
    const said = testimonyOf(logs, incident('mongodb', 'mongodb-2', 'mongodb-3', '2026-11-27T02:23:11.846Z'));
    expect(said).toMatchObject({ detected: { component: 'mongodb-2' }, elected: undefined });
  });
});

it('Redis tells when the others agreed that a master is gone, and who won', () => {
  const logs = [
    log(
      'redis-4',
      '18171:S 27 Nov 2026 02:23:05.009 # Connection with master lost.',
      '18171:S 27 Nov 2026 02:23:07.417 * FAIL message received from ec1a61bf about 9d5485a1',
      '18171:S 27 Nov 2026 02:23:08.344 # Starting a failover election for epoch 4.',
      "18171:S 27 Nov 2026 02:23:08.346 # Failover election won: I'm the new master.",
    ),
    log('redis-6', '18173:S 27 Nov 2026 02:23:07.416 * Marking node 9d5485a1 as failing (quorum reached).'),
  ];
  const said = testimonyOf(logs, incident('redis', 'redis-1', 'redis-4', '2026-11-27T02:23:05.001Z'));
  expect(said.detected).toMatchObject({ component: 'redis-6', atMs: at('2026-11-27T02:23:07.416Z') });
  expect(said.elected?.atMs).toBe(at('2026-11-27T02:23:08.346Z'));
});

describe('Kafka', () => {
  it('tells when a broker was fenced and who leads its partition now', () => {
    const leads = (time: string, broker: number, topic: string): string =>
      `2026-11-27T02:22:${time} INFO [Broker id=${broker}] Leader ${topic} with topic id Some(rTzd) starts at leader epoch 1 from offset 0 with partition epoch 4, high watermark 0, ISR [1,2] (logger)`;
    const logs = [
      log(
        'kafka-2',
        '2026-11-27T02:22:54,016 WARN [ReplicaFetcher replicaId=2, leaderId=3, fetcherId=0] Error in response for fetch request',
        '2026-11-27T02:22:55,936 INFO [QuorumController id=2] Fencing broker 3 at epoch 21 because its session has timed out. (ReplicationControlManager)',
      ),
      log('kafka-1', leads('56,120', 1, 'rto-probe-10'), leads('56,142', 1, 'rto-probe-1')),
    ];
    const of = { kind: 'partition', topic: 'rto-probe', partition: 1 } as const;
    const said = testimonyOf(logs, { ...incident('kafka', 'kafka-3', 'kafka-1', '2026-11-27T02:22:52.922Z'), of });
    expect(said.detected?.atMs).toBe(at('2026-11-27T02:22:55.936Z'));
    expect(said.elected?.atMs).toBe(at('2026-11-27T02:22:56.142Z'));
  });

  it('tells when the quorum missed its controller, and who is active now', () => {
    const logs = [
      log(
        'kafka-3',
        '2026-11-27T02:22:59,865 INFO [QuorumController id=3] In the new epoch 2, the leader is (none). (QuorumController)',
        '2026-11-27T02:23:00,632 INFO [QuorumController id=3] Becoming the active controller at epoch 3, next write offset 1037. (QuorumController)',
      ),
    ];
    const said = testimonyOf(logs, incident('kafka', 'kafka-2', 'kafka-3', '2026-11-27T02:22:58.885Z'));
    expect([said.detected?.atMs, said.elected?.atMs]).toEqual([
      at('2026-11-27T02:22:59.865Z'),
      at('2026-11-27T02:23:00.632Z'),
    ]);
  });
});
