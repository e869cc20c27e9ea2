import { describe, it } from 'vitest';
import { expectCaught } from '../testing/directed-run.ts';

/** One for each kind of bug that the judge must be able to see; no inbox check is in `several-seeds.e2e.test.ts`. `npm run defects` runs the whole catalogue. */
const KINDS: readonly { readonly kind: string; readonly defect: string }[] = [
  { kind: 'the relay marks before it sends', defect: 'relay-marks-before-send' },
  { kind: 'an idempotency key per attempt', defect: 'pay-key-per-attempt' },
  { kind: 'a compensation skipped', defect: 'comp-hold-not-released' },
  { kind: 'a reply after the timeout accepted', defect: 'saga-late-reply-accepted' },
  { kind: 'the stock check outside the transaction', defect: 'inv-read-then-write' },
  { kind: 'the outbox written after the commit', defect: 'outbox-after-commit' },
  { kind: 'the orchestrator forgets its state on restart', defect: 'saga-forgets-on-restart' },
];

describe('a run with a planted bug ends with exit 1, and the invariants that the bug breaks are violated', () => {
  // A seed repeats the plan, not the interleaving: a bug may need a second run to meet its window.
  it.each(KINDS)('$kind ($defect)', { retry: 1 }, ({ defect }) => expectCaught(defect));
});
