import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import fc from 'fast-check';
import { pino } from 'pino';
import { beforeAll, expect, it } from 'vitest';
import { HEADERS } from '#sut/contract/messages.ts';
import { NO_DEDUPE } from '../dedupe/redis-dedupe.ts';
import { UnreadableMessageError } from '../kafka/subscription.ts';
import { headersOf } from '../outbox/draft-event.ts';
import { PublishBuffer } from '../outbox/publish-buffer.ts';
import type { IncomingMessage, Store, UnitOfWork } from '../store.ts';
import { Inbox } from './inbox.ts';

const PLACE = { topic: 'payment.commands', partition: 2 };

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

/** Text that no database refuses, and of which a batch still fits into a request to Kafka. */
const isWritable = (text: string): boolean => text.isWellFormed() && !text.includes('\0') && text.length <= 8_000;

/** A database that takes what PostgreSQL takes, and keeps what was published. */
function pickyStore() {
  const published: { readonly headers: Readonly<Record<string, string>>; readonly payload: unknown }[] = [];
  const handleOnce = async (message: IncomingMessage, work: (unit: UnitOfWork<undefined>) => Promise<string>) => {
    const buffer = new PublishBuffer(message.id);
    const unit: UnitOfWork<undefined> = {
      tx: undefined,
      publish: async (outgoing) => buffer.add(outgoing),
      afterCommit: () => {},
    };
    const outcome = await work(unit);
    const events = buffer.inLockOrder().map((each) => ({
      headers: headersOf(each.message, each.origin),
      payload: each.message.payload,
    }));
    const texts = [message.id, ...events.flatMap(({ headers, payload }) => Object.values({ ...headers, ...payload }))];
    const refused = texts.find((text) => typeof text === 'string' && !isWritable(text));
    if (refused !== undefined) throw new Error(`refused: ${JSON.stringify(refused)}`);
    published.push(...events);
    return outcome;
  };
  return { published, store: { handleOnce } as unknown as Store<undefined> };
}

/** What a service does with a record whose payload it cannot read; true: it goes on behind it. */
async function handle(store: Store<undefined>, headers: Readonly<Record<string, Buffer>>): Promise<boolean> {
  const stop = new AbortController();
  const unreadable = async (_unit: UnitOfWork<undefined>, { payload }: IncomingMessage): Promise<string> => {
    throw new UnreadableMessageError(`no such command:\n${payload}`);
  };
  const inbox = new Inbox<undefined>({
    ...{ store, deadLettersTopic: 'payment.dead-letters', dedupe: NO_DEDUPE, signal: stop.signal },
    subscriptions: [{ topic: PLACE.topic, handlers: { '*': { run: unreadable } } }],
    // The first failure ends it: a second try would fail the same way.
    log: Object.assign(pino({ level: 'silent' }), { warn: () => stop.abort() }),
    random: () => 0,
  });
  const value = Buffer.from(JSON.stringify(`a\u0000${'😀'.repeat(1_200)}`));
  return inbox.handle(PLACE, { key: null, value, headers, timestamp: '0', attributes: 0, offset: '17' });
}

const asBytes = (headers: Readonly<Record<string, string | Uint8Array>>): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value as string)]));

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('x\u0000', 'x\ud800', '', 'x'.repeat(250_000), 'a'),
);

it('keeps any record that nobody can read as a dead letter, whatever its headers hold', async () => {
  const header = fc.tuple(fc.constantFrom(...Object.values(HEADERS), 'foreign'), fc.oneof(text, fc.uint8Array()));
  await fc.assert(
    fc.asyncProperty(fc.array(header, { maxLength: 11 }), async (headers) => {
      const { published, store } = pickyStore();
      expect(await handle(store, asBytes(Object.fromEntries(headers)))).toBe(true);
      expect(published).toMatchObject([{ headers: { [HEADERS.type]: 'dead-letter' }, payload: { offset: '17' } }]);
    }),
  );
});

it('keeps of the headers what can be read, and says which cannot', async () => {
  const { published, store } = pickyStore();
  const headers = { 'message-id': 'm', type: 't', 'aggregate-id': 'a', 'user-id': 'x\u0000', 'request-id': 'r' };
  await handle(store, asBytes(headers));
  expect(published).toMatchObject([
    {
      headers: { [HEADERS.causeId]: 'm', [HEADERS.aggregateId]: 'a', [HEADERS.requestId]: 'r' },
      payload: { message_id: 'm', reason: 'headers empty, too long or not printable: user-id' },
    },
  ]);
  expect(published[0]?.headers).not.toHaveProperty(HEADERS.userId);
});

it('keeps a message whose handler quotes what no database takes', async () => {
  const { published, store } = pickyStore();
  const headers = { 'message-id': 'm', type: 't', 'aggregate-id': 'a' };
  expect(await handle(store, asBytes(headers))).toBe(true);
  expect(published).toMatchObject([
    { payload: { reason: expect.stringMatching(/^no such command:\na\ufffd(😀)+\ufffd$/u) } },
  ]);
});
