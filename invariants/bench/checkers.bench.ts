import { INVARIANTS } from '../checkers/catalog.ts';
import { createHistory } from '../history/create-history.ts';
import type { Event } from '../history/event.ts';
import { encodeEvent, HistoryDecoder } from '../history/ndjson-codec.ts';
import type { Harvest } from '../model/harvest.ts';
import { plannedOrder } from '../testing/shop-plan.ts';
import { simulateShop } from '../testing/simulate-shop.ts';

export interface CheckersBenchmark {
  /** Events of the history, and rows and records of the harvest beside them. */
  readonly events: number;
  readonly orders: number;
  readonly harvestRows: number;
  /** Time of all checkers together, one after the other, from a history and a harvest in memory. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Reading the history from NDJSON and pairing its operations, which happens once before. */
  readonly readSeconds: number;
  /** Memory of the whole process, with history and harvest, in MiB. */
  readonly peakRssMiB: number;
  /** What the checkers took on top of history and harvest: their indexes. */
  readonly checkersHeapMiB: number;
  readonly perChecker: Readonly<Record<string, { readonly seconds: number; readonly outcome: string }>>;
}

const OBJECTIVES = { rtoMs: 10_000, minSuccessRate: 0.99, maxP99Ms: 1_000 };
const MIB = 1_048_576;

/**
 * Runs every invariant over a synthetic run of the shop with about `events` events, most of them reads (20 per order), as clients
 * that poll until their order is final write them. Uses Node's process and clock, unlike the rest of the layer.
 */
export function benchCheckers(events = 1_000_000, readsPerOrder = 20): CheckersBenchmark {
  const { decoded, harvest, decodeSeconds } = record(events, readsPerOrder);
  const pairing = performance.now();
  const history = createHistory(decoded);
  const readSeconds = decodeSeconds + (performance.now() - pairing) / 1_000;
  const before = process.memoryUsage().heapUsed;
  const perChecker: Record<string, { seconds: number; outcome: string }> = {};
  const begin = performance.now();
  for (const invariant of Object.values(INVARIANTS)) {
    const start = performance.now();
    const { outcome } = invariant.check(history, harvest, OBJECTIVES);
    perChecker[invariant.name] = { seconds: round((performance.now() - start) / 1_000), outcome };
  }
  const seconds = (performance.now() - begin) / 1_000;
  const rows = Object.values(harvest).reduce((sum: number, source: readonly unknown[]) => sum + source.length, 0);
  return {
    events: history.length,
    orders: harvest.orders.length,
    harvestRows: rows,
    seconds: round(seconds),
    eventsPerSecond: Math.round(history.length / seconds),
    readSeconds: round(readSeconds),
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
    checkersHeapMiB: Math.round((process.memoryUsage().heapUsed - before) / MIB),
    perChecker,
  };
}

const round = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

/** Simulates the run and takes its history through NDJSON, so that its events are laid out as those of a bundle. */
function record(
  events: number,
  readsPerOrder: number,
): { decoded: readonly Event[]; harvest: Harvest; decodeSeconds: number } {
  const eventsPerOrder = 2 + 2 * readsPerOrder;
  const endings = ['completed', 'completed', 'completed', 'declined', 'cancelled'] as const;
  const orders = Array.from({ length: Math.ceil(events / eventsPerOrder) }, (_, index) =>
    plannedOrder({ ending: endings[index % endings.length] ?? 'completed', reads: readsPerOrder }),
  );
  const run = simulateShop({ orders, payments: [], products: 5, users: 1_000, faults: 20 });
  const decoder = new HistoryDecoder();
  let decodeMs = 0;
  while (run.builder.events.length > 0) {
    // Taken out, so that the history is not in memory twice.
    const text = run.builder.events.splice(0, 20_000).map(encodeEvent).join('');
    const begin = performance.now();
    decoder.push(text);
    decodeMs += performance.now() - begin;
  }
  const harvest = asRead(run.harvest);
  return { decoded: decoder.end().events, harvest, decodeSeconds: decodeMs / 1_000 };
}

/**
 * The harvest as one that was read from servers or from a bundle: every string laid out in memory and none shared. The simulation joins
 * its ids from pieces, and the first checker that looks at one would pay for putting it together. Row by row: the whole
 * is longer than a string may be.
 */
function asRead(harvest: Harvest): Harvest {
  const read = (rows: readonly unknown[]): unknown[] => rows.map((row) => JSON.parse(JSON.stringify(row)));
  return Object.assign({ ...harvest }, ...Object.entries(harvest).map(([source, rows]) => ({ [source]: read(rows) })));
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(benchCheckers(), undefined, 2)}\n`);
