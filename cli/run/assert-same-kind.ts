import type { Publisher, Topology } from '#sut/contract/components.ts';
import { UsageError } from '../present/usage-error.ts';

/** Throws a `UsageError` when the environment that runs is another than what was asked for; undefined: any will do. */
export function assertSameKind(
  running: { readonly topology: Topology; readonly publisher: Publisher },
  wanted: { readonly topology?: Topology | undefined; readonly publisher?: Publisher | undefined },
): void {
  for (const kind of ['topology', 'publisher'] as const) {
    if (wanted[kind] === undefined || wanted[kind] === running[kind]) continue;
    throw new UsageError(
      `the environment that \`chaos up\` keeps has the ${kind} ${running[kind]}, and ${wanted[kind]} was asked for.`,
      `End it with \`chaos down\` first, or ask for what runs: --${kind} ${running[kind]}.`,
    );
  }
}
