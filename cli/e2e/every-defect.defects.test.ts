import { describe, it } from 'vitest';
import { listDefects } from '#scenarios/defects/load-defect.ts';
import { expectCaught } from '../testing/directed-run.ts';

const defects = await listDefects();

describe('a run with a planted bug ends with exit 1, and the invariants that the bug breaks are violated', () => {
  // A seed repeats the plan, not the interleaving: a bug may need a second run to meet its window.
  it.each([...defects])('%s', { retry: 1 }, (defect) => expectCaught(defect));
});
