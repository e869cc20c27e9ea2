import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Command, Reply } from '#sut/contract/messages.ts';
import { orderSaga } from '../definitions/order-saga.ts';
import { advance } from './advance.ts';
import { isTerminal, type SagaInput, type SagaState, type SagaTransition } from './saga.ts';

const policy = { stepTimeoutMs: 100, maxAttempts: 3, maxRetryDelayMs: 400 };
const start: SagaInput = { kind: 'start', sagaId: 's1', orderId: 'o1', data: { items: [], card: 'card-ok' } };
const UNDONE_BY: Readonly<Record<string, string>> = { 'inventory.cancel': 'reserve', 'payment.refund': 'charge' };

/** Participants that keep their promises: idempotent by saga and action, and a compensation forbids a late action. */
class Participants {
  readonly effects = new Map<string, 'done' | 'rejected' | 'undone'>();
  readonly keys = new Map<string, Set<string>>();
  readonly #refused: ReadonlySet<string>;
  #grudges: number;
  constructor(refused: readonly string[], grudges: number) {
    this.#refused = new Set(refused);
    this.#grudges = grudges;
  }

  handle(command: Command): Reply {
    const name = `${command.participant}.${command.action}`;
    const keys = this.keys.get(`${command.step}:${command.action}`) ?? new Set();
    this.keys.set(`${command.step}:${command.action}`, keys.add(command.idempotency_key));
    const { data: _data, idempotency_key: _key, ...identity } = command;
    return { ...identity, outcome: this.#outcome(name, command) };
  }

  #outcome(name: string, command: Command): 'done' | 'rejected' {
    const undone = UNDONE_BY[name];
    if (undone !== undefined) {
      // Refusing to compensate is against the contract, but must only delay the end.
      if (this.#grudges-- > 0) return 'rejected';
      const target = `${command.participant}.${undone}`;
      if (this.effects.get(target) !== 'rejected') this.effects.set(target, 'undone');
      return 'done';
    }
    const known = this.effects.get(name);
    if (known !== undefined) return known === 'done' ? 'done' : 'rejected';
    const outcome = this.#refused.has(name) ? 'rejected' : 'done';
    this.effects.set(name, outcome);
    return outcome;
  }
}

type Move =
  | { readonly kind: 'command' | 'reply'; readonly index: number; readonly fate: 'take' | 'repeat' | 'lose' }
  | { readonly kind: 'timeout' | 'cancel' | 'restart' | 'early-timer' };

const moveArbitrary: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('command' as const, 'reply' as const),
      index: fc.nat(20),
      fate: fc.constantFrom('take' as const, 'take' as const, 'repeat' as const, 'lose' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'timeout' as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { kind: 'cancel' as const },
      { kind: 'restart' as const },
      { kind: 'early-timer' as const },
    ),
  },
);

/** A saga, its participants and a network that reorders, repeats and loses. */
class World {
  state: SagaState;
  nowMs = 0;
  readonly commandsSent: Command[] = [];
  readonly transitions: SagaTransition[] = [];
  readonly #commands: Command[] = [];
  readonly #replies: Reply[] = [];
  readonly participants: Participants;

  constructor(participants: Participants) {
    this.participants = participants;
    const decision = advance({ definition: orderSaga, policy, nowMs: 0 }, undefined, start);
    if (decision === undefined) throw new Error('the saga did not start');
    this.state = decision.state;
    this.transitions.push(...decision.transitions);
    this.#send(decision.commands);
  }

  play(move: Move): void {
    switch (move.kind) {
      case 'command': {
        const command = this.#pick(this.#commands, move);
        if (command !== undefined) this.#replies.push(this.participants.handle(command));
        return;
      }
      case 'reply': {
        const reply = this.#pick(this.#replies, move);
        if (reply !== undefined) this.#input({ kind: 'reply', ...reply });
        return;
      }
      case 'timeout':
        this.nowMs = Math.max(this.nowMs, this.state.deadlineMs ?? this.nowMs);
        this.#input({ kind: 'timeout' });
        return;
      case 'early-timer':
        this.#input({ kind: 'timeout' });
        return;
      case 'cancel':
        this.#input({ kind: 'cancel-request', reason: 'property' });
        return;
      case 'restart':
        this.state = { deadlineMs: undefined, ...JSON.parse(JSON.stringify(this.state)) };
    }
  }

  /** From here on everything arrives; the saga must end within a bounded number of rounds. */
  settle(): void {
    for (let round = 0; round < 60 && !isTerminal(this.state.status); round++) {
      this.drain();
      if (!isTerminal(this.state.status)) this.play({ kind: 'timeout' });
    }
    this.drain();
  }

  drain(): void {
    while (this.#commands.length + this.#replies.length > 0) {
      this.play({ kind: 'command', index: 0, fate: 'take' });
      this.play({ kind: 'reply', index: 0, fate: 'take' });
    }
  }

  #pick<T>(queue: T[], move: { readonly index: number; readonly fate: 'take' | 'repeat' | 'lose' }): T | undefined {
    if (queue.length === 0) return undefined;
    const index = move.index % queue.length;
    const message = queue[index];
    if (move.fate !== 'repeat') queue.splice(index, 1);
    return move.fate === 'lose' ? undefined : message;
  }

  #send(commands: readonly Command[]): void {
    this.commandsSent.push(...commands);
    this.#commands.push(...commands);
  }

  #input(input: SagaInput): void {
    const decision = advance({ definition: orderSaga, policy, nowMs: this.nowMs }, this.state, input);
    if (decision === undefined) return;
    this.state = decision.state;
    this.transitions.push(...decision.transitions);
    this.#send(decision.commands);
  }
}

const LEGAL = new Set([
  '>RUNNING',
  'RUNNING>RUNNING',
  'RUNNING>COMPENSATING',
  'RUNNING>COMPLETED',
  'COMPENSATING>COMPENSATING',
  'COMPENSATING>COMPENSATED',
  'COMPLETED>COMPLETED',
  'COMPENSATED>COMPENSATED',
]);

const REFUSABLE = ['inventory.reserve', 'payment.charge', 'inventory.confirm'];

function explore(check: (world: World) => void): void {
  fc.assert(
    fc.property(
      fc.subarray(REFUSABLE, { maxLength: 2 }),
      fc.nat(3),
      fc.array(moveArbitrary, { maxLength: 60 }),
      (refused, grudges, moves) => {
        const world = new World(new Participants(refused, grudges));
        for (const move of moves) world.play(move);
        world.settle();
        check(world);
      },
    ),
    { numRuns: 250 },
  );
}

it('ends, and leaves all effects or none, whatever the network does', () => {
  explore(({ state, participants }) => {
    expect(isTerminal(state.status)).toBe(true);
    const effectOf = (name: string): string | undefined => participants.effects.get(name);
    const hasCompleted = state.status === 'COMPLETED';
    for (const name of [
      'inventory.reserve',
      'payment.charge',
      'inventory.confirm',
      'order.confirm',
      'notification.send-confirmation',
    ]) {
      if (hasCompleted) expect(effectOf(name)).toBe('done');
      else expect(effectOf(name)).not.toBe('done');
    }
    for (const name of ['order.cancel', 'notification.send-cancellation']) {
      expect(effectOf(name)).toBe(hasCompleted ? undefined : 'done');
    }
  });
});

it('logs every transition without a gap, each one legal and joined to the one before', () => {
  explore(({ transitions, state }) => {
    expect(transitions.map((t) => t.seq)).toEqual(transitions.map((_, index) => index + 1));
    expect(state.seq).toBe(transitions.length);
    let previous = '';
    for (const { from, to } of transitions) {
      expect(LEGAL).toContain(`${from}>${to}`);
      expect(from).toBe(previous);
      previous = to;
    }
    expect(previous).toBe(state.status);
  });
});

it('compensates in reverse, the step in flight included, and never after the pivot was accepted', () => {
  explore(({ transitions, commandsSent, participants, state }) => {
    const first = (action: string): number => commandsSent.findIndex((c) => c.action === action);
    const turn = transitions.find((t) => t.from === 'RUNNING' && t.to === 'COMPENSATING');
    if (turn === undefined) {
      expect(commandsSent.some((c) => c.action === 'refund' || c.action === 'cancel')).toBe(false);
      return;
    }
    expect(state.status).toBe('COMPENSATED');
    expect(participants.effects.get('inventory.confirm')).not.toBe('done');
    const isRefused = (step: string): boolean => turn.reason.startsWith(`${step} rejected`);
    const expected = [
      ...(first('charge') >= 0 && !isRefused('charge') ? ['charge:refund'] : []),
      ...(isRefused('reserve') ? [] : ['reserve:cancel']),
      'confirm-order:cancel',
      'notify:send-cancellation',
    ];
    const undoing = commandsSent.filter((c) => ['refund', 'cancel', 'send-cancellation'].includes(c.action));
    expect([...new Set(undoing.map((c) => `${c.step}:${c.action}`))]).toEqual(expected);
  });
});

it('asks for the same work under the same key, and counts its attempts 1, 2, 3', () => {
  explore(({ commandsSent, participants }) => {
    for (const keys of participants.keys.values()) expect(keys.size).toBe(1);
    const groups = Map.groupBy(commandsSent, (c) => c.idempotency_key);
    for (const [key, commands] of groups) {
      expect(commands.map((c) => c.attempt)).toEqual(commands.map((_, index) => index + 1));
      expect(new Set(commands.map((c) => `${c.saga_id}:${c.step}:${c.action}`))).toEqual(new Set([key]));
    }
  });
});
