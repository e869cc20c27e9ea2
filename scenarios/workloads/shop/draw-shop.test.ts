import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawShop } from './draw-shop.ts';
import { placeOrderInputSchema, type StartPaymentInput, startPaymentInputSchema } from './request.ts';

const MIX = { orders: 1, payments: 0.5 } as const;
const size = fc.record({
  seed: fc.nat(),
  orders: fc.integer({ min: 10, max: 60 }),
  stormMs: fc.integer({ min: 5_000, max: 60_000 }),
});
const drawn = size.chain((given) => drawShop(given, MIX).map((shop) => ({ given, shop })));

const totalOf = (items: readonly { readonly quantity: number; readonly price_minor: number }[]): number =>
  items.reduce((sum, item) => sum + item.quantity * item.price_minor, 0);

test('as many orders and payments as asked for, each with a key of its own', () => {
  fc.assert(
    fc.property(drawn, ({ given, shop }) => {
      const first = (op: string) =>
        shop.requests.filter((request) => request.op === op && /-\d+$/.test(request.id)).map(({ input }) => input);
      const orders = first('place-order').map((input) => placeOrderInputSchema.parse(input));
      const payments = first('start-payment').map((input) => startPaymentInputSchema.parse(input));
      expect(orders).toHaveLength(given.orders);
      expect(payments).toHaveLength(Math.ceil(given.orders / 2));
      const keys = [...orders, ...payments].map((input) => input.idempotency_key).filter((key) => key !== '');
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(shop.requests.map(({ id }) => id)).size).toBe(shop.requests.length);
    }),
  );
});

test('what the contract accepts is expected to be accepted, and nothing else', () => {
  fc.assert(
    fc.property(drawn, ({ shop }) => {
      for (const { op, input } of shop.requests.filter((request) => 'body_id' in request.input)) {
        if (op === 'place-order') {
          const order = placeOrderInputSchema.parse(input);
          const isValid =
            order.user_id !== '' &&
            order.items.length > 0 &&
            order.items.every((item) => item.quantity > 0 && Number.isInteger(item.price_minor)) &&
            order.redeem_points <= totalOf(order.items);
          expect(order.expect === 400).toBe(!isValid);
        } else {
          const payment = startPaymentInputSchema.parse(input);
          expect(payment.expect === 400).toBe(!isPayable(payment));
        }
      }
    }),
  );
});

const isPayable = ({ user_id: user, amount_minor: amount }: StartPaymentInput): boolean =>
  user !== '' && Number.isInteger(amount) && amount > 0 && amount <= 100_000_000;

test('a key that is used with another body is only used after the first was acknowledged', () => {
  fc.assert(
    fc.property(drawn, ({ shop }) => {
      const bodyOf = new Map(shop.requests.map(({ id, input }) => [id, input]));
      for (const { after, input } of shop.requests.filter((request) => request.input.expect === 422)) {
        const first = bodyOf.get(after ?? '');
        expect(first?.idempotency_key).toBe(input.idempotency_key);
        expect(first?.body_id).not.toBe(input.body_id);
        expect({ ...first, body_id: '', expect: 0 }).not.toEqual({ ...input, body_id: '', expect: 0 });
      }
    }),
  );
});

test('orders are called off at every stage of their saga', () => {
  const given = { seed: 1, orders: 2_000, stormMs: 60_000 };
  const [shop] = fc.sample(drawShop(given, MIX), { numRuns: 1, seed: 1 });
  const moments = shop?.requests.flatMap(({ op, when }) => (op === 'cancel-order' ? [when?.action ?? 'any'] : []));
  expect(new Set(moments)).toEqual(new Set(['any', 'reserve', 'charge', 'confirm']));
});

test('customers are as different as the sagas need them: tight and ample, with and without a profile, one frozen', () => {
  fc.assert(
    fc.property(drawn, ({ shop: { users, wallets } }) => {
      const limits = users.map(({ limitMinor }) => limitMinor);
      expect(Math.max(...limits)).toBeGreaterThan(100 * Math.min(...limits));
      expect(users.length).toBeLessThan(25);
      expect(wallets.filter(({ isFrozen }) => isFrozen)).toHaveLength(1);
    }),
  );
});
