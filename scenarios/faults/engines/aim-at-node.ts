import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import { eventually } from '../../timing/eventually.ts';
import { ping } from '../evidence/ping.ts';
import { postgresRole } from '../evidence/postgres-role.ts';
import { provenDead } from '../evidence/process-life.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';

/**
 * Gets ready to `kill -9` a node of an engine: what is returned kills it at once and resolves to the proof. Of a member under Patroni
 * PostgreSQL alone is killed, so that Patroni has it replaced. Rejects when the node does not answer.
 */
export async function aimAtNode(
  environment: Environment,
  before: ComponentStatus,
): Promise<(signal: AbortSignal) => Promise<Evidence>> {
  if (environment.capabilities(before.name).includes('kill-supervised')) return aimAtSupervised(environment, before);
  return async (signal) => {
    await environment.perform(before.name, 'kill', signal);
    return provenDead(environment, before, signal);
  };
}

/** The supervisor may start it again at once: then the proof is another start. */
async function aimAtSupervised(
  environment: Environment,
  { name, port }: ComponentStatus,
): Promise<(signal: AbortSignal) => Promise<Evidence>> {
  const { startedAt } = await postgresRole(port);
  return async (signal) => {
    await environment.perform(name, 'kill-supervised', signal);
    return eventually(
      `PostgreSQL of ${name} is dead`,
      async () => {
        const { outcome } = await ping(name, port, { timeoutMs: FAULT_BOUNDS.silenceMs, signal });
        if (outcome === 'refused') {
          const detail = `PostgreSQL of ${name} is dead, port ${port} refuses; its Patroni lives`;
          return { seen: { kind: 'supervised-dead', detail, values: { port } } };
        }
        const now = await postgresRole(port);
        const detail = `PostgreSQL of ${name} was started at ${now.startedAt}, before it was at ${startedAt}`;
        return now.startedAt === startedAt
          ? { missing: `port ${port} ${outcome}, the same PostgreSQL` }
          : { seen: { kind: 'supervised-restarted', detail, values: { port } } };
      },
      { timeoutMs: FAULT_BOUNDS.effectMs, signal },
    );
  };
}
