import { z } from 'zod';
import { nameSchema } from '../api.ts';
import { endpoint } from '../endpoint.ts';
import { foreignIdSchema, timeSchema } from './common.ts';

const productParamsSchema = z.object({ id: nameSchema });
/** A saga's reservations are named after saga and product. */
const reservationParamsSchema = z.object({ id: foreignIdSchema });
const productSchema = z.object({
  product_id: z.string(),
  available_stock: z.int(),
  reserved_stock: z.int(),
  /** Units still owned: available + reserved. */
  total_stock: z.int(),
  location: z.string(),
  last_updated: timeSchema,
  version: z.int(),
});
const reservationSchema = z.object({
  id: z.string(),
  product_id: z.string(),
  order_id: z.string(),
  saga_id: z.string().nullable(),
  quantity: z.int(),
  status: z.string(),
  expires_at: timeSchema,
  created_at: timeSchema,
});
const endErrors = { 404: 'no such reservation', 409: 'it has ended otherwise, or belongs to a saga' };
const endAnswers = { 200: z.object({ status: z.string() }) };

/** Public routes of the inventory service. */
export const INVENTORY_ENDPOINTS = {
  createProduct: endpoint({
    method: 'PUT',
    path: '/inventory/products/:id',
    summary: 'A new product',
    params: productParamsSchema,
    body: z.object({ available_stock: z.int().min(0).max(1_000_000_000), location: nameSchema }),
    answers: { 201: productSchema },
    errors: { 409: 'it exists' },
  }),
  readProduct: endpoint({
    method: 'GET',
    path: '/inventory/products/:id',
    summary: 'A product and its stock',
    params: productParamsSchema,
    answers: { 200: productSchema },
    errors: { 404: 'no such product' },
  }),
  reserve: endpoint({
    method: 'POST',
    path: '/inventory/reserve',
    summary: 'Reserve stock for an order outside a saga',
    body: z.object({ product_id: nameSchema, order_id: nameSchema, quantity: z.int().min(1).max(1_000) }),
    answers: { 200: z.object({ reservation: reservationSchema }) },
    errors: { 409: 'too little stock; `details` has product_id, available and requested' },
  }),
  confirmReservation: endpoint({
    method: 'POST',
    path: '/inventory/reservations/:id/confirm',
    summary: 'The reserved units are sold',
    params: reservationParamsSchema,
    answers: endAnswers,
    errors: endErrors,
  }),
  cancelReservation: endpoint({
    method: 'POST',
    path: '/inventory/reservations/:id/cancel',
    summary: 'The reserved units are available again',
    params: reservationParamsSchema,
    answers: endAnswers,
    errors: endErrors,
  }),
};
