import type { LogSighting } from './testimony.ts';

type LogTime = Pick<LogSighting, 'atMs' | 'resolutionMs'>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `2026-11-27 01:57:54,786`, `2026-11-27T01:57:54.786`, each with or without a fraction of the second. */
const NUMERIC = /(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3}))?/;
/** `27 Nov 2026 01:56:43.710`. */
const NAMED = /(\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?/;

/** The time at the beginning of a line, in UTC, in which the servers write. `undefined` when it has none. */
export function logTimeOf(line: string): LogTime | undefined {
  const start = line.slice(0, 60);
  const numeric = NUMERIC.exec(start);
  if (numeric !== null) {
    const [, year, month, day, hour, minute, second, fraction] = numeric;
    return timeAt([year, month, day, hour, minute, second], fraction);
  }
  const [, day, name = '', year, hour, minute, second, fraction] = NAMED.exec(start) ?? [];
  const month = MONTHS.indexOf(name) + 1;
  return month === 0 ? undefined : timeAt([year, String(month), day, hour, minute, second], fraction);
}

function timeAt(parts: readonly (string | undefined)[], fraction: string | undefined): LogTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const ms = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0'));
  const resolutionMs = fraction === undefined ? 1_000 : 10 ** (3 - fraction.length);
  return { atMs: Date.UTC(year, month - 1, day, hour, minute, second, ms), resolutionMs };
}
