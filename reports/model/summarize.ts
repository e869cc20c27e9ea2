import type { Event, Evidence, PhaseName } from '#invariants/history/event.ts';
import type {
  FaultSummary,
  InvariantSummary,
  OperationSummary,
  PhaseSummary,
  RunOutcome,
  RunRecord,
  RunReport,
} from './run-report.ts';
import { EXIT_CODES } from './run-report.ts';

export interface Findings {
  readonly verdicts: readonly InvariantSummary[];
  /** Reasons why the run proves nothing; see `RunReport.inconclusive`. */
  readonly inconclusive: readonly string[];
}

/** Makes the report of a run from its record, history and findings alone; the same input gives the same report. */
export function summarize(
  record: RunRecord,
  history: Iterable<Event>,
  findings: Findings,
  bundlePath: string,
): RunReport {
  const phases = new PhaseTimes();
  const operations = new OperationCounts();
  const faults = new FaultLives();
  let durationMs = 0;
  let isInterrupted = false;
  for (const event of history) {
    durationMs = event.timeMs;
    if (event.type === 'phase') phases.add(event);
    else if (event.type === 'fault') faults.add(event);
    else if (event.type === 'observation') isInterrupted ||= event.kind === 'interrupted';
    else operations.add(event);
  }
  const outcome = outcomeOf(findings, phases.failedBeforeStorm(), isInterrupted);
  return {
    ...record,
    outcome,
    exitCode: EXIT_CODES[outcome],
    durationMs,
    phases: phases.list(),
    operations: operations.list(),
    faults: faults.list(),
    verdicts: findings.verdicts,
    inconclusive: findings.inconclusive,
    bundlePath,
  };
}

/** A proven violation outranks everything: evidence against a claim stays evidence, however the run ended. */
function outcomeOf(findings: Findings, failedEarly: boolean, isInterrupted: boolean): RunOutcome {
  if (findings.verdicts.some(({ verdict }) => verdict.outcome === 'violated')) return 'violated';
  if (isInterrupted) return 'interrupted';
  if (failedEarly) return 'environment-error';
  const isProven =
    findings.verdicts.length > 0 && findings.verdicts.every(({ verdict }) => verdict.outcome === 'holds');
  return isProven && findings.inconclusive.length === 0 ? 'holds' : 'inconclusive';
}

const BEFORE_STORM: readonly PhaseName[] = ['plan', 'preflight', 'provision', 'steady-state'];

class PhaseTimes {
  readonly #began = new Map<PhaseName, number>();
  readonly #ended = new Map<PhaseName, Omit<PhaseSummary, 'name'>>();

  add(event: Extract<Event, { type: 'phase' }>): void {
    if (event.state === 'begin') {
      this.#began.set(event.phase, event.timeMs);
      return;
    }
    const durationMs = event.timeMs - (this.#began.get(event.phase) ?? event.timeMs);
    const failed = event.state === 'failed' ? { failed: event.detail ?? 'failed' } : {};
    const busy = event.busy === undefined ? {} : { busy: event.busy };
    this.#ended.set(event.phase, { durationMs, ...failed, ...busy });
  }

  failedBeforeStorm(): boolean {
    return BEFORE_STORM.some((phase) => this.#ended.get(phase)?.failed !== undefined);
  }

  list(): RunReport['phases'] {
    return [...this.#ended].map(([name, end]) => ({ name, ...end }));
  }
}

class OperationCounts {
  readonly #open = new Map<number, number>();
  readonly #byOp = new Map<string, { ok: number; fail: number; info: number; latenciesMs: number[] }>();

  add(event: Extract<Event, { process: number }>): void {
    const counts = this.#of(event.op);
    if (event.type === 'invoke') {
      this.#open.set(event.index, event.timeMs);
      return;
    }
    counts[event.type] += 1;
    const invokedAtMs = this.#open.get(event.invocation);
    this.#open.delete(event.invocation);
    if (event.type === 'ok' && invokedAtMs !== undefined) counts.latenciesMs.push(event.timeMs - invokedAtMs);
  }

  list(): OperationSummary[] {
    return [...this.#byOp].map(([op, { ok, fail, info, latenciesMs }]) => {
      latenciesMs.sort((a, b) => a - b);
      return { op, ok, fail, info, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) };
    });
  }

  #of(op: string): { ok: number; fail: number; info: number; latenciesMs: number[] } {
    const known = this.#byOp.get(op);
    if (known) return known;
    const counts = { ok: 0, fail: 0, info: 0, latenciesMs: [] };
    this.#byOp.set(op, counts);
    return counts;
  }
}

/** Nearest-rank quantile of ascending values; 0 when there are none. */
function quantile(ascending: readonly number[], q: number): number {
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? 0;
}

class FaultLives {
  readonly #lives = new Map<string, FaultSummary>();

  add(event: Extract<Event, { type: 'fault' }>): void {
    const life: FaultSummary = this.#lives.get(event.fault) ?? {
      id: event.fault,
      kind: event.kind,
      targets: event.targets,
      injectedAtMs: event.timeMs,
    };
    this.#lives.set(event.fault, { ...life, ...this.#change(event) });
  }

  list(): FaultSummary[] {
    return [...this.#lives.values()];
  }

  #change(event: Extract<Event, { type: 'fault' }>): Partial<FaultSummary> {
    const error = event.error === undefined ? {} : { error: event.error };
    const evidence = (field: 'effective' | 'healed'): { [F in typeof field]?: Evidence } =>
      event.evidence === undefined ? {} : { [field]: event.evidence };
    if (event.phase === 'effective') return { ...error, ...evidence('effective') };
    if (event.phase === 'healed') return { ...error, ...evidence('healed'), healedAtMs: event.timeMs };
    return error;
  }
}
