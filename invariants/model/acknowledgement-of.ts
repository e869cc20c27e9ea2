import type { History } from '../history/history.ts';
import { acknowledgedOrders } from './place-orders.ts';
import { acknowledgedPayments } from './start-payments.ts';

/** The events that prove that an order or a payment was asked for and acknowledged; empty when no client saw it. */
export function acknowledgementOf(history: History, subjectId: string): readonly number[] {
  const request = acknowledgedOrders(history).get(subjectId) ?? acknowledgedPayments(history).get(subjectId);
  return request === undefined ? [] : [request.invocation, request.completion];
}
