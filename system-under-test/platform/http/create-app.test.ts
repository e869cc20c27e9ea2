import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoint } from '#sut/contract/endpoint.ts';
import { activeSubject } from '../tracing/subject.ts';
import { createApp } from './create-app.ts';
import { documentedRoute } from './documented-route.ts';

const WHO = endpoint({
  method: 'POST',
  path: '/who',
  summary: 'Whom the request is taken to be for',
  answers: { 200: z.object({ user: z.string().nullable() }) },
});

let app: FastifyInstance;
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
beforeEach(() => {
  app = createApp({ title: 'who', log: pino({ level: 'silent' }), newId: () => 'made' });
  documentedRoute(app, WHO, () => [200, { user: activeSubject().userId ?? null }]);
});
afterEach(() => app.close());

const LONG = 'x'.repeat(65);

it.each([
  ['the header', 'anna', 'bert', 'anna'],
  ['the body', undefined, 'bert', 'bert'],
  ['the body, past a header that is no name', LONG, 'bert', 'bert'],
  ['nobody when it holds a NUL', undefined, 'x\u0000', null],
  ['nobody when half a character is missing', undefined, 'x\ud800', null],
  ['nobody when it is long', undefined, LONG, null],
  ['nobody when it is no text', undefined, 7, null],
])('is for the user of %s', async (_case, header, named, user) => {
  const headers = header === undefined ? {} : { 'x-user-id': header };
  const answer = await app.inject({ method: 'POST', url: '/who', headers, payload: { user_id: named } });
  expect(answer.json()).toEqual({ user });
});
