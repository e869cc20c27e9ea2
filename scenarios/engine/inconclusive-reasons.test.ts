import { expect, test } from 'vitest';
import { createHistory } from '#invariants/history/create-history.ts';
import type { Event, FaultEvent, UnstampedEvent } from '#invariants/history/event.ts';
import { harvestOf } from '#invariants/testing/empty-harvest.ts';
import type { Plan } from '../model/plan.ts';
import { inconclusiveReasons } from './inconclusive-reasons.ts';

const harvest = harvestOf();

const plan: Plan = {
  formatVersion: 1,
  scenario: 's',
  topology: 'compact',
  publisher: 'relay',
  seed: 1,
  stormMs: 1_000,
  orders: 1,
  products: [],
  users: [],
  wallets: [],
  warmUp: [],
  requests: [],
  schedule: {
    seed: 1,
    steps: [{ id: 'f-1', fault: 'kill', params: {}, trigger: { kind: 'time', atMs: 0 }, durationMs: 10 }],
  },
};

const stamped = (events: readonly UnstampedEvent[]): Event[] =>
  events.map((event, index) => ({ index, timeMs: index * 10, ...event }));
const identity = { type: 'fault', fault: 'f-1', kind: 'kill', targets: ['order'] } as const;
const fault = (phase: FaultEvent['phase']): UnstampedEvent => ({
  ...identity,
  phase,
  ...(phase === 'effective' || phase === 'healed' ? { evidence: { kind: 'seen', detail: 'seen' } } : {}),
});
const conclusive: readonly UnstampedEvent[] = [
  fault('inject'),
  fault('effective'),
  { type: 'invoke', process: 0, op: 'get-order', input: {} },
  { type: 'ok', process: 0, op: 'get-order', invocation: 2 },
  fault('heal'),
  fault('healed'),
  { type: 'phase', phase: 'harvest', state: 'end' },
];
const reasons = (events: readonly UnstampedEvent[], more = {}) =>
  inconclusiveReasons({ plan, history: createHistory(stamped(events)), harvest, ...more });
const replaced = (index: number, event: UnstampedEvent): readonly UnstampedEvent[] => conclusive.with(index, event);
const observation = (kind: string, values = {}): UnstampedEvent => ({ type: 'observation', kind, values });

test('a run whose every fault is proven and overlapped by operations is conclusive', () => {
  expect(reasons(conclusive)).toEqual([]);
});

test.each([
  ['no operation succeeded', replaced(3, { type: 'info', process: 0, op: 'get-order', invocation: 2 })],
  [
    'the system did not come to rest: lag order 174',
    [...conclusive, observation('stuck', { reason: 'stuck', summary: 'lag order 174' })],
  ],
  ['the run was interrupted', [...conclusive, observation('interrupted')]],
  [
    'phase heal failed: not healed',
    [...conclusive, { type: 'phase', phase: 'heal', state: 'failed', detail: 'not healed' } as const],
  ],
  ['the run ended before its harvest was complete', conclusive.slice(0, -1)],
  [
    'payment reached 127.0.0.1:5432 outside every link',
    [...conclusive, observation('bypass', { client: 'payment', target: '127.0.0.1:5432' })],
  ],
  [
    'fault f-1 was not proven to be healed: still down',
    replaced(5, { ...identity, phase: 'healed', error: 'still down' }),
  ],
] as const)('%s', (reason, events) => {
  expect(reasons(events)).toEqual([reason]);
});

test('a fault that never came is named, and then nothing overlapped it either', () => {
  const events = conclusive.slice(2, 4).map((event) => ('invocation' in event ? { ...event, invocation: 0 } : event));
  const healed: UnstampedEvent = { type: 'phase', phase: 'heal', state: 'begin' };
  const harvested: UnstampedEvent = { type: 'phase', phase: 'harvest', state: 'end' };
  expect(reasons([...events, healed, harvested])).toEqual([
    'no operation overlapped any fault',
    'fault f-1 was not injected',
  ]);
});

test('operations before and after every fault overlap none', () => {
  const events: UnstampedEvent[] = [
    { type: 'invoke', process: 0, op: 'get-order', input: {} },
    { type: 'ok', process: 0, op: 'get-order', invocation: 0 },
    ...conclusive.filter(({ type }) => type === 'fault' || type === 'phase'),
    { type: 'invoke', process: 0, op: 'get-order', input: {} },
  ];
  expect(reasons(events)).toEqual(['no operation overlapped any fault']);
});

test('what could not be harvested is named', () => {
  expect(reasons(conclusive, { harvest: undefined })).toEqual(['the final state was not harvested']);
  const unreadable = [{ source: 'topics', reason: 'broker down' }];
  expect(reasons(conclusive, { harvest: { ...harvest, unreadable } })).toEqual([
    'topics could not be harvested: broker down',
  ]);
});

test('without the plan nobody can say which faults should have come', () => {
  expect(reasons(conclusive, { plan: undefined })).toEqual(['the plan is not known']);
});
