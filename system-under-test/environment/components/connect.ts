import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import { prepareConnectStart } from './connect-start.ts';
import type { InstallTools } from './install-tools.ts';
import { findJava, JAVA_REMEDY } from './java.ts';
import { copyMavenArtifacts, MAVEN_INSTALLERS } from './maven-artifacts.ts';

const KAFKA = '4.3.1';
const DEBEZIUM = '3.6.1.Final';
const WORKER = [
  `org.apache.kafka:connect-runtime:${KAFKA}`,
  `org.apache.kafka:connect-transforms:${KAFKA}`,
  // Kafka logs through slf4j and writes nothing without a binding.
  'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4',
];
const PLUGINS = ['postgres', 'mongodb'] as const;

/** A Kafka Connect worker and Debezium's connectors, from Maven Central. `path` holds `libs/` and `plugins/`. */
export const CONNECT: ComponentSource<'connect'> = {
  name: 'connect',
  neededVersion: `Debezium ${DEBEZIUM} on Kafka Connect ${KAFKA}, on Java 17 or newer`,
  installedVersion: `${KAFKA}-debezium-${DEBEZIUM}`,
  approximateBytes: 95_000_000,
  howToGetIt:
    'set CHAOS_CONNECT_HOME to a folder with the jars of a worker in libs/ and those of the connectors in plugins/',
  installers: MAVEN_INSTALLERS,
  candidates: async ({ env }) =>
    env.CHAOS_CONNECT_HOME
      ? [{ origin: 'configured', path: env.CHAOS_CONNECT_HOME, variable: 'CHAOS_CONNECT_HOME' }]
      : [],
  pathInCache: (folder) => folder,
  async inspect({ origin, path }, { env, cacheRoot }) {
    const java = await findJava(env);
    if (!java.found) return { usable: false, reason: java.reason, remedy: JAVA_REMEDY };
    const jars = await jarsIn(join(path, 'libs'));
    const kafka = versionOf('connect-runtime', jars);
    if (kafka === undefined) return { usable: false, reason: `${path} holds no libs/connect-runtime-….jar` };
    for (const plugin of PLUGINS) {
      const connector = `debezium-connector-${plugin}`;
      if (versionOf(connector, await jarsIn(join(path, 'plugins', plugin))) === undefined) {
        return { usable: false, reason: `${path} holds no plugins/${plugin}/${connector}-….jar` };
      }
    }
    const classPath = jars.map((jar) => join(path, 'libs', jar));
    const key = createHash('sha256')
      .update([java.description, ...classPath].join('\n'))
      .digest('hex')
      .slice(0, 16);
    const sharedArchive = join(cacheRoot, `connect-${kafka}-java-${key}`, 'connect.jsa');
    const program = { java: java.java, classPath, plugins: join(path, 'plugins'), sharedArchive };
    return { usable: true, installation: { origin, version: kafka, path, libraryFolders: [], ...program } };
  },
  install: copyJars,
  optimise: prepareConnectStart,
};

const jarsIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.jar')).sort();

/** Version in the name of the jar of an artifact. */
const versionOf = (artifact: string, jars: readonly string[]): string | undefined =>
  jars.find((jar) => jar.startsWith(`${artifact}-`))?.slice(artifact.length + 1, -'.jar'.length);

async function copyJars(folder: string, tools: InstallTools): Promise<void> {
  await copyMavenArtifacts(`Kafka Connect ${KAFKA}`, WORKER, join(folder, 'libs'), tools);
  for (const plugin of PLUGINS) {
    const connector = `io.debezium:debezium-connector-${plugin}:${DEBEZIUM}`;
    await copyMavenArtifacts(`Debezium for ${plugin}`, [connector], join(folder, 'plugins', plugin), tools);
  }
}
