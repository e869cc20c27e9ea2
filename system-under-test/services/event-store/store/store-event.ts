import pg from 'pg';
import { UnreadableMessageError } from '#sut/platform/kafka/subscription.ts';
import type { IncomingMessage, UnitOfWork } from '#sut/platform/store.ts';

const UNIQUE_VIOLATION = '23505';
/** Class of errors that are about a value, e.g. a NUL in a text, which jsonb cannot hold. */
const DATA_EXCEPTION = '22';

/**
 * Appends the event, in the transaction of its inbox row. An event that contradicts the history (another message is
 * at its place already), or that cannot be part of one, is a dead letter: dropping it silently would leave a trail
 * that looks complete.
 */
export async function storeEvent({ tx }: UnitOfWork<pg.PoolClient>, message: IncomingMessage): Promise<string> {
  const { id, topic, aggregateId, version, type, payload, record } = message;
  if (version < 1) throw new UnreadableMessageError(`${topic} ${type} ${id}: no version, so no place in the history`);
  try {
    await tx.query(
      `insert into stored_events (message_id, topic, partition, "offset", aggregate_id, version, type, data, headers)
       values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb)`,
      [
        id,
        topic,
        record.partition,
        record.offset,
        aggregateId,
        version,
        type,
        JSON.stringify(payload),
        JSON.stringify(record.headers),
      ],
    );
  } catch (error) {
    throw permanent(error, message) ?? error;
  }
  return 'stored';
}

/** The error as one that no second try can mend; `undefined` when it may pass. */
function permanent(error: unknown, message: IncomingMessage): UnreadableMessageError | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  const { id, topic, aggregateId, version } = message;
  const place = `${topic} ${aggregateId}:${version}`;
  if (error.code === UNIQUE_VIOLATION) {
    const rule = error.constraint === 'one_event_per_version' ? 'another message is at this place' : error.message;
    return new UnreadableMessageError(`${place} contradicts the history (message ${id}): ${rule}`, { cause: error });
  }
  if (error.code?.startsWith(DATA_EXCEPTION)) {
    return new UnreadableMessageError(`${place} cannot be stored (message ${id}): ${error.message}`, { cause: error });
  }
  return undefined;
}
