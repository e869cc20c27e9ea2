import fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsOf, linksOf, nodesOf, TOPOLOGIES } from '#sut/contract/components.ts';
import { isConflicting } from '../../engine/fault-conflicts.ts';
import { ENGINE_FAULTS } from '../catalog.ts';
import { cutConsensus } from './cut-consensus.ts';
import { killBrokers } from './kill-brokers.ts';
import { killLeader } from './kill-leader.ts';

const targetsOf = (topology: (typeof TOPOLOGIES)[number]): readonly string[] => [
  ...componentsOf(topology),
  ...linksOf(topology).map(({ name }) => name),
];

const everywhere = ENGINE_FAULTS.flatMap((fault) =>
  (fault.topologies ?? TOPOLOGIES).map((topology) => ({ name: fault.name, fault, topology })),
);

test.each(everywhere)('$name on $topology draws what it can read back, and names every node', ({ fault, topology }) => {
  const targets = targetsOf(topology);
  fc.assert(
    fc.property(fault.params(targets), (params) => {
      expect(fault.parse(JSON.parse(JSON.stringify(params)))).toEqual(params);
      const reach = fault.reach(params);
      for (const name of reach) expect(targets).toContain(name);
      expect(reach.length).toBeGreaterThanOrEqual(topology === 'cluster' ? 3 : 1);
      const healed = fault.heal(params).map((action) => ('link' in action ? action.link : action.component));
      expect(new Set(healed)).toEqual(new Set(reach));
      expect(fault.takesMs?.(params).heal).toBeGreaterThan(0);
    }),
  );
});

test('a fault is drawn only when every node of its engine is a target', () => {
  const [one] = nodesOf('cluster', 'mongodb');
  expect(() => fc.sample(killLeader.params([String(one)]), 1)).toThrow();
  const drawn = fc.sample(killLeader.params(nodesOf('cluster', 'mongodb')), { numRuns: 20, seed: 1 });
  expect(drawn).toEqual(Array.from({ length: 20 }, () => ({ engine: 'mongodb', topology: 'cluster' })));
});

test('parameters of another engine are refused', () => {
  const of = { kind: 'slot', slot: 1 };
  expect(() => killLeader.parse({ engine: 'kafka', topology: 'cluster', of })).toThrow('no such leader');
  expect(() => killBrokers.parse({ engine: 'kafka', topology: 'cluster', brokers: ['kafka-1', 'kafka-1'] })).toThrow();
  expect(() => killBrokers.parse({ engine: 'kafka', topology: 'cluster', brokers: ['kafka-1', 'redis-1'] })).toThrow();
});

test('a failover is left in peace by faults on what it needs', () => {
  const failover = killLeader.reach({ engine: 'postgres', topology: 'cluster' });
  const cutOff = cutConsensus.reach({ engine: 'postgres', topology: 'cluster', who: 'primary', how: 'cut' });
  expect(isConflicting(failover, ['etcd'])).toBe(true);
  expect(isConflicting(cutOff, ['etcd'])).toBe(true);
  expect(isConflicting(failover, ['order->haproxy'])).toBe(true);
  expect(isConflicting(failover, ['haproxy'])).toBe(true);
  expect(isConflicting(['kill', 'postgres-1->etcd'], ['postgres-1'])).toBe(true);
  expect(isConflicting(failover, ['order', 'mongodb-1', 'order->kafka-1'])).toBe(false);
});
