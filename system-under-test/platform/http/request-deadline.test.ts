import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { TIMEOUT_HEADER } from '#sut/contract/api.ts';
import { endpoint } from '#sut/contract/endpoint.ts';
import { currentDeadline } from '../time/deadline.ts';
import { createApp } from './create-app.ts';
import { documentedRoute } from './documented-route.ts';

const LEFT = endpoint({
  method: 'POST',
  path: '/left',
  summary: 'What is left',
  answers: { 200: z.object({ leftMs: z.number().nullable() }) },
});

let app: FastifyInstance;
let handled: number;
beforeEach(() => {
  handled = 0;
  app = createApp({ title: 'clock', log: pino({ level: 'silent' }), newId: () => 'made' });
  documentedRoute(app, LEFT, async () => {
    handled += 1;
    await delay(5);
    return [200, { leftMs: currentDeadline()?.remainingMs() ?? null }];
  });
});
afterEach(() => app.close());

const ask = (timeout?: string) =>
  app.inject({
    ...{ method: 'POST', url: '/left' },
    headers: { ...(timeout === undefined ? {} : { [TIMEOUT_HEADER]: timeout }) },
  });

it('gives the handler what the caller has left, across its awaits', async () => {
  const { leftMs } = (await ask('5000')).json();
  expect(leftMs).toBeLessThan(5_000);
  expect(leftMs).toBeGreaterThan(1_000);
  expect((await ask()).json()).toEqual({ leftMs: null });
});

it.each(['-1', '1.5', 'soon', '600001', ''])('refuses "%s" as a time', async (timeout) => {
  expect((await ask(timeout)).statusCode).toBe(400);
});

it('answers 504 and does nothing when no time is left on arrival', async () => {
  expect((await ask('0')).statusCode).toBe(504);
  expect(handled).toBe(0);
});

it('answers 504 and does nothing when the time went by while the body arrived', async () => {
  app.addHook('preParsing', async () => {
    await delay(30);
  });
  expect((await ask('20')).statusCode).toBe(504);
  expect(handled).toBe(0);
});
