import assert from 'node:assert/strict';
import type { Environment } from '#sut/contract/environment.ts';
import { applyHeal } from '../../engine/apply-heal.ts';
import type { Fault } from '../../model/fault.ts';

/** Everything of an environment that a fault can disturb, by name. */
async function conditions(environment: Environment): Promise<ReadonlyMap<string, string>> {
  const components = await environment.status();
  const links = await Promise.all(environment.links.map(({ name }) => environment.linkStatus(name)));
  return new Map([
    ...components.map(({ name, state, starts }) => [name, `${state}, ${starts} starts`] as const),
    ...links.map(({ link, enabled, toxics }) => [link, enabled ? `toxics ${toxics.join(' ')}` : 'cut'] as const),
  ]);
}

/**
 * What every fault must do, tried on a real environment whose components are all running: the parameters survive JSON; the harm is proven
 * and disturbs nothing beyond `reach`; disposing twice heals once and is proven; an aborted injection leaves nothing that
 * the ledger's actions do not heal. Rejects with an `AssertionError` at the first thing that is not so.
 */
export async function assertFaultConforms<P>(
  fault: Fault<P>,
  params: P,
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  const before = await conditions(environment);
  const json: unknown = JSON.parse(JSON.stringify(params));
  assert.deepEqual(fault.parse(json), json, 'parameters survive JSON');
  const reach = fault.reach(params);
  assert.ok(reach.length > 0 && reach.every((name) => before.has(name)), 'reach names what the environment has');
  assert.ok(fault.heal(params).length > 0, 'there is a way to heal it');

  const active = await fault.inject(environment, params, signal);
  try {
    const effective = await active.evidence(signal);
    assert.ok(effective.kind !== '' && effective.detail !== '', 'the harm is proven');
    const during = await conditions(environment);
    for (const [name, condition] of before) {
      if (!reach.includes(name))
        assert.equal(during.get(name), condition, `${name} is outside the reach of ${fault.name}`);
    }
  } finally {
    await active[Symbol.asyncDispose]();
  }
  const afterOne = await conditions(environment);
  await active[Symbol.asyncDispose]();
  assert.deepEqual(await conditions(environment), afterOne, 'healing twice changes nothing');
  const healed = await active.healedEvidence(signal);
  assert.ok(healed.kind !== '' && healed.detail !== '', 'the healing is proven');

  const aborted = AbortSignal.abort(new Error('interrupted'));
  await assert.rejects(async () => {
    await fault.inject(environment, params, aborted);
  }, 'an aborted injection rejects');
  for (const action of fault.heal(params)) await applyHeal(environment, action, signal);
  for (const { name, state } of await environment.status())
    assert.equal(state, 'running', `${name} after the ledger's heal`);
}
