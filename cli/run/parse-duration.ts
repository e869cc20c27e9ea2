import { UsageError } from '../present/usage-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** `45s`, `1500ms`, `2m` or a bare number of seconds, as milliseconds. Throws `UsageError`. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim());
  const unitMs = UNIT_MS[match?.[2] ?? 's'];
  if (match?.[1] === undefined || unitMs === undefined) {
    throw new UsageError(`"${text}" is not a duration.`, 'Write it like 45s, 1500ms or 2m.');
  }
  return Number(match[1]) * unitMs;
}
