import { commandsTopic, eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { decodeCommittedOffset } from './kafka-log/committed-offset.ts';
import { followTopics } from './kafka-log/follow-topics.ts';
import type { PlacedRecord } from './kafka-log/read-log.ts';
import { StepPointDetector, type StepPointReached } from './step-point-detector.ts';

const OFFSETS_TOPIC = '__consumer_offsets';
const WATCHED_TOPICS = [
  ...PARTICIPANTS.flatMap((p) => [commandsTopic(p), eventsTopic(p), repliesTopic(p)]),
  OFFSETS_TOPIC,
];

export interface WatchOptions {
  /** Real ports of all brokers. */
  readonly brokerPorts: readonly number[];
  readonly onReached: (reached: StepPointReached) => void;
  readonly signal: AbortSignal;
}

/**
 * Watches the topics from their present end on and reports every point of a saga step, within milliseconds of its being
 * written, committed or not. Resolves and rejects as `followTopics`.
 */
export function watchStepPoints({ brokerPorts, onReached, signal }: WatchOptions): Promise<{ done: Promise<void> }> {
  const detector = new StepPointDetector();
  const onRecord = (record: PlacedRecord): void => {
    const reached = record.topic === OFFSETS_TOPIC ? onCommit(detector, record) : detector.onRecord(record);
    for (const one of reached) onReached(one);
  };
  return followTopics({ brokerPorts, topics: WATCHED_TOPICS, isolation: 'read_uncommitted', onRecord, signal });
}

function onCommit(
  detector: StepPointDetector,
  record: Parameters<typeof decodeCommittedOffset>[0],
): readonly StepPointReached[] {
  const commit = decodeCommittedOffset(record);
  return commit === undefined ? [] : detector.onCommit(commit);
}
