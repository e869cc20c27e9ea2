import type { Event, FaultEvent } from '#invariants/history/event.ts';
import type { RunCounters, RunEvents } from '#scenarios/engine/run-events.ts';

const COUNTERS_EVERY_MS = 5_000;
const WAITING_EVERY_MS = 2_000;
const LINE_LENGTH = 160;

/** Writes one plain line for whatever a person follows a run by: phases, faults, triggers, and counters now and then. */
export function followRun(events: RunEvents, write: (line: string) => void): void {
  let lastCountersMs = Number.NEGATIVE_INFINITY;
  let lastWaitingMs = Number.NEGATIVE_INFINITY;
  const say = (timeMs: number, text: string): void => write(`${(timeMs / 1000).toFixed(1).padStart(6)} s  ${text}`);
  events.on('recorded', (event) => {
    const text = describe(event);
    if (text !== undefined) say(event.timeMs, text);
  });
  events.on('counters', (counters) => {
    if (counters.timeMs - lastCountersMs < COUNTERS_EVERY_MS) return;
    lastCountersMs = counters.timeMs;
    say(counters.timeMs, describeCounters(counters));
  });
  events.on('waiting', (text) => {
    const nowMs = performance.now();
    if (nowMs - lastWaitingMs < WAITING_EVERY_MS) return;
    lastWaitingMs = nowMs;
    write(`          ${text.length > LINE_LENGTH ? `${text.slice(0, LINE_LENGTH)} …` : text}`);
  });
}

function describe(event: Event): string | undefined {
  if (event.type === 'phase') return describePhase(event);
  if (event.type === 'fault') return describeFault(event);
  if (event.type === 'observation') return `  ${event.kind}: ${JSON.stringify(event.values)}`;
  return undefined;
}

function describePhase({ phase, state, detail }: Extract<Event, { type: 'phase' }>): string | undefined {
  if (state === 'begin') return phase;
  return state === 'failed' ? `${phase} FAILED: ${detail ?? 'no reason given'}` : undefined;
}

const VERB = { inject: 'injecting', effective: 'took effect', heal: 'healing', healed: 'healed' } as const;

function describeFault(event: FaultEvent): string {
  const proof = event.error === undefined ? event.evidence?.detail : `NO EVIDENCE: ${event.error}`;
  const what = `${event.fault} ${event.kind} ${event.targets.join(', ')}`;
  return `  ${what}: ${VERB[event.phase]}${proof === undefined ? '' : ` (${proof})`}`;
}

const describeCounters = ({ ok, fail, info, open }: RunCounters): string =>
  `  operations: ${ok} ok, ${fail} refused, ${info} unknown, ${open} open`;
