import { expect, test } from 'vitest';
import { missingLibrariesIn } from './mongodb.ts';

test('libraries that the linker does not find are read from ldd', () => {
  const output = '\tlibcurl.so.4 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibz.so.1 => not found\n';
  expect(missingLibrariesIn(output)).toEqual(['libcurl.so.4', 'libz.so.1']);
});
