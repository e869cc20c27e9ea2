import { describe, expect, it } from 'vitest';
import { UsageError } from '../present/usage-error.ts';
import { type RecoveryFlags, recoveryPlan } from './recovery-plan.ts';

const flags: RecoveryFlags = {
  ...{ trials: 1, failure: 'kill', down: '1s', seed: 1, metric: 'first-ack', tuned: false },
};

describe('a recovery of an engine', () => {
  it.each(['postgres', 'mongodb', 'kafka', 'redis'])('is by default a failover as in production: %s', (engine) => {
    expect(recoveryPlan(engine, flags)).toMatchObject({
      ...{ component: engine, topology: 'cluster', failover: { engine, detection: 'default' } },
    });
    expect(recoveryPlan(engine, { ...flags, tuned: true }).failover?.detection).toBe('fast');
  });

  it('is a restart on the compact topology', () => {
    const plan = recoveryPlan('postgres', { ...flags, topology: 'compact' });
    expect(plan).toMatchObject({ component: 'postgres', topology: 'compact', probe: { name: 'place-order' } });
    expect(plan.failover).toBeUndefined();
  });

  it('of a service is a restart on either topology', () => {
    expect(recoveryPlan('orchestrator', flags)).toMatchObject({ topology: 'compact' });
    expect(recoveryPlan('orchestrator', { ...flags, topology: 'cluster' }).failover).toBeUndefined();
  });
});

it.each<[string, Partial<RecoveryFlags>, string]>([
  ['postgre', {}, 'Nearest: postgres'],
  ['postgres-1', { topology: 'cluster' }, 'Nearest: postgres'],
  ['postgres', { failure: 'stop' }, 'no failure'],
  ['kafka', { failure: 'switchover' }, 'no switchover'],
  ['postgres', { failure: 'switchover', topology: 'compact' }, 'hand over'],
  ['orchestrator', { failure: 'switchover' }, 'hand over'],
  ['orchestrator', { tuned: true }, '--tuned'],
  ['redis', { interval: '0ms' }, 'at least 1ms'],
])('refuses %s with %j', (component, typed, reason) => {
  const plan = () => recoveryPlan(component, { ...flags, ...typed });
  expect(plan).toThrow(UsageError);
  expect(plan).toThrow(reason);
});
