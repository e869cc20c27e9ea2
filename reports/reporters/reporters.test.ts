import { describe, expect, it } from 'vitest';
import { holding, sampleReport, undecided, violating } from '../testing/sample-reports.ts';
import { REPORTERS } from './catalog.ts';

const reports = {
  holds: sampleReport(holding, holding),
  violated: sampleReport(violating, holding),
  unfinished: sampleReport(undecided, undecided, ['harvest.json is missing: the run did not get so far']),
  inconclusive: sampleReport(holding, undecided, ['fault f1 has no evidence that it took effect']),
};

describe.each(REPORTERS)('$format reporter', (reporter) => {
  it.each(Object.entries(reports))('renders a run that %s like its golden file', async (name, report) => {
    await expect(reporter.render(report)).toMatchFileSnapshot(`__golden__/${name}.${reporter.fileName}`);
  });
});
