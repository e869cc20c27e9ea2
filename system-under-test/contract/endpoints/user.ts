import { z } from 'zod';
import { nameSchema, putUserSchema } from '../api.ts';
import { CHANNELS } from '../command-data.ts';
import { endpoint } from '../endpoint.ts';
import { amountSchema } from './common.ts';

const paramsSchema = z.object({ id: nameSchema });

/** `name` is null while the user has bought something but has no profile. */
const userSchema = z.object({
  id: z.string(),
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
    summary: 'Describe a user: fields left out are emptied, the spending limit alone stays as it is',
    params: paramsSchema,
    body: putUserSchema,
    answers: { 200: userSchema, 201: userSchema },
    errors: { 409: 'the limit is below what orders hold' },
  }),
  read: endpoint({
    method: 'GET',
    path: '/users/:id',
    summary: 'A user, with what orders hold of the spending limit',
    params: paramsSchema,
    answers: { 200: userSchema },
    errors: { 404: 'no such user' },
  }),
};
