import { describe, expect, it } from 'vitest';
import { PUBLIC_ENDPOINTS } from '#sut/contract/endpoints/catalog.ts';
import { UsageError } from '../present/usage-error.ts';
import { type RecoveryFlags, recoveryPlan } from './recovery-plan.ts';

const flags: RecoveryFlags = {
  ...{ trials: 1, failure: 'kill', seed: 1, metric: 'first-ack', tuned: false },
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
    const restart = { isTakeover: false, downMs: 1_000 };
    expect(recoveryPlan('payment', flags)).toMatchObject({ topology: 'compact', ...restart });
    const onCluster = recoveryPlan('payment', { ...flags, topology: 'cluster' });
    expect(onCluster).toMatchObject(restart);
    expect(onCluster.failover).toBeUndefined();
  });

  it.each([...Object.keys(PUBLIC_ENDPOINTS), 'gateway'])('is measured of %s', (service) => {
    expect(recoveryPlan(service, flags).component).toBe(service);
  });

  it('of one of two orchestrators is a takeover, for which it stays away long enough', () => {
    expect(recoveryPlan('orchestrator', flags)).toMatchObject({ isTakeover: true, downMs: 15_000 });
    expect(recoveryPlan('orchestrator', { ...flags, down: '20s' }).downMs).toBe(20_000);
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
