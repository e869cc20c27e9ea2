import fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsOf, linksOf, nodesOf, TOPOLOGIES } from '#sut/contract/components.ts';
import { STORES } from '#sut/contract/stores.ts';
import { crashInTransaction } from './crash-in-transaction.ts';

const drawn = (targets: readonly string[]) => fc.sample(crashInTransaction.params(targets), { seed: 1, numRuns: 100 });

test.each(TOPOLOGIES)('on %s it reaches, and heals, nothing but what the topology has', (topology) => {
  const names: readonly string[] = [...componentsOf(topology), ...linksOf(topology).map(({ name }) => name)];
  for (const params of drawn(componentsOf(topology))) {
    expect(params.topology).toBe(topology);
    expect(crashInTransaction.parse(JSON.parse(JSON.stringify(params)))).toEqual(params);
    const reach = crashInTransaction.reach(params);
    expect(names).toEqual(expect.arrayContaining([...reach]));
    const healed = crashInTransaction
      .heal(params)
      .map((action) => (action.kind === 'restore-link' ? action.link : action.component));
    expect(new Set(healed)).toEqual(new Set(reach));
  }
});

test.each(TOPOLOGIES)('on %s the primary is whichever node it is then, the relay whichever instance', (topology) => {
  const reach = (window: string, service: string) =>
    crashInTransaction.reach(crashInTransaction.parse({ service, window, topology }));
  expect(reach('before-commit', 'order')).toEqual(nodesOf(topology, 'postgres'));
  expect(reach('before-acknowledgement', 'wallet')).toEqual(expect.arrayContaining([...nodesOf(topology, 'mongodb')]));
  expect(reach('before-mark', 'orchestrator')).toEqual(expect.arrayContaining(['orchestrator', 'orchestrator-2']));
});

test('commits are held up in PostgreSQL only', () => {
  for (const { service, window } of drawn(componentsOf('compact'))) {
    if (window === 'before-commit') expect(STORES[service].engine).toBe('postgres');
  }
  expect(() => crashInTransaction.parse({ service: 'wallet', window: 'before-commit', topology: 'compact' })).toThrow(
    'no such window',
  );
});

test('only services that are targets are hit', () => {
  expect(new Set(drawn(['postgres', 'user', 'gateway']).map(({ service }) => service))).toEqual(new Set(['user']));
});
