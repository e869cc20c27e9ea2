import { afterEach, expect, it, vi } from 'vitest';
import { Deadline, withDeadline } from '#sut/platform/time/deadline.ts';
import { Upstream } from './upstream.ts';

/** What an instance does with a request: answers with a status, refuses the connection, hangs up after reading, or hangs. */
type Behaviour = number | 'refused' | 'hang-up' | 'hang';

let nowMs = 0;
const URLS = ['http://first', 'http://second'];
const TIMEOUT_MS = 60;

/** Two instances. `takesMs`: how far the clock of the deadline moves on while one is asked. */
function instances(first: Behaviour, second: Behaviour, takesMs = 0): { readonly asked: string[]; upstream: Upstream } {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string, { signal }: { readonly signal: AbortSignal }): Promise<Response> => {
    const { origin } = new URL(url);
    asked.push(origin);
    nowMs += takesMs;
    const behaviour = origin === URLS[0] ? first : second;
    if (typeof behaviour === 'number') return Response.json({ from: origin }, { status: behaviour });
    if (behaviour === 'hang') await new Promise((_, reject) => signal.addEventListener('abort', reject));
    const code = behaviour === 'refused' ? 'ECONNREFUSED' : 'ECONNRESET';
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  });
  return { asked, upstream: new Upstream(URLS) };
}

/** The answer's status, or what is wrong. */
async function outcomeOf(upstream: Upstream, isIdempotent = true): Promise<unknown> {
  const deadline = new Deadline(TIMEOUT_MS, () => nowMs);
  const call = { method: 'POST', target: '/saga/payment', body: {}, isIdempotent, deadline } as const;
  try {
    return (await withDeadline(deadline, () => upstream.call(call))).status;
  } catch (error) {
    return error instanceof Error && 'kind' in error ? error.kind : error;
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each<[Behaviour, Behaviour, unknown]>([
  ['hang-up', 'refused', 'connection'],
  ['hang-up', 503, 'connection'],
  ['hang-up', 504, 'connection'],
  ['hang-up', 'hang', 'connection'],
  ['hang', 'refused', 'timeout'],
  ['hang', 503, 'timeout'],
])('after %s, %s of another makes nothing certain: %s', async (first, second, outcome) => {
  const { asked, upstream } = instances(first, second);
  expect(await outcomeOf(upstream)).toBe(outcome);
  expect(asked).toEqual(URLS);
});

it('after a hang-up, the end of the time makes nothing certain', async () => {
  const { asked, upstream } = instances('hang-up', 200, TIMEOUT_MS);
  expect(await outcomeOf(upstream)).toBe('connection');
  expect(asked).toEqual(URLS.slice(0, 1));
});

it.each<[Behaviour, Behaviour, unknown]>([
  ['refused', 'refused', 'refused'],
  ['refused', 503, 503],
  ['refused', 'hang-up', 'connection'],
  ['hang-up', 201, 201],
  ['hang-up', 422, 422],
  [503, 201, 503],
])('%s, then %s: %s', async (first, second, outcome) => {
  expect(await outcomeOf(instances(first, second).upstream)).toBe(outcome);
});

it('asks first whom it had an answer of, also one of 503', async () => {
  const { asked, upstream } = instances('hang-up', 503);
  await outcomeOf(upstream);
  expect(await outcomeOf(upstream)).toBe(503);
  expect(asked).toEqual(['http://first', 'http://second', 'http://second']);
});

it('repeats nothing that may have been done and would do harm twice', async () => {
  const { asked, upstream } = instances('hang-up', 201);
  expect(await outcomeOf(upstream, false)).toBe('connection');
  expect(asked).toEqual(['http://first']);
});
