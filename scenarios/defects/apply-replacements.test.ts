import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyReplacements } from './apply-replacements.ts';

describe('applyReplacements', () => {
  it('replaces each text literally, whatever the order', () => {
    const replacements = [
      { find: 'three', replace: 'one' },
      { find: 'one', replace: '$& three' },
    ];
    expect(applyReplacements('one two three', replacements)).toBe('$& three two one');
    expect(applyReplacements('one two three', replacements.toReversed())).toBe('$& three two one');
  });

  it.each([
    { find: 'four', what: /"four" is not there/ },
    { find: '', what: /is not there/ },
    { find: 'a', what: /more than once/ },
    { find: 'aa', what: /more than once/ },
  ])('refuses $find', ({ find, what }) => {
    expect(() => applyReplacements('aaa', [{ find, replace: 'b' }])).toThrow(what);
  });

  it('refuses texts that overlap', () => {
    const overlapping = ['one tw', 'two'].map((find) => ({ find, replace: 'x' }));
    expect(() => applyReplacements('one two three', overlapping)).toThrow(/"two" overlaps/);
  });

  it('leaves everything around the text as it was', () => {
    const text = fc.string().filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, text, fc.string(), (before, after, replace) => {
        expect(applyReplacements(`${before}\0${after}`, [{ find: '\0', replace }])).toBe(before + replace + after);
      }),
    );
  });
});
