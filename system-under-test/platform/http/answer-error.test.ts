import { expect, it } from 'vitest';
import { StoreUnavailableError, UnknownOutcomeError } from '../store-errors.ts';
import { DeadlinePassedError } from '../time/deadline.ts';
import { errorAnswer } from './answer-error.ts';
import { NoAnswerError } from './call-json.ts';
import { HttpError } from './http-error.ts';

it.each([
  [new HttpError(409, 'taken', { by: 'x' }), { status: 409, error: 'taken', details: { by: 'x' } }],
  [new StoreUnavailableError('secret'), { status: 503 }],
  [new UnknownOutcomeError('secret'), { status: 500 }],
  [new NoAnswerError('timeout', 'secret'), { status: 504 }],
  [new NoAnswerError('connection', 'secret'), { status: 502 }],
  [new NoAnswerError('refused', 'secret'), { status: 503 }],
  [new DeadlinePassedError(), { status: 504 }],
  [new TypeError('secret'), { status: 500, error: 'internal error', details: { request_id: 'r-1' } }],
  [Object.assign(new Error('Unsupported Media Type'), { statusCode: 415 }), { status: 415 }],
])('%o', (error, answer) => {
  expect(errorAnswer(error, 'r-1')).toMatchObject(answer);
  expect(JSON.stringify(errorAnswer(error, 'r-1'))).not.toContain('secret');
});
