import { z } from 'zod';
import { nameSchema, putUserSchema } from '../api.ts';
import { CHANNELS } from '../command-data.ts';
import { endpoint } from '../endpoint.ts';
import { amountSchema } from './common.ts';

const paramsSchema = z.object({ id: nameSchema });
const userSchema = z.object({
  id: z.string(),
  /** Null: has bought something, but never told who they are. */
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  preferred_channel: z.enum(CHANNELS),
  spending_limit: amountSchema,
  spent: amountSchema,
  version: z.int(),
});

/** Public routes of the user service. */
export const USER_ENDPOINTS = {
  put: endpoint({
    method: 'PUT',
    path: '/users/:id',
    summary: 'Write a profile; fields left out are emptied, the limit alone stays as it is',
    params: paramsSchema,
    body: putUserSchema,
    answers: { 200: userSchema, 201: userSchema },
    errors: { 409: 'the limit is below what is spent' },
  }),
  read: endpoint({
    method: 'GET',
    path: '/users/:id',
    summary: 'A profile with its spending limit',
    params: paramsSchema,
    answers: { 200: userSchema },
    errors: { 404: 'no such user' },
  }),
};
