import type { Event, FaultEvent } from '#invariants/history/event.ts';
import type { History } from '#invariants/history/history.ts';
import type { Harvest } from '#invariants/model/harvest.ts';
import type { Plan } from '../model/plan.ts';

export interface Evidence {
  readonly plan: Plan | undefined;
  readonly history: History;
  readonly harvest: Harvest | undefined;
}

/**
 * Why a run proves nothing, one sentence each; empty when it is conclusive. Pure, and computed from the bundle alone. Unknown is
 * never success: whatever was planned and is not proven to have happened counts here.
 */
export function inconclusiveReasons({ plan, history, harvest }: Evidence): readonly string[] {
  const events = [...history];
  return [
    ...shortfalls(events),
    ...operationReasons(history, events),
    ...(plan === undefined ? ['the plan is not known'] : faultReasons(plan, events)),
    ...bypassReasons(events),
    ...(harvest === undefined
      ? ['the final state was not harvested']
      : harvest.unreadable.map(({ source, reason }) => `${source} could not be harvested: ${reason}`)),
  ];
}

function shortfalls(events: readonly Event[]): readonly string[] {
  const reasons: string[] = [];
  for (const event of events) {
    if (event.type === 'observation' && event.kind === 'interrupted') reasons.push('the run was interrupted');
    if (event.type === 'observation' && event.kind === 'stuck') {
      reasons.push(`the system did not come to rest: ${String(event.values.summary)}`);
    }
    if (event.type === 'phase' && event.state === 'failed') {
      reasons.push(`phase ${event.phase} failed: ${event.detail ?? 'no reason recorded'}`);
    }
  }
  const isComplete = events.some(
    (event) => event.type === 'phase' && event.phase === 'harvest' && event.state === 'end',
  );
  if (!isComplete && reasons.length === 0) reasons.push('the run ended before its harvest was complete');
  return reasons;
}

function operationReasons(history: History, events: readonly Event[]): readonly string[] {
  if (!events.some(({ type }) => type === 'ok')) return ['no operation succeeded'];
  const windows = faultTimes(events);
  for (const [invocation, completion] of history.pairs()) {
    const endMs = completion?.timeMs ?? Number.POSITIVE_INFINITY;
    if (windows.some(({ fromMs, toMs }) => invocation.timeMs <= toMs && endMs >= fromMs)) return [];
  }
  return ['no operation overlapped any fault'];
}

/** From the proof of each harm to its healing. */
function faultTimes(events: readonly Event[]): readonly { readonly fromMs: number; readonly toMs: number }[] {
  return events
    .filter((event) => event.type === 'fault')
    .filter(({ phase, evidence }) => phase === 'effective' && evidence !== undefined)
    .map(({ fault, timeMs }) => {
      const heal = events.find((event) => event.type === 'fault' && event.phase === 'heal' && event.fault === fault);
      return { fromMs: timeMs, toMs: heal?.timeMs ?? Number.POSITIVE_INFINITY };
    });
}

function faultReasons(plan: Plan, events: readonly Event[]): readonly string[] {
  const lives = Map.groupBy(
    events.filter((event) => event.type === 'fault'),
    ({ fault }) => fault,
  );
  // A storm that was cut short is a reason of its own; what it did not get to needs no listing.
  const isStormOver = events.some((event) => event.type === 'phase' && event.phase === 'heal');
  const isCutShort =
    !isStormOver || events.some((event) => event.type === 'observation' && event.kind === 'interrupted');
  return plan.schedule.steps.flatMap(({ id }) => {
    const life = lives.get(id);
    if (life === undefined) return isCutShort ? [] : [`fault ${id} was not injected`];
    return (['effective', 'healed'] as const)
      .filter((phase) => !isProven(life, phase))
      .map((phase) => {
        const error = life.find((event) => event.phase === phase)?.error;
        return `fault ${id} was not proven to be ${phase}${error === undefined ? '' : `: ${error}`}`;
      });
  });
}

const isProven = (life: readonly FaultEvent[], phase: FaultEvent['phase']): boolean =>
  life.some((event) => event.phase === phase && event.evidence !== undefined);

function bypassReasons(events: readonly Event[]): readonly string[] {
  const bypasses = events.filter((event) => event.type === 'observation').filter(({ kind }) => kind === 'bypass');
  return [
    ...new Set(
      bypasses.map(({ values }) => `${String(values.client)} reached ${String(values.target)} outside every link`),
    ),
  ];
}
