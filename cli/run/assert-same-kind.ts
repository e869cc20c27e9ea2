import type { Detection, Publisher, Topology } from '#sut/contract/components.ts';
import { UsageError } from '../present/usage-error.ts';

/** Throws a `UsageError` when the environment that runs is another than what was asked for; undefined: any will do. */
export function assertSameKind(
  running: { readonly topology: Topology; readonly publisher: Publisher; readonly detection?: Detection | undefined },
  wanted: {
    readonly topology?: Topology | undefined;
    readonly publisher?: Publisher | undefined;
    readonly detection?: Detection | undefined;
  },
): void {
  for (const kind of ['topology', 'publisher'] as const) {
    if (wanted[kind] === undefined || wanted[kind] === running[kind]) continue;
    throw new UsageError(
      `the environment that \`chaos up\` keeps has the ${kind} ${running[kind]}, and ${wanted[kind]} was asked for.`,
      `End it with \`chaos down\` first, or ask for what runs: --${kind} ${running[kind]}.`,
    );
  }
  const detection = running.detection ?? 'fast';
  if (wanted.detection === undefined || wanted.detection === detection) return;
  throw new UsageError(
    `the environment that \`chaos up\` keeps has the ${detection} detection times, and the ${wanted.detection} ones were asked for.`,
    `End it with \`chaos down\` first${detection === 'fast' ? ', or ask for what runs: --tuned' : ''}.`,
  );
}
