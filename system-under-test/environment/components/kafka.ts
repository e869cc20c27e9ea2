import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Candidate, ComponentSource } from './component-source.ts';
import { findOnPath } from './find-on-path.ts';
import { findJava, JAVA_REMEDY } from './java.ts';
import { prepareKafkaStart } from './kafka-start.ts';
import { copyMavenArtifacts, MAVEN_INSTALLERS } from './maven-artifacts.ts';
import type { Surroundings } from './surroundings.ts';
import { isAtLeast } from './version.ts';

const VERSION = '4.3.1';
const ARTIFACTS = [
  `org.apache.kafka:kafka_2.13:${VERSION}`,
  `org.apache.kafka:kafka-tools:${VERSION}`,
  // Kafka logs through slf4j and writes nothing without a binding.
  'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4',
];

/** Kafka from Maven Central. `path` is its home, the folder that holds `libs/`. */
export const KAFKA: ComponentSource<'kafka'> = {
  name: 'kafka',
  neededVersion: '4.0 or newer, on Java 17 or newer',
  installedVersion: VERSION,
  approximateBytes: 60_000_000,
  howToGetIt: 'set CHAOS_KAFKA_HOME to the folder of an unpacked Kafka (the one that holds libs/)',
  installers: MAVEN_INSTALLERS,
  candidates: kafkaCandidates,
  pathInCache: (folder) => folder,
  async inspect({ origin, path }, { env, cacheRoot }) {
    const java = await findJava(env);
    if (!java.found) return { usable: false, reason: java.reason, remedy: JAVA_REMEDY };
    const jars = (await readdir(join(path, 'libs')).catch(() => [])).filter((file) => file.endsWith('.jar')).sort();
    const version = jars
      .map((jar) => /^kafka_2\.1\d-(\d[\d.]*\d)\.jar$/.exec(jar)?.[1])
      .find((found) => found !== undefined);
    if (version === undefined) return { usable: false, reason: `${path} holds no libs/kafka_2.13-….jar` };
    if (!isAtLeast(version, '4.0'))
      return { usable: false, reason: `${path} is Kafka ${version}, needed is 4.0 or newer` };
    const classPath = jars.map((jar) => join(path, 'libs', jar));
    const key = createHash('sha256')
      .update([java.description, ...classPath].join('\n'))
      .digest('hex')
      .slice(0, 16);
    const prepared = join(cacheRoot, `kafka-${version}-java-${key}`);
    const installation = {
      ...{ origin, version, path, libraryFolders: [], java: java.java, classPath },
      sharedArchive: join(prepared, 'kafka.jsa'),
      formattedStorage: join(prepared, 'storage'),
    };
    return { usable: true, installation };
  },
  install: (folder, tools) => copyMavenArtifacts(`Kafka ${VERSION}`, ARTIFACTS, join(folder, 'libs'), tools),
  optimise: prepareKafkaStart,
};

/** The configured home, or the home of `kafka-server-start.sh` on PATH. */
async function kafkaCandidates({ env }: Surroundings): Promise<readonly Candidate[]> {
  const configured = env.CHAOS_KAFKA_HOME;
  const script = await findOnPath('kafka-server-start.sh', env);
  return [
    ...(configured ? [{ origin: 'configured' as const, path: configured, variable: 'CHAOS_KAFKA_HOME' }] : []),
    ...(script ? [{ origin: 'path' as const, path: dirname(dirname(script)) }] : []),
  ];
}
