import type { Environment, HealAction } from '#sut/contract/environment.ts';

/** Undoes a fault from its ledger entry alone. Idempotent: what is healed already is left as it is. */
export async function applyHeal(environment: Environment, action: HealAction, signal: AbortSignal): Promise<void> {
  if (action.kind === 'restore-link') {
    await environment.restore(action.link, signal);
    return;
  }
  if (action.kind === 'set-clock') {
    await environment.setClock(action.component, action.offsetMs, signal);
    return;
  }
  if (action.kind === 'free-disk') {
    await environment.perform(action.component, 'free-disk', signal);
    return;
  }
  const status = (await environment.status()).find(({ name }) => name === action.component);
  if (action.kind === 'start' && status?.state === 'exited') {
    await environment.perform(action.component, 'start', signal);
  }
  if (action.kind === 'resume' && status?.state === 'paused') {
    await environment.perform(action.component, 'resume', signal);
  }
}
