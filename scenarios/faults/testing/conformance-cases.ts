import { ENGINES, nodesOf } from '#sut/contract/components.ts';

/** A fault and the parameters with which it is held to the conformance kit on real servers. */
export type ConformanceCase = readonly [fault: string, params: object];

const compact = { topology: 'compact' } as const;
const cluster = { topology: 'cluster' } as const;

/** On single servers that nobody uses meanwhile, besides every unconditional fault on some targets of each kind. */
export const CASES_AT_REST: readonly ConformanceCase[] = [
  ['clock-jump', { component: 'order', offsetMs: 90_000 }],
  ['clock-jump', { component: 'orchestrator', offsetMs: -60_000 }],
  ...ENGINES.map((engine) => ['kill-leader', { ...compact, engine }] as const),
  ['rolling-restart', { ...compact, engine: 'kafka' }],
];

/** On single servers while orders come: without writes these have nothing to show. */
export const CASES_AT_WORK: readonly ConformanceCase[] = [
  ['crash-in-transaction', { ...compact, service: 'order', window: 'before-commit' }],
  ['crash-in-transaction', { ...compact, service: 'payment', window: 'before-acknowledgement' }],
  ['crash-in-transaction', { ...compact, service: 'inventory', window: 'before-acknowledgement' }],
  ['crash-in-transaction', { ...compact, service: 'inventory', window: 'before-mark' }],
  ['crash-in-transaction', { ...compact, service: 'orchestrator', window: 'before-mark' }],
  ['disk-full', { component: 'postgres' }],
];

/** On a cluster: whatever needs fellows that take over. */
export const CASES_ON_CLUSTER: readonly ConformanceCase[] = [
  ['kill-leader', { ...cluster, engine: 'postgres' }],
  ['kill-leader-ahead', { ...cluster, engine: 'postgres' }],
  ['kill-replica', { ...cluster, engine: 'postgres', nth: 1 }],
  ['switchover', { ...cluster, engine: 'postgres' }],
  ['kill-leader', { ...cluster, engine: 'mongodb' }],
  ['kill-leader-ahead', { ...cluster, engine: 'mongodb' }],
  ['isolate-leader', { ...cluster, engine: 'mongodb' }],
  ['switchover', { ...cluster, engine: 'mongodb' }],
  ['kill-replica', { ...cluster, engine: 'mongodb', nth: 0 }],
  ['kill-leader', { ...cluster, engine: 'redis', of: { kind: 'slot', slot: 16_383 } }],
  ['isolate-leader', { ...cluster, engine: 'redis' }],
  ['kill-replica', { ...cluster, engine: 'redis', nth: 1 }],
  ['kill-leader', { ...cluster, engine: 'kafka' }],
  ['kill-leader', { ...cluster, engine: 'kafka', of: { kind: 'partition', topic: 'order.events', partition: 2 } }],
  ['kill-replica', { ...cluster, engine: 'kafka', nth: 0 }],
  ['kill-brokers', { ...cluster, engine: 'kafka', brokers: nodesOf('cluster', 'kafka').slice(1) }],
  ['rolling-restart', { ...cluster, engine: 'kafka' }],
  ['cut-consensus', { ...cluster, engine: 'postgres', who: 'all', how: 'cut' }],
  ['cut-consensus', { ...cluster, engine: 'postgres', who: 'primary', how: 'partition' }],
  ['split-brain', { ...cluster, engine: 'postgres' }],
  ['isolate-leader', { ...cluster, engine: 'postgres' }],
  ['flush-cache', { ...cluster, engine: 'redis' }],
];
