import type { KafkaInstallation } from '../components/installation.ts';

/**
 * Flags that also decide whether an AppCDS archive may be used (garbage collector, class path), so they are the
 * same when the archive is made. C1 alone and the serial collector start fastest on a small machine.
 */
const JVM_FLAGS = ['-Xms64m', '-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData'];

/** Arguments of `java` for a class of Kafka. `archive`: use it when it is valid, or make it at exit. */
export function kafkaJavaArguments(
  installation: Pick<KafkaInstallation, 'sharedArchive' | 'classPath'>,
  archive: 'use' | 'make',
  folder: string,
  mainClass: string,
  args: readonly string[],
): readonly string[] {
  const option = archive === 'use' ? 'SharedArchiveFile' : 'ArchiveClassesAtExit';
  return [
    ...JVM_FLAGS,
    '-Xshare:auto',
    `-XX:${option}=${installation.sharedArchive}`,
    '-Djava.net.preferIPv4Stack=true',
    `-Dlog4j2.configurationFile=${folder}/log4j2.properties`,
    '-cp',
    installation.classPath.join(':'),
    mainClass,
    ...args,
  ];
}

/** log4j2 settings: warnings, and the lines that tell the phases of a start and who leads since when, to standard output. */
export const KAFKA_LOG_SETTINGS = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
logger.leader.name = state.change.logger
logger.leader.level = info
logger.leader.filter.it.type = RegexFilter
logger.leader.filter.it.regex = .*\\] Leader .* starts at leader epoch.*
logger.controller.name = org.apache.kafka.controller
logger.controller.level = info
logger.controller.filter.it.type = RegexFilter
logger.controller.filter.it.regex = .*(Fencing broker|Becoming the active controller|In the new epoch).*
`;
