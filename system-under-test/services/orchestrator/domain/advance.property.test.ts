import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Reply } from '#sut/contract/messages.ts';
import { orderSaga } from '../definitions/order-saga.ts';
import { paymentSaga } from '../definitions/payment-saga.ts';
import { advance } from './advance.ts';
import { isTerminal, type SagaInput, type SagaState, type SagaTransition } from './saga.ts';
import type { SagaAction, SagaDefinition, SagaStep } from './saga-definition.ts';

const policy = { stepTimeoutMs: 100, maxAttempts: 3, maxRetryDelayMs: 400, maxAnswerMs: 1_200 };
const nameOf = ({ participant, action }: Pick<SagaAction, 'participant' | 'action'>): string =>
  `${participant}.${action}`;

/** A saga to be explored, told again here without the engine: which of its steps apply, and what undoes what. */
class Subject {
  readonly definition: SagaDefinition;
  readonly data: Readonly<Record<string, unknown>>;
  readonly steps: readonly SagaStep[];
  /** Names of actions by the name of their compensation. */
  readonly undoneBy: ReadonlyMap<string, string>;

  constructor(definition: SagaDefinition, data: Readonly<Record<string, unknown>>, skipped: readonly string[] = []) {
    this.definition = definition;
    this.data = data;
    this.steps = definition.steps.filter((step) => !skipped.includes(step.id));
    this.undoneBy = new Map(
      this.steps.flatMap((step) => (step.compensation ? [[nameOf(step.compensation), nameOf(step)]] : [])),
    );
  }

  get refusable(): readonly string[] {
    return this.steps.filter((step) => step.kind !== 'retriable').map(nameOf);
  }

  get pivot(): string {
    return this.steps.filter((step) => step.kind === 'pivot').map(nameOf)[0] ?? '';
  }
}

/** Participants that keep their promises: idempotent by saga and action, and a compensation forbids a late action. */
class Participants {
  readonly effects = new Map<string, 'done' | 'rejected' | 'undone'>();
  readonly keys = new Map<string, Set<string>>();
  readonly #refused: ReadonlySet<string>;
  readonly #undoneBy: ReadonlyMap<string, string>;
  #grudges: number;
  constructor(undoneBy: ReadonlyMap<string, string>, refused: readonly string[], grudges: number) {
    this.#undoneBy = undoneBy;
    this.#refused = new Set(refused);
    this.#grudges = grudges;
  }

  handle(command: Command): Reply {
    const name = `${command.participant}.${command.action}`;
    const keys = this.keys.get(`${command.step}:${command.action}`) ?? new Set();
    this.keys.set(`${command.step}:${command.action}`, keys.add(command.idempotency_key));
    const { data: _data, idempotency_key: _key, ...identity } = command;
    return { ...identity, outcome: this.#outcome(name) };
  }

  #outcome(name: string): 'done' | 'rejected' {
    const target = this.#undoneBy.get(name);
    if (target !== undefined) {
      // Refusing to compensate is against the contract, but must only delay the end.
      if (this.#grudges-- > 0) return 'rejected';
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
  readonly subject: Subject;
  readonly participants: Participants;

  constructor(subject: Subject, participants: Participants) {
    this.subject = subject;
    this.participants = participants;
    const start: SagaInput = { kind: 'start', sagaId: 's1', orderId: 'o1', data: subject.data };
    const decision = advance({ definition: subject.definition, policy, nowMs: 0 }, undefined, start);
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
    const decision = advance({ definition: this.subject.definition, policy, nowMs: this.nowMs }, this.state, input);
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

function explore(subject: Subject, check: (world: World) => void): void {
  fc.assert(
    fc.property(
      fc.subarray([...subject.refusable], { maxLength: 2 }),
      fc.nat(3),
      fc.array(moveArbitrary, { maxLength: 60 }),
      (refused, grudges, moves) => {
        const world = new World(subject, new Participants(subject.undoneBy, refused, grudges));
        for (const move of moves) world.play(move);
        world.settle();
        check(world);
      },
    ),
    { numRuns: 250 },
  );
}

const order = { items: [], user_id: 'u1', amount_minor: 500, currency: 'USD', card: 'card-ok', earned_points: 5 };

describe.each([
  ['an order', new Subject(orderSaga, { ...order, redeem_points: 0 }, ['redeem-points'])],
  ['an order with points', new Subject(orderSaga, { ...order, redeem_points: 250 })],
  ['a payment', new Subject(paymentSaga, { user_id: 'u1', amount_minor: 500, currency: 'USD', card: 'card-ok' })],
])('the saga of %s', (_name, subject) => {
  it('ends, and leaves all effects or none, whatever the network does', () => {
    explore(subject, ({ state, participants }) => {
      expect(isTerminal(state.status)).toBe(true);
      const effectOf = (action: SagaAction): string | undefined => participants.effects.get(nameOf(action));
      const hasCompleted = state.status === 'COMPLETED';
      for (const step of subject.steps) {
        if (hasCompleted) expect(effectOf(step)).toBe('done');
        else expect(effectOf(step)).not.toBe('done');
      }
      for (const action of subject.definition.closing) {
        expect(effectOf(action)).toBe(hasCompleted ? undefined : 'done');
      }
      const known = new Set([...subject.steps, ...subject.definition.closing].map(nameOf));
      for (const name of participants.effects.keys()) expect(known).toContain(name);
    });
  });

  it('logs every transition without a gap, each one legal and joined to the one before', () => {
    explore(subject, ({ transitions, state }) => {
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
    explore(subject, ({ transitions, commandsSent, participants, state }) => {
      const { undoneBy, definition } = subject;
      const undoing = commandsSent.filter(
        (c) => undoneBy.has(nameOf(c)) || definition.closing.some((a) => nameOf(a) === nameOf(c)),
      );
      const turn = transitions.find((t) => t.from === 'RUNNING' && t.to === 'COMPENSATING');
      if (turn === undefined) {
        expect(undoing).toEqual([]);
        return;
      }
      expect(state.status).toBe('COMPENSATED');
      expect(participants.effects.get(subject.pivot)).not.toBe('done');
      const sent = new Set(commandsSent.map(nameOf));
      const started = subject.steps.filter(
        (step) => sent.has(nameOf(step)) && !turn.reason.startsWith(`${step.id} rejected`),
      );
      const expected = [
        ...started.flatMap((step) => (step.compensation ? [`${step.id}:${nameOf(step.compensation)}`] : [])).reverse(),
        ...definition.closing.map((action) => `${action.step}:${nameOf(action)}`),
      ];
      expect([...new Set(undoing.map((c) => `${c.step}:${nameOf(c)}`))]).toEqual(expected);
    });
  });

  it('asks for the same work under the same key, and counts its attempts 1, 2, 3', () => {
    explore(subject, ({ commandsSent, participants }) => {
      for (const keys of participants.keys.values()) expect(keys.size).toBe(1);
      const groups = Map.groupBy(commandsSent, (c) => c.idempotency_key);
      for (const [key, commands] of groups) {
        expect(commands.map((c) => c.attempt)).toEqual(commands.map((_, index) => index + 1));
        expect(new Set(commands.map((c) => `${c.saga_id}:${c.step}:${c.action}`))).toEqual(new Set([key]));
      }
    });
  });
});
