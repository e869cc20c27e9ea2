import type { Endpoint } from '../endpoint.ts';
import { EVENT_STORE_ENDPOINTS } from './event-store.ts';
import { INVENTORY_ENDPOINTS } from './inventory.ts';
import { NOTIFICATION_ENDPOINTS } from './notification.ts';
import { ORDER_ENDPOINTS } from './order.ts';
import { PAYMENT_ENDPOINTS } from './payment.ts';
import { SAGA_ENDPOINTS } from './saga.ts';
import { USER_ENDPOINTS } from './user.ts';
import { WALLET_ENDPOINTS } from './wallet.ts';

/** The public API: the endpoints of each service, which the gateway has too. */
export const PUBLIC_ENDPOINTS = {
  order: Object.values<Endpoint>(ORDER_ENDPOINTS),
  inventory: Object.values<Endpoint>(INVENTORY_ENDPOINTS),
  payment: Object.values<Endpoint>(PAYMENT_ENDPOINTS),
  notification: Object.values<Endpoint>(NOTIFICATION_ENDPOINTS),
  user: Object.values<Endpoint>(USER_ENDPOINTS),
  wallet: Object.values<Endpoint>(WALLET_ENDPOINTS),
  orchestrator: Object.values<Endpoint>(SAGA_ENDPOINTS),
  'event-store': Object.values<Endpoint>(EVENT_STORE_ENDPOINTS),
} as const;
export type PublicService = keyof typeof PUBLIC_ENDPOINTS;
