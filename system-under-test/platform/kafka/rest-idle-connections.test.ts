import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RequestQueue } from './rest-idle-connections.ts';
import './rest-idle-connections.ts';

type Constructor = new (
  options: object,
) => RequestQueue & {
  throttledUntil: number;
  push(request: object): void;
  fulfillRequest(answer: object): void;
};
const Queue: Constructor = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');

const queue = () =>
  new Queue({ maxInFlightRequests: 1, clientId: 'test', broker: 'test', logger: { debug: () => undefined } });

function request(correlationId: number, sent: number[]): object {
  return {
    entry: { correlationId, resolve: () => undefined, reject: () => undefined },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  };
}
const answer = (correlationId: number) => ({ correlationId, payload: Buffer.alloc(0), size: 0 });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a connection on which nothing waits sets no timer', () => {
  const sent: number[] = [];
  const idle = queue();
  idle.push(request(1, sent));
  idle.fulfillRequest(answer(1));

  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a request that waits for the one in flight is sent when that is answered', () => {
  const sent: number[] = [];
  const busy = queue();
  busy.push(request(1, sent));
  busy.push(request(2, sent));
  expect(sent).toEqual([1]);

  busy.fulfillRequest(answer(1));
  expect(sent).toEqual([1, 2]);
});

test('a request that the broker wants later is sent then, and no timer is left', () => {
  const sent: number[] = [];
  const throttled = queue();
  throttled.throttledUntil = Date.now() + 250;
  throttled.push(request(1, sent));
  vi.advanceTimersByTime(249);
  expect(sent).toEqual([]);

  vi.advanceTimersByTime(2);
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});
