import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { ENDINGS, PAYMENT_ENDINGS, plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { provenanceIsComplete } from './provenance-is-complete.ts';

type Spoil = (harvest: SimulatedRun['harvest']) => void;

const judge = (run: SimulatedRun) => verdictOf(provenanceIsComplete, run.history(), run.harvest);
const oneOrder = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));

/** Changes the transition or outbox row at a place of the list. */
const at = <Row>(rows: readonly Row[], index: number, change: (row: Row) => void): void => {
  const row = rows[index];
  if (row === undefined) throw new Error(`there is no row ${index}`);
  change(row);
};

describe('provenance-is-complete', () => {
  it.each(ENDINGS)('holds for the log of an order that ends %s', (ending) => {
    const run = simulateShop(smallPlan([plannedOrder({ ending, isRetried: true })]));
    expect(judge(run).outcome).toBe('holds');
  });

  it.each(PAYMENT_ENDINGS)('holds for the log of a payment that is %s, which no message started', (ending) => {
    const run = simulateShop(smallPlan([], [plannedPayment({ ending, isRetried: true })]));
    expect(judge(run).outcome).toBe('holds');
    expect(run.harvest.transitions[0]).toMatchObject({ causeId: '', causeSagaId: '' });
  });

  it('does not ask which of two orchestrators logged a transition', () => {
    const run = simulateShop(smallPlan([plannedOrder(), plannedOrder()]));
    // Read row by row as they were committed, the logs of two sagas interleave.
    run.harvest.transitions.sort((a, b) => a.seq - b.seq);
    expect(judge(run).outcome).toBe('holds');
  });

  it('lets a client cancel under a trace of its own, and something late be logged after the end', () => {
    const run = simulateShop(smallPlan([plannedOrder({ ending: 'cancelled' })]));
    const last = run.harvest.transitions.at(-1);
    if (last === undefined) throw new Error('the saga has transitions');
    run.harvest.transitions.push({ ...last, seq: last.seq + 1, from: last.to, traceId: 't1', reason: 'late reply' });
    expect(judge(run).outcome).toBe('holds');
  });

  it.each<[string, Spoil, string]>([
    ['a transition is missing', (h) => h.transitions.splice(2, 1), 'transition 4: follows number 2'],
    [
      'a transition stands twice',
      (h) => at(h.transitions, 2, (t) => h.transitions.push({ ...t })),
      'transition 3: follows number 3',
    ],
    ['the first one is missing', (h) => h.transitions.splice(0, 1), 'transition 2: follows number 0'],
    [
      'one does not begin where the last one ended',
      (h) =>
        at(h.transitions, 2, (t) => {
          t.from = 'COMPENSATING';
        }),
      'the one before ended in "RUNNING"',
    ],
    [
      'one is not legal',
      (h) =>
        at(h.transitions, 2, (t) => {
          t.to = 'COMPENSATED';
        }),
      '"RUNNING" to "COMPENSATED" is not legal',
    ],
    [
      'one is earlier than the one before',
      (h) =>
        at(h.transitions, 2, (t) => {
          t.atMs -= 500;
        }),
      'before the one before it',
    ],
    [
      'the last one is not the state',
      (h) =>
        at(h.sagas, 0, (s) => {
          s.state = 'COMPENSATED';
        }),
      'its last transition ended in "COMPLETED"',
    ],
    [
      'a saga has no log',
      (h) => {
        h.transitions.length = 0;
        h.sagas.push({ id: 's2', type: 'order', orderId: 'o2', state: 'RUNNING', version: 1 });
      },
      'has no transition',
    ],
    [
      'a log has no saga',
      (h) => {
        h.sagas.length = 0;
      },
      'has transitions but does not exist',
    ],
    [
      "another saga's message is the cause",
      (h) =>
        at(h.transitions, 2, (t) => {
          t.causeSagaId = 's9';
        }),
      'belongs to saga "s9"',
    ],
    [
      'a cause is in no topic',
      (h) =>
        at(h.transitions, 2, (t) => {
          t.causeId = 'm9999';
        }),
      'its cause m9999 is in no topic',
    ],
    [
      'a trace is missing',
      (h) =>
        at(h.transitions, 2, (t) => {
          t.traceId = '';
        }),
      'has no trace id',
    ],
    [
      'a trace is new',
      (h) =>
        at(h.transitions, 2, (t) => {
          t.traceId = 'tx';
        }),
      "trace tx is not the order's",
    ],
    [
      'an outbox row has no trace',
      (h) =>
        at(h.outbox, 6, (o) => {
          o.traceId = '';
        }),
      'has no trace id',
    ],
    [
      'the relay began a new trace',
      (h) =>
        at(h.topics, 6, (r) => {
          r.traceId = 'relay';
        }),
      '"relay" in the topic',
    ],
    [
      'the relay dropped the cause',
      (h) =>
        at(h.topics, 6, (r) => {
          r.causeId = '';
        }),
      'cause "m5" in the outbox, "" in the topic',
    ],
    [
      'a message has a cause that does not exist',
      (h) => {
        at(h.outbox, 6, (o) => {
          o.causeId = 'm9'.repeat(9);
        });
      },
      'does not exist',
    ],
    [
      'a message about one order was caused by another',
      (h) =>
        at(h.outbox, 6, (o) => {
          o.orderId = 'o9';
        }),
      'is about order o9, its cause m5 about o1',
    ],
  ])('is violated when %s', (_name, spoil, message) => {
    const run = oneOrder();
    spoil(run.harvest);
    const verdict = judge(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });

  it('is unknown when no saga was logged', () => {
    const run = oneOrder();
    run.harvest.transitions.length = 0;
    run.harvest.sagas.length = 0;
    expect(judge(run)).toMatchObject({ outcome: 'unknown', reason: 'no saga transition was logged' });
  });
});

describeInvariant(provenanceIsComplete, ['sagas', 'transitions', 'outbox', 'topics'], {
  'a transition is lost': ({ harvest }, pick) => remove(harvest.transitions, pick(harvest.transitions)),
  'a transition has no trace': ({ harvest }, pick) => {
    pick(harvest.transitions).traceId = '';
  },
  "a transition has another saga's cause": ({ harvest }, pick) => {
    pick(harvest.transitions.filter((transition) => transition.causeId !== '')).causeSagaId = 'another';
  },
  'a message lost its trace on the way': ({ harvest }, pick) => {
    pick(harvest.topics).traceId = '';
  },
  'a message was caused by another order': ({ harvest }, pick) => {
    pick(harvest.outbox.filter((row) => row.causeId !== '')).orderId = 'another';
  },
  'the end of a saga has no cause': ({ harvest }, pick) => {
    const isEnd = (from: string, to: string): boolean => from !== to && (to === 'COMPLETED' || to === 'COMPENSATED');
    const end = pick(harvest.transitions.filter(({ from, to }) => isEnd(from, to)));
    end.causeId = '';
    end.causeSagaId = '';
  },
  'the saga of an order began without a cause': ({ harvest }, pick) => {
    const ids = new Set(harvest.sagas.filter(({ type }) => type === 'order').map(({ id }) => id));
    const start = pick(harvest.transitions.filter(({ from, sagaId }) => from === '' && ids.has(sagaId)));
    start.causeId = '';
    start.causeSagaId = '';
  },
  'a reply answers nothing, in outbox and topic alike': ({ harvest }, pick) => {
    const { id } = pick(harvest.outbox.filter(({ topic }) => topic.endsWith('.replies')));
    for (const row of harvest.outbox) if (row.id === id) row.causeId = '';
    for (const record of harvest.topics) if (record.messageId === id) record.causeId = '';
  },
  'a saga went back to work after its end': ({ harvest }, pick) => {
    pick(harvest.sagas).state = 'RUNNING';
  },
});
