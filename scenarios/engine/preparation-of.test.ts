import { expect, test } from 'vitest';
import { preparationOf } from './preparation-of.ts';

const step = (fault: string, params: unknown) => ({
  ...{ id: fault, fault, params, durationMs: 1_000 },
  trigger: { kind: 'time', atMs: 0 } as const,
});

test('only what a fault of the schedule needs is prepared', () => {
  expect(preparationOf({ steps: [step('kill', { component: 'order' })] })).toEqual({ clocks: [], disks: [] });
  const jump = step('clock-jump', { component: 'payment', offsetMs: -60_000 });
  const full = step('disk-full', { component: 'postgres' });
  expect(preparationOf({ steps: [jump, full, jump] })).toEqual({ clocks: ['payment'], disks: ['postgres'] });
});
