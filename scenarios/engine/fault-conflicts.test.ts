import { expect, test } from 'vitest';
import { isConflicting } from './fault-conflicts.ts';

test.each([
  ['etcd', 'order->haproxy'],
  ['etcd', 'haproxy'],
  ['etcd', 'haproxy->postgres-1'],
  ['postgres-2', 'order->haproxy'],
  ['postgres-1->etcd', 'order->haproxy'],
  ['haproxy->postgres-1', 'order->haproxy'],
  ['haproxy->postgres-1', 'haproxy'],
  ['postgres-1->etcd', 'postgres-1'],
  ['postgres-1->etcd', 'haproxy'],
])('%s and %s conflict: one needs what the other hits', (a, b) => {
  expect([isConflicting([a], [b]), isConflicting([b], [a])]).toEqual([true, true]);
});

test.each([
  ['postgres-1', 'postgres-2'],
  ['postgres-1->etcd', 'postgres-2->etcd'],
  ['haproxy->postgres-1', 'postgres-2'],
  ['order->haproxy', 'order->kafka-1'],
  ['order->haproxy', 'order'],
  ['order->haproxy', 'payment->haproxy'],
])('%s and %s may meet', (a, b) => {
  expect([isConflicting([a], [b]), isConflicting([b], [a])]).toEqual([false, false]);
});
