import type { HealAction } from '../../contract/environment.ts';
import type { FaultLedger } from '../ledger/fault-ledger.ts';
import type { FaultEntry } from '../ledger/ledger-codec.ts';
import type { Supervisor } from './supervisor.ts';

export interface HealingTools {
  readonly supervisor: Pick<Supervisor, 'start' | 'resume'>;
  readonly restoreLink: (link: string) => Promise<void>;
  readonly freeDisk: (component: string) => Promise<void>;
  readonly setClock: (component: string, offsetMs: number) => void;
}

async function perform(action: HealAction, tools: HealingTools): Promise<void> {
  switch (action.kind) {
    case 'start':
      await tools.supervisor.start(action.component);
      return;
    case 'resume':
      await tools.supervisor.resume(action.component);
      return;
    case 'restore-link':
      await tools.restoreLink(action.link);
      return;
    case 'set-clock':
      tools.setClock(action.component, action.offsetMs);
      return;
    case 'free-disk':
      await tools.freeDisk(action.component);
  }
}

/** Undoes one fault, action by action; all are tried even when one fails. Idempotent, as each action is. */
export async function undo(entry: FaultEntry, tools: HealingTools): Promise<void> {
  const failures: unknown[] = [];
  for (const action of entry.heal) {
    await perform(action, tools).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `fault ${entry.id} (${entry.kind}) is not undone`);
}

/** Undoes every open fault at once and closes its entry. Resolves to those undone; rejects when one was not. */
export async function undoAll(ledger: FaultLedger, tools: HealingTools): Promise<readonly string[]> {
  const entries = ledger.open();
  const results = await Promise.allSettled(
    entries.map(async (entry) => {
      await undo(entry, tools);
      ledger.end(entry.id, 'keeper');
    }),
  );
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} faults are not undone`);
  return entries.map(({ id }) => id);
}
