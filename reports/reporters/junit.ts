import type { Reporter } from '../model/reporter.ts';
import type { InvariantSummary, RunReport } from '../model/run-report.ts';
import { violatedNames } from '../model/violated-names.ts';

/**
 * JUnit XML as CI servers read it: one test case per invariant, and one for the run itself so that a run that proves
 * nothing is not green. A violated claim is a `failure`, an unknown one an `error`.
 */
export const junitReporter: Reporter = {
  format: 'junit',
  fileName: 'junit.xml',
  render(report) {
    const failures = violatedNames(report).length;
    const unknown = report.verdicts.filter(({ verdict }) => verdict.outcome === 'unknown').length;
    const isConclusive = report.outcome === 'holds' || report.outcome === 'violated';
    const suite = attributes({
      name: `chaos.${report.scenario}`,
      tests: report.verdicts.length + 1,
      failures,
      errors: unknown + (isConclusive ? 0 : 1),
      time: (report.durationMs / 1000).toFixed(3),
      timestamp: report.startedAt,
    });
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites><testsuite${suite}>`,
      `<properties><property name="seed" value="${report.seed}"/><property name="repeat" value="${escapeXml(report.repeat)}"/></properties>`,
      runCase(report, isConclusive),
      ...report.verdicts.map((summary) => invariantCase(report, summary)),
      '</testsuite></testsuites>',
      '',
    ].join('\n');
  },
};

function runCase(report: RunReport, isConclusive: boolean): string {
  const open = `<testcase${attributes({ classname: `chaos.${report.scenario}`, name: 'run is conclusive', time: (report.durationMs / 1000).toFixed(3) })}`;
  if (isConclusive) return `${open}/>`;
  const reasons = [
    ...report.inconclusive,
    ...report.phases.flatMap((p) => (p.failed === undefined ? [] : [`${p.name}: ${p.failed}`])),
  ];
  return `${open}><error${attributes({ message: report.outcome })}>${escapeXml(reasons.join('\n'))}</error></testcase>`;
}

function invariantCase(report: RunReport, { name, summary, verdict }: InvariantSummary): string {
  const open = `<testcase${attributes({ classname: `chaos.${report.scenario}`, name })}`;
  if (verdict.outcome === 'holds') return `${open}/>`;
  if (verdict.outcome === 'unknown')
    return `${open}><error${attributes({ message: verdict.reason ?? 'unknown' })}/></testcase>`;
  const text = verdict.violations
    .map((v) => `${v.entity}: ${v.message}${v.hop === undefined ? '' : ` [${v.hop}]`}`)
    .concat(`repeat: ${report.repeat}`)
    .join('\n');
  return `${open}><failure${attributes({ message: summary })}>${escapeXml(text)}</failure></testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

/** XML 1.0 escapes, and no control characters: they are not allowed in a document at all. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r -\u{10FFFF}]/gu, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
