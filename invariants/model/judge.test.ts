import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OBJECTIVES } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { combineOutcomes } from './combine-outcomes.ts';
import { Findings, MAX_LISTED_VIOLATIONS } from './findings.ts';
import type { Invariant } from './invariant.ts';
import { judge } from './judge.ts';
import { holds } from './make-verdict.ts';
import type { Outcome } from './verdict.ts';

const history = new HistoryBuilder().build();
const good: Invariant = { name: 'good', summary: 'always', check: () => holds({ seen: 1 }) };
const broken: Invariant = {
  name: 'broken',
  summary: 'never answers',
  check: () => {
    throw new Error('boom');
  },
};

describe('judge', () => {
  it('asks every invariant, and takes one that throws for unknown', () => {
    const judgements = judge([good, broken], history, harvestOf(), OBJECTIVES);
    expect(judgements).toEqual([
      { name: 'good', summary: 'always', verdict: { outcome: 'holds', violations: [], counts: { seen: 1 } } },
      {
        name: 'broken',
        summary: 'never answers',
        verdict: expect.objectContaining({ outcome: 'unknown', reason: 'the checker broken failed: boom' }),
      },
    ]);
  });

  it("stops with the signal's reason", () => {
    expect(() => judge([good], history, harvestOf(), OBJECTIVES, AbortSignal.abort(new Error('enough')))).toThrow(
      'enough',
    );
  });
});

describe('combineOutcomes', () => {
  it('ranks violated over unknown over holds, and nothing is unknown', () => {
    expect(combineOutcomes([])).toBe('unknown');
    const outcomes = fc.array(fc.constantFrom<Outcome[]>('holds', 'unknown', 'violated'), { minLength: 1 });
    fc.assert(
      fc.property(outcomes, (all) => {
        const worst = (['violated', 'unknown', 'holds'] as const).find((outcome) => all.includes(outcome));
        expect(combineOutcomes(all)).toBe(worst);
      }),
    );
  });
});

describe('Findings', () => {
  it('lists the first violations and counts all', () => {
    const findings = new Findings();
    for (let n = 0; n < MAX_LISTED_VIOLATIONS + 7; n++) findings.violate(`no ${n}`, { entity: 'e', hop: 'a -> b' });
    findings.doubt('does not matter any more');
    const verdict = findings.verdict({ seen: 3 }, 0, 'nothing');
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations).toHaveLength(MAX_LISTED_VIOLATIONS);
    expect(verdict.counts).toEqual({ seen: 3, violations: MAX_LISTED_VIOLATIONS + 7 });
  });

  it('is unknown with the first doubt, or about nothing', () => {
    const findings = new Findings();
    expect(findings.verdict({}, 0, 'nothing')).toMatchObject({ outcome: 'unknown', reason: 'nothing' });
    findings.doubt('first');
    findings.doubt('second');
    expect(findings.verdict({}, 5, 'nothing')).toMatchObject({ outcome: 'unknown', reason: 'first' });
  });
});
