import type { PhaseName } from '#invariants/history/event.ts';
import type { Verdict, Violation } from '#invariants/model/verdict.ts';
import type { Reporter } from '../model/reporter.ts';
import type { FaultSummary, InvariantSummary, PhaseSummary, RunReport } from '../model/run-report.ts';
import { violatedNames } from '../model/violated-names.ts';

const SHOWN_VIOLATIONS = 3;
const SHOWN_EVENTS = 12;
/** From here on the processors are taken to be what the system waited for, in the phases in which it has work to do. */
const OVERLOADED = 0.9;
const LOADED: ReadonlySet<PhaseName> = new Set(['storm', 'heal', 'quiesce']);
const MARK = { holds: '✓', violated: '✗', unknown: '?' } as const;
const CONCLUSION = {
  holds: 'HOLDS: every invariant holds',
  violated: 'VIOLATED',
  inconclusive: 'INCONCLUSIVE: this run proves nothing',
  'environment-error': 'ENVIRONMENT ERROR: the system could not be brought to its steady state',
  interrupted: 'INTERRUPTED: everything was healed, nothing was judged to hold',
} as const;

/** For a person at a terminal or in a CI log: what was done, each fault with its proof, each claim with its counts. */
export const terminalReporter: Reporter = {
  format: 'terminal',
  fileName: 'report.txt',
  render: (report) =>
    [
      heading(report),
      section('Operations', operationLines(report)),
      section('Faults', report.faults.flatMap(faultLines)),
      section('Invariants', invariantLines(report.verdicts)),
      section('Why this is inconclusive', [
        ...report.inconclusive.map((reason) => `  - ${reason}`),
        ...overloadAdvice(report),
      ]),
      ending(report),
    ]
      .filter((part) => part !== '')
      .join('\n\n')
      .concat('\n'),
};

function heading(report: RunReport): string {
  const defect = report.defect === undefined ? '' : `, defect ${report.defect}`;
  const phases = report.phases.map(phaseText).join(' · ');
  const failed = report.phases
    .filter((phase) => phase.failed !== undefined)
    .map((phase) => `\n${phase.name} failed: ${phase.failed}`);
  const publisher = report.publisher === 'relay' ? '' : ` with ${report.publisher}`;
  return `${report.scenario} on ${report.topology}${publisher}, seed ${report.seed}${defect}: ${seconds(report.durationMs)}\n${phases}${failed.join('')}`;
}

const phaseText = ({ name, durationMs, busy }: PhaseSummary): string =>
  `${name} ${seconds(durationMs)}${busy === undefined ? '' : ` (${percent(busy)} busy)`}`;

/** What came late on a machine without time to spare may be no fault of the system. */
function overloadAdvice({ phases, outcome }: RunReport): string[] {
  const full = phases.flatMap(({ name, busy = 0 }) =>
    LOADED.has(name) && busy >= OVERLOADED ? [`${percent(busy)} in ${name}`] : [],
  );
  if (full.length === 0 || outcome !== 'inconclusive') return [];
  return [
    `  The machine's processors were busy (${full.join(', ')}): try fewer --orders, a longer --storm or more cores.`,
  ];
}

function operationLines(report: RunReport): string[] {
  return table([
    ['operation', 'ok', 'fail', 'unknown', 'p50', 'p99'],
    ...report.operations.map((o) => [o.op, `${o.ok}`, `${o.fail}`, `${o.info}`, ms(o.p50Ms), ms(o.p99Ms)]),
  ]);
}

function faultLines(fault: FaultSummary): string[] {
  const healed = fault.healedAtMs === undefined ? 'never healed' : `healed at ${seconds(fault.healedAtMs)}`;
  const isProven = fault.effective !== undefined && fault.healed !== undefined;
  return [
    `  ${isProven ? '✓' : '?'} ${fault.id} ${fault.kind} on ${fault.targets.join(', ')} at ${seconds(fault.injectedAtMs)}, ${healed}`,
    `      took effect: ${fault.effective?.detail ?? 'NO EVIDENCE'}`,
    `      was healed:  ${fault.healed?.detail ?? 'NO EVIDENCE'}`,
    ...(fault.error === undefined ? [] : [`      error: ${fault.error}`]),
  ];
}

/** One line for all when nothing could be judged for one and the same reason. */
function invariantLines(verdicts: readonly InvariantSummary[]): string[] {
  const [first] = verdicts;
  const reason = first?.verdict.reason;
  const isCommon = verdicts.every(({ verdict }) => verdict.outcome === 'unknown' && verdict.reason === reason);
  if (verdicts.length < 2 || !isCommon) return verdicts.flatMap(verdictLines);
  return [`  ${MARK.unknown} all ${verdicts.length}: unknown (${reason ?? 'no evidence'})`];
}

function verdictLines({ name, summary, verdict }: InvariantSummary): string[] {
  return [
    `  ${MARK[verdict.outcome]} ${name}: ${verdict.outcome} (${counts(verdict)})`,
    ...(verdict.outcome === 'holds' ? [] : [`      claim: ${summary}`]),
    ...(verdict.reason === undefined ? [] : [`      ${verdict.reason}`]),
    ...verdict.violations.slice(0, SHOWN_VIOLATIONS).flatMap(violationLines),
    ...(verdict.violations.length > SHOWN_VIOLATIONS
      ? [`      … and ${verdict.violations.length - SHOWN_VIOLATIONS} more in report.json`]
      : []),
  ];
}

function violationLines(violation: Violation): string[] {
  const shown = violation.events.slice(0, SHOWN_EVENTS).join(', ');
  const more = violation.events.length > SHOWN_EVENTS ? ', …' : '';
  return [
    `      ${violation.entity}: ${violation.message}`,
    ...(violation.hop === undefined ? [] : [`        first divergent hop: ${violation.hop}`]),
    ...(violation.events.length === 0 ? [] : [`        history events: ${shown}${more}`]),
  ];
}

function counts(verdict: Verdict): string {
  const entries = Object.entries(verdict.counts).map(([name, count]) => `${name} ${count}`);
  return entries.length === 0 ? 'nothing to look at' : entries.join(', ');
}

function ending(report: RunReport): string {
  const broken = violatedNames(report);
  const list = broken.length === 0 ? '' : `: ${broken.join(', ')}`;
  return [
    `${CONCLUSION[report.outcome]}${list} (exit ${report.exitCode})`,
    `  bundle:      ${report.bundlePath}`,
    `  judge again: npx chaos check ${report.bundlePath}`,
    `  repeat:      ${report.repeat}`,
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('\n')}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.length < 2 ? [] : rows.map((row) => `  ${row.map(cell).join('  ')}`);
}

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const ms = (durationMs: number): string => `${Math.round(durationMs)} ms`;
