import { within } from '../time/within.ts';

/** Checks by name; each resolves when that part works and rejects with the reason when not. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

export interface Readiness {
  readonly isReady: boolean;
  /** `ok` or the reason, per check. */
  readonly checks: Readonly<Record<string, string>>;
}

const CHECK_TIMEOUT_MS = 1_000;

/** Asks every part; a part that does not answer within a second is not ready. */
export async function readinessOf(checks: ReadinessChecks): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await within(check(), CHECK_TIMEOUT_MS, `check of ${name}`);
        return [name, 'ok'] as const;
      } catch (error) {
        return [name, error instanceof Error ? error.message : String(error)] as const;
      }
    }),
  );
  return { isReady: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
}

/** A check of something that is only on or off. */
export function checkOf(isUp: () => boolean, reason: string): () => Promise<void> {
  return async () => {
    if (!isUp()) throw new Error(reason);
  };
}
