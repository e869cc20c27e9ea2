import type { Command } from '#sut/contract/messages.ts';
import type { AnswerTimes } from './answer-times.ts';
import { retryDelayMs } from './retry-delay.ts';
import { type Decision, isTerminal, SAGA_EVENTS, type SagaInput, type SagaState, type SagaStatus } from './saga.ts';
import type { RetryPolicy, SagaAction, SagaDefinition, SagaStep } from './saga-definition.ts';

interface Context {
  readonly definition: SagaDefinition;
  readonly policy: RetryPolicy;
  /** What participants were seen to take; absent: nothing was seen yet. */
  readonly answerTimes?: Pick<AnswerTimes, 'timeoutMs'>;
  readonly nowMs: number;
}

/**
 * The saga engine: what a saga does when something happens to it. Pure; `nowMs` must come from one clock for all
 * callers (the database's), because deadlines are compared with it.
 * Undefined means that nothing is to be written: a timer that no longer applies, or an input for a saga that never started.
 */
export function advance(context: Context, state: SagaState | undefined, input: SagaInput): Decision | undefined {
  if (state === undefined) return input.kind === 'start' ? start(context, input) : undefined;
  switch (input.kind) {
    case 'start':
      return stay(state, 'start repeated: ignored');
    case 'reply':
      return onReply(context, state, input);
    case 'timeout':
      return onTimeout(context, state);
    case 'cancel-request':
      return onCancelRequest(context, state, input.reason);
  }
}

function start(context: Context, input: Extract<SagaInput, { kind: 'start' }>): Decision {
  const [first] = stepsOf(context.definition, input.data);
  if (first === undefined)
    throw new Error(`saga ${context.definition.id} has no step for ${JSON.stringify(input.data)}`);
  const state: SagaState = {
    id: input.sagaId,
    type: context.definition.id,
    orderId: input.orderId,
    status: 'RUNNING',
    step: first.id,
    attempt: 1,
    pending: [],
    data: input.data,
    failure: '',
    askedAtMs: context.nowMs,
    deadlineMs: undefined,
    seq: 0,
  };
  return ask(context, state, '', 'started');
}

function onReply(context: Context, state: SagaState, reply: Extract<SagaInput, { kind: 'reply' }>): Decision {
  const answer = `${reply.participant}.${reply.action} of step ${reply.step} ${reply.outcome}, attempt ${reply.attempt}`;
  const awaited = awaitedAction(context.definition, state);
  const isAwaited = !isTerminal(state.status) && reply.step === state.step && reply.action === awaited.action;
  if (!isAwaited) return stay(state, `late reply ignored: ${answer}`);
  const decision = onAwaitedReply(context, state, reply, answer);
  const tookMs = context.nowMs - state.askedAtMs;
  return reply.attempt === 1 ? { ...decision, answered: { participant: awaited.participant, tookMs } } : decision;
}

function onAwaitedReply(
  context: Context,
  state: SagaState,
  reply: Extract<SagaInput, { kind: 'reply' }>,
  answer: string,
): Decision {
  if (reply.outcome === 'done')
    return state.status === 'RUNNING' ? goForward(context, state) : undoNext(context, state);

  const why = reply.reason ?? 'no reason given';
  const step = stepOf(context.definition, state.step);
  if (state.status === 'RUNNING' && step.kind !== 'retriable') {
    // A rejected step left no effect, so it needs no compensation of its own.
    return compensate(context, state, `${state.step} rejected: ${why}`, { includeCurrent: false });
  }
  // There is no other way to go: the deadline repeats the work until it is accepted.
  const deadlineMs = context.nowMs + retryDelayMs(context.policy, state.attempt);
  return stay({ ...state, deadlineMs }, `${answer} (${why}): will be repeated`);
}

function onTimeout(context: Context, state: SagaState): Decision | undefined {
  if (state.deadlineMs === undefined || state.deadlineMs > context.nowMs) return undefined;
  const isCounted = state.status === 'RUNNING' && stepOf(context.definition, state.step).kind === 'compensatable';
  if (isCounted && state.attempt >= context.policy.maxAttempts) {
    return compensate(context, state, `${state.step} timed out ${state.attempt} times`, { includeCurrent: true });
  }
  const reason = `${state.step} timed out: repeated`;
  return ask(context, { ...state, attempt: state.attempt + 1 }, state.status, reason);
}

function onCancelRequest(context: Context, state: SagaState, reason: string): Decision {
  if (state.status !== 'RUNNING') return stay(state, `cancel request ignored: saga is ${state.status}`);
  if (stepOf(context.definition, state.step).kind !== 'compensatable') {
    return stay(state, `cancel request ignored: ${state.step} cannot be called off any more`);
  }
  return compensate(context, state, `cancel requested: ${reason}`, { includeCurrent: true });
}

function goForward(context: Context, state: SagaState): Decision {
  const steps = stepsOf(context.definition, state.data);
  const next = steps[steps.findIndex((step) => step.id === state.step) + 1];
  if (next === undefined) return end(state, 'COMPLETED', `${state.step} done`);
  return ask(context, { ...state, step: next.id, attempt: 1 }, state.status, `${state.step} done`);
}

/** Turns round: undoes what was started in reverse order, the step in flight included, then closes. */
function compensate(context: Context, state: SagaState, failure: string, scope: { includeCurrent: boolean }): Decision {
  const { closing } = context.definition;
  const steps = stepsOf(context.definition, state.data);
  const current = steps.findIndex((step) => step.id === state.step);
  const started = steps.slice(0, scope.includeCurrent ? current + 1 : current);
  const undone = started.filter((step) => step.compensation !== undefined).reverse();
  const pending = [...undone.map((step) => step.id), ...closing.map((action) => action.step)];
  const turned: SagaState = { ...state, status: 'COMPENSATING', failure, pending };
  const [first] = pending;
  if (first === undefined) return end(turned, 'COMPENSATED', failure, state.status);
  return ask(context, { ...turned, step: first, attempt: 1 }, state.status, failure);
}

function undoNext(context: Context, state: SagaState): Decision {
  const pending = state.pending.slice(1);
  const [next] = pending;
  const reason = `${state.step} undone`;
  if (next === undefined) return end({ ...state, pending }, 'COMPENSATED', reason);
  return ask(context, { ...state, pending, step: next, attempt: 1 }, state.status, reason);
}

/** Sends the command of the state's step and sets the deadline of its answer. */
function ask(context: Context, state: SagaState, from: SagaStatus | '', reason: string): Decision {
  const command = commandFor(state, awaitedAction(context.definition, state));
  const askedAtMs = state.attempt === 1 ? context.nowMs : state.askedAtMs;
  return record({ ...state, askedAtMs, deadlineMs: overdueAtMs(context, state) }, from, reason, [command]);
}

/** When the answer to the state's attempt, asked for now, is overdue. */
function overdueAtMs({ definition, policy, answerTimes, nowMs }: Context, state: SagaState): number {
  const { participant } = awaitedAction(definition, state);
  return nowMs + retryDelayMs(policy, state.attempt, answerTimes?.timeoutMs(participant));
}

function end(state: SagaState, status: SagaStatus, reason: string, from: SagaStatus = state.status): Decision {
  return record({ ...state, status, deadlineMs: undefined }, from, reason, []);
}

const stay = (state: SagaState, reason: string): Decision => record(state, state.status, reason, []);

function record(state: SagaState, from: SagaStatus | '', reason: string, commands: readonly Command[]): Decision {
  const { status: to, step, attempt } = state;
  const seq = state.seq + 1;
  return {
    state: { ...state, seq },
    commands,
    events: from === to ? [] : [SAGA_EVENTS[to]],
    transitions: [{ seq, from, to, step, reason, attempt }],
  };
}

function commandFor(state: SagaState, action: SagaAction): Command {
  const data = Object.fromEntries(action.fields.map((field) => [field, state.data[field]]));
  return {
    saga_id: state.id,
    order_id: state.orderId,
    step: state.step,
    participant: action.participant,
    action: action.action,
    attempt: state.attempt,
    // The attempt is no part of the key: every attempt asks for the same work.
    idempotency_key: `${state.id}:${state.step}:${action.action}`,
    data: state.status === 'COMPENSATING' ? { ...data, reason: state.failure } : data,
  };
}

function awaitedAction(definition: SagaDefinition, state: SagaState): SagaAction {
  if (state.pending.length === 0) return stepOf(definition, state.step);
  const closing = definition.closing.find((action) => action.step === state.step);
  const action = stepOf(definition, state.step).compensation ?? closing;
  if (action === undefined) throw new Error(`saga ${definition.id}: step '${state.step}' has no compensation`);
  return action;
}

/** The steps that this saga consists of, in order: those whose condition holds for its data. */
function stepsOf(definition: SagaDefinition, data: SagaState['data']): readonly SagaStep[] {
  return definition.steps.filter(({ when }) => {
    const value = when && data[when.field];
    return when === undefined || (typeof value === 'number' && value > when.above);
  });
}

function stepOf(definition: SagaDefinition, id: string): SagaStep {
  const step = definition.steps.find((candidate) => candidate.id === id);
  if (step === undefined)
    throw new Error(`saga ${definition.id} has no step '${id}'; was it renamed while sagas were under way?`);
  return step;
}
