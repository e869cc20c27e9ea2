import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, SagaRow, TransitionRow } from '../model/harvest.ts';
import { groupBy, sagasById } from '../model/harvest-index.ts';
import { inOrder } from '../model/in-order.ts';
import { messageTable } from '../model/message-table.ts';
import { isEnded } from '../model/subject.ts';

/** From the state in front of the arrow a saga may go to these; the empty state is before its start. */
const LEGAL: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['', new Set(['RUNNING'])],
  ['RUNNING', new Set(['RUNNING', 'COMPENSATING', 'COMPLETED'])],
  ['COMPENSATING', new Set(['COMPENSATING', 'COMPENSATED'])],
  // What comes late is logged and changes nothing.
  ['COMPLETED', new Set(['COMPLETED'])],
  ['COMPENSATED', new Set(['COMPENSATED'])],
]);

const CANCEL_REQUEST = '.cancel-requested';

/**
 * Each saga's log tells its whole life: transitions 1, 2, 3 …, each from where the one before ended, legal, not earlier, the last one in
 * the saga's present state; each caused by a committed message of the same saga, or by a timer, which neither starts the saga of an order nor
 * ends one; under one trace per order (a client's request to cancel brings a second one). Every outbox row has a trace, the same as
 * its record, and a cause of the same order, so that a cause mixed up between two orders shows; a reply always has one. Unknown when
 * no saga was logged.
 */
export const provenanceIsComplete = defineInvariant({
  name: 'provenance-is-complete',
  summary: 'each saga transition is logged, legal, in order, and names its cause and trace',
  needs: ['sagas', 'transitions', 'outbox', 'topics'],
  check(_history, harvest) {
    const findings = new Findings();
    const logs = groupBy(harvest.transitions, (transition) => transition.sagaId);
    for (const saga of sagasById(harvest).values()) {
      const log = logs.get(saga.id);
      if (log === undefined)
        findings.violate('has no transition', { entity: `saga ${saga.id}`, hop: 'saga -> transition log' });
      else
        checkSaga(
          harvest,
          saga,
          inOrder(log, (transition) => transition.seq),
          findings,
        );
    }
    for (const sagaId of logs.keys()) {
      if (sagasById(harvest).has(sagaId)) continue;
      findings.violate('has transitions but does not exist', {
        entity: `saga ${sagaId}`,
        hop: 'saga -> transition log',
      });
    }
    checkMessages(harvest, findings);
    const counts = {
      sagas: harvest.sagas.length,
      transitions: harvest.transitions.length,
      messages: harvest.outbox.length,
    };
    return findings.verdict(counts, harvest.transitions.length, 'no saga transition was logged');
  },
});

function checkSaga(harvest: Harvest, saga: SagaRow, log: readonly TransitionRow[], findings: Findings): void {
  const traces = new Set<string>();
  let seq = 0;
  let state = '';
  let atMs = Number.NEGATIVE_INFINITY;
  for (const transition of log) {
    const violate = (message: string, hop = 'saga -> transition log'): void =>
      findings.violate(`transition ${transition.seq}: ${message}`, { entity: `saga ${saga.id}`, hop });
    if (transition.seq !== seq + 1) violate(`follows number ${seq}`);
    if (transition.from !== state) violate(`begins in "${transition.from}", the one before ended in "${state}"`);
    if (LEGAL.get(transition.from)?.has(transition.to) !== true) {
      violate(`"${transition.from}" to "${transition.to}" is not legal`);
    }
    if (transition.atMs < atMs) violate(`is ${atMs - transition.atMs} ms before the one before it`);
    checkCause(harvest, saga, transition, violate);
    if (transition.traceId === '') violate('has no trace id', 'message -> saga');
    else if (!traces.has(transition.traceId)) {
      const mayBegin = traces.size === 0 || isCancelRequest(harvest, transition);
      if (!mayBegin) violate(`trace ${transition.traceId} is not the order's`, 'message -> saga');
      else traces.add(transition.traceId);
    }
    ({ seq, to: state, atMs } = transition);
  }
  if (state !== saga.state) {
    findings.violate(`is ${saga.state}, its last transition ended in "${state}"`, {
      entity: `saga ${saga.id}`,
      hop: 'saga -> transition log',
    });
  }
}

function checkCause(
  harvest: Harvest,
  { type }: SagaRow,
  { from, to, causeId, causeSagaId, sagaId }: TransitionRow,
  violate: (message: string, hop: string) => void,
): void {
  if (causeId === '') {
    const isStart = from === '' && type === 'order';
    const isEnd = from !== to && isEnded({ state: to });
    if (isStart || isEnd) violate('names no cause', 'topic -> saga');
    return;
  }
  if (messageTable(harvest).recordById(causeId) === undefined)
    violate(`its cause ${causeId} is in no topic`, 'topic -> saga');
  if (causeSagaId !== sagaId) violate(`its cause ${causeId} belongs to saga "${causeSagaId}"`, 'topic -> saga');
}

function isCancelRequest(harvest: Harvest, transition: TransitionRow): boolean {
  return messageTable(harvest).recordById(transition.causeId)?.type.endsWith(CANCEL_REQUEST) === true;
}

function checkMessages(harvest: Harvest, findings: Findings): void {
  const messages = messageTable(harvest);
  harvest.outbox.forEach((row, n) => {
    const violate = (message: string, hop: string): void =>
      findings.violate(message, {
        entity: `message ${row.id} (${row.service}, ${row.type})`,
        hop: `${row.service}: ${hop}`,
      });
    const record = messages.record(n);
    if (row.traceId === '') violate('has no trace id', 'handler -> outbox');
    if (record !== undefined && record.traceId !== row.traceId) {
      violate(`trace "${row.traceId}" in the outbox, "${record.traceId}" in the topic`, 'outbox -> topic');
    }
    if (record !== undefined && record.causeId !== row.causeId) {
      violate(`cause "${row.causeId}" in the outbox, "${record.causeId}" in the topic`, 'outbox -> topic');
    }
    if (row.causeId === '') {
      if (row.topic.endsWith('.replies')) violate('answers nothing: it names no cause', 'handler -> outbox');
      return;
    }
    const causeNumber = messages.causeOf(n);
    const cause = messages.row(causeNumber);
    if (causeNumber < 0) violate(`its cause ${row.causeId} does not exist`, 'handler -> outbox');
    else if (cause !== undefined && cause.orderId !== row.orderId && cause.orderId !== '' && row.orderId !== '') {
      violate(`is about order ${row.orderId}, its cause ${cause.id} about ${cause.orderId}`, 'handler -> outbox');
    }
  });
}
