import type { TimedRequest } from '../../model/plan.ts';

/** Between one customer's question and the next: a brisk walk, not a stampede on two cores. */
const SPACING_MS = 8;

/** Every customer looks at the order once more; one whose order was never acknowledged has nothing to look at. */
export function closingReads(requests: readonly TimedRequest[]): readonly TimedRequest[] {
  return requests
    .filter(({ op, after }) => op === 'place-order' && after === undefined)
    .map(({ id }, index) => ({ id: `${id}-closing`, atMs: index * SPACING_MS, op: 'get-order', after: id, input: {} }));
}
