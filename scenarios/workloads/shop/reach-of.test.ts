import { expect, test } from 'vitest';
import { componentsOf, linksOf } from '#sut/contract/components.ts';
import { reachOf } from './reach-of.ts';

const compact = { components: componentsOf('compact'), links: linksOf('compact') };

test('an order depends on the gateway, its service, the database and what joins them', () => {
  expect([...reachOf(compact, 'order')].sort()).toEqual(
    ['gateway', 'gateway->order', 'order', 'order->postgres', 'postgres'].sort(),
  );
});

test('a payment depends on either orchestrator: the gateway may ask the one or the other', () => {
  const reach = reachOf(compact, 'orchestrator');
  expect(reach).toEqual(expect.arrayContaining(['orchestrator', 'orchestrator-2', 'gateway->orchestrator-2']));
  expect(reach).not.toContain('orchestrator->kafka');
});

test('on a cluster any node of the database may be the one that answers', () => {
  const reach = reachOf({ components: componentsOf('cluster'), links: linksOf('cluster') }, 'order');
  expect(reach).toEqual(expect.arrayContaining(['haproxy', 'postgres-1', 'postgres-3', 'etcd', 'order->haproxy']));
  expect(reach).not.toContain('mongodb-1');
});
