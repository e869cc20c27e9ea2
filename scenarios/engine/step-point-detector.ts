import { z } from 'zod';
import { HEADERS } from '#sut/contract/messages.ts';
import { commandsTopic, eventsTopic, PARTICIPANTS, type Participant, repliesTopic } from '#sut/contract/topics.ts';
import type { SagaPoint } from '../model/fault-schedule.ts';
import type { CommittedOffset } from './kafka-log/committed-offset.ts';
import type { PlacedRecord } from './kafka-log/read-log.ts';

/** A saga reached a point of one of its steps. */
export interface StepPointReached extends SagaPoint {
  readonly sagaId: string;
}

type Command = Omit<StepPointReached, 'point'>;

/** What commands and replies have in common and this needs; a message without it is not one of a step. */
const stepMessageSchema = z.object({ saga_id: z.string(), action: z.string() });

interface TopicRole {
  readonly participant: Participant;
  readonly role: 'command' | 'event' | 'reply';
}

const TOPIC_ROLES: ReadonlyMap<string, TopicRole> = new Map(
  PARTICIPANTS.flatMap((participant): [string, TopicRole][] => [
    [commandsTopic(participant), { participant, role: 'command' }],
    [eventsTopic(participant), { participant, role: 'event' }],
    [repliesTopic(participant), { participant, role: 'reply' }],
  ]),
);

/**
 * Recognises the points of saga steps in what the topics show, fed record by record: a command that was sent, its consumer's
 * offset passing it, the domain event that it caused, its reply. No I/O and no clock.
 */
export class StepPointDetector {
  readonly #commands = new Map<string, Command>();
  /** Commands by topic and partition whose consumption was not seen yet. */
  readonly #unconsumed = new Map<string, { readonly offset: number; readonly command: Command }[]>();

  /** The points that a record shows to be reached. */
  onRecord(record: PlacedRecord): readonly StepPointReached[] {
    const role = TOPIC_ROLES.get(record.topic);
    if (role === undefined) return [];
    if (role.role === 'event') {
      const cause = this.#commands.get(record.headers[HEADERS.causeId] ?? '');
      return cause?.participant === role.participant ? [{ ...cause, point: 'effect-committed' }] : [];
    }
    const message = stepMessageSchema.safeParse(parseJson(record.value));
    if (!message.success) return [];
    const command = { participant: role.participant, action: message.data.action, sagaId: message.data.saga_id };
    if (role.role === 'reply') return [{ ...command, point: 'reply-published' }];
    this.#commands.set(record.headers[HEADERS.messageId] ?? '', command);
    const place = `${record.topic}/${record.partition}`;
    this.#unconsumed.set(place, [...(this.#unconsumed.get(place) ?? []), { offset: record.offset, command }]);
    return [{ ...command, point: 'command-sent' }];
  }

  /** The points that a group's commit shows to be reached: every command before its offset is consumed. */
  onCommit({ group, topic, partition, offset }: CommittedOffset): readonly StepPointReached[] {
    const role = TOPIC_ROLES.get(topic);
    if (role?.role !== 'command' || group !== role.participant) return [];
    const place = `${topic}/${partition}`;
    const waiting = this.#unconsumed.get(place) ?? [];
    this.#unconsumed.set(
      place,
      waiting.filter((one) => one.offset >= offset),
    );
    return waiting
      .filter((one) => one.offset < offset)
      .map(({ command }) => ({ ...command, point: 'command-consumed' }));
  }
}

function parseJson(value: Buffer | undefined): unknown {
  try {
    return value === undefined ? undefined : JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
