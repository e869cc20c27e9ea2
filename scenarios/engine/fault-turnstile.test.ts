import { expect, test } from 'vitest';
import { FaultTurnstile } from './fault-turnstile.ts';

const forever = new AbortController().signal;
const onlyOn = (reach: readonly string[]) => ({ reach, isAlone: false });

test('a fault waits for the conflicting one that is active, and only for that', async () => {
  const turnstile = new FaultTurnstile();
  const first = await turnstile.enter(onlyOn(['payment']), forever);
  await turnstile.enter(onlyOn(['order']), forever);
  let isIn = false;
  const second = turnstile.enter(onlyOn(['payment']), forever).then((pass) => {
    isIn = true;
    return pass;
  });
  await Promise.resolve();
  expect(isIn).toBe(false);
  first[Symbol.dispose]();
  await second;
  expect(isIn).toBe(true);
});

test('two that wait for the same one go one after the other', async () => {
  const turnstile = new FaultTurnstile();
  const first = await turnstile.enter(onlyOn(['payment->kafka']), forever);
  const order: string[] = [];
  const wait = async (name: string) => {
    using _pass = await turnstile.enter(onlyOn(['kafka']), forever);
    order.push(`${name} in`);
    await Promise.resolve();
    order.push(`${name} out`);
  };
  const both = Promise.all([wait('a'), wait('b')]);
  first[Symbol.dispose]();
  await both;
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out']);
});

test('who must be alone waits for everybody, and everybody for it', async () => {
  const turnstile = new FaultTurnstile();
  const first = await turnstile.enter(onlyOn(['payment']), forever);
  const order: string[] = [];
  const alone = turnstile.enter({ reach: ['mongodb'], isAlone: true }, forever).then((pass) => {
    order.push('alone in');
    return pass;
  });
  await Promise.resolve();
  expect(order).toEqual([]);
  first[Symbol.dispose]();
  using pass = await alone;
  const next = turnstile.enter(onlyOn(['order']), forever).then(() => order.push('next in'));
  await Promise.resolve();
  expect(order).toEqual(['alone in']);
  pass[Symbol.dispose]();
  await next;
  expect(order).toEqual(['alone in', 'next in']);
});

test('who waits can be called off', async () => {
  const turnstile = new FaultTurnstile();
  await turnstile.enter(onlyOn(['payment']), forever);
  const controller = new AbortController();
  const waiting = turnstile.enter(onlyOn(['payment']), controller.signal);
  controller.abort(new Error('storm over'));
  await expect(waiting).rejects.toThrow('storm over');
});
