import { INVARIANTS, type InvariantName } from '#invariants/checkers/catalog.ts';
import type { Invariant } from '#invariants/model/invariant.ts';
import { type Judgement, judge } from '#invariants/model/judge.ts';
import { BUNDLE_FILES } from './bundle/bundle-files.ts';
import { CorruptBundle } from './bundle/corrupt-bundle.ts';
import { type Bundle, readBundle } from './bundle/read-bundle.ts';
import { inconclusiveReasons } from './inconclusive-reasons.ts';

/** A bundle with what the judge found in it. */
export interface JudgedBundle extends Bundle {
  readonly verdicts: readonly Judgement[];
  /** Why the run proves nothing, one sentence each; empty when it is conclusive. */
  readonly inconclusive: readonly string[];
}

/**
 * Judges a bundle from its files alone; a run judges itself this way too, so that both say the same. Without a harvest every
 * verdict is `unknown`. Rejects with `CorruptBundle`, or with the signal's reason.
 */
export async function judgeBundle(dir: string, signal?: AbortSignal): Promise<JudgedBundle> {
  const bundle = await readBundle(dir);
  const { record, history, harvest, gaps } = bundle;
  const invariants = record.invariants.map(invariantNamed);
  const verdicts =
    harvest === undefined ? invariants.map(unjudged) : judge(invariants, history, harvest, record.objectives, signal);
  const reasons = new Set([...gaps, ...inconclusiveReasons(bundle)]);
  return { ...bundle, verdicts, inconclusive: [...reasons] };
}

function unjudged({ name, summary }: Invariant): Judgement {
  const reason = 'the final state was not harvested';
  return { name, summary, verdict: { outcome: 'unknown', violations: [], counts: {}, reason } };
}

function invariantNamed(name: string): Invariant {
  if (!isInvariantName(name))
    throw new CorruptBundle(BUNDLE_FILES.run, `it names the invariant ${name}, which does not exist`);
  return INVARIANTS[name];
}

const isInvariantName = (name: string): name is InvariantName => Object.hasOwn(INVARIANTS, name);
