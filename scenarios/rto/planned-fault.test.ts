import { expect, it } from 'vitest';
import { faultNamed } from '../faults/catalog.ts';
import { plannedFault } from './planned-fault.ts';
import { FAILOVER_PROBES } from './probes/failover-catalog.ts';
import { placeOrder } from './probes/place-order.ts';
import type { RecoveryPlan } from './trial-context.ts';

const plan: RecoveryPlan = {
  ...{ topology: 'compact', component: 'postgres', failure: 'kill', probe: placeOrder },
  ...{ trials: 1, downMs: 0, intervalMs: 25, seed: 1 },
};

it('harms the component, or whoever leads what the probe writes to, in a way that the fault understands', () => {
  expect(plannedFault(plan)).toEqual({ fault: 'kill', params: { component: 'postgres' } });
  for (const [failure, engine] of [
    ['kill', 'kafka'],
    ['pause', 'redis'],
    ['kill', 'postgres'],
    ['switchover', 'mongodb'],
  ] as const) {
    const failover = { engine, detection: 'default' } as const;
    const probe = FAILOVER_PROBES[engine];
    const { fault, params } = plannedFault({
      ...plan,
      topology: 'cluster',
      component: engine,
      failure,
      failover,
      probe,
    });
    expect(faultNamed(fault).parse(params)).toEqual(params);
    expect(params).toEqual({
      ...(probe.led === undefined ? {} : { of: probe.led }),
      engine,
      topology: 'cluster',
      detection: 'default',
    });
  }
});
