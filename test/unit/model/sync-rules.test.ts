import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLoop, rulesFor, type Edge, type SyncRule, type SyncScope } from '../../../shared/model/sync-rules.ts';

const everything: SyncScope = { kind: 'everything' };
const edge = (from: string, to: string, scope: SyncScope = everything): Edge => ({ from, to, scope });
const source = (name: string): SyncScope => ({ kind: 'source', source: name });

function rule(id: string, scope: SyncScope, priority = 5): SyncRule {
  const kept = { keep: 'same' as const, minimum: 0, holdUntilSent: false, prefix: '' };
  return { id, from: null, to: 'x', scope, priority, ...kept };
}

describe('loops of rules', () => {
  it('are none in chains and stars, and where one is sent both ways is not the same', () => {
    expect(findLoop([edge('a', 'b'), edge('b', 'c'), edge('c', 'd')])).toBeNull();
    expect(findLoop([edge('a', 'b'), edge('a', 'c'), edge('a', 'd'), edge('b', 'd')])).toBeNull();
    expect(findLoop([edge('a', 'b', source('one')), edge('b', 'a', source('other'))])).toBeNull();
  });

  it('are named by the places they lead through', () => {
    expect(findLoop([edge('a', 'a')])).toEqual(['a', 'a']);
    expect(findLoop([edge('a', 'b'), edge('b', 'a')])).toEqual(['a', 'b', 'a']);
    expect(findLoop([edge('x', 'a'), edge('a', 'b'), edge('b', 'c'), edge('c', 'a')])).toEqual(['a', 'b', 'c', 'a']);
    expect(findLoop([edge('a', 'b', source('one')), edge('b', 'a')])).toEqual(['a', 'b', 'a']);
  });

  it('are found exactly where following rules of everything leads back', () => {
    const edges = fc.array(
      fc.record({ from: fc.constantFrom('a', 'b', 'c', 'd', 'e'), to: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(edges, (all) => {
        const reach = (from: string): Set<string> => {
          const seen = new Set<string>();
          const waiting = [from];
          for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
            for (const { from: begin, to } of all)
              if (begin === at && !seen.has(to)) {
                seen.add(to);
                waiting.push(to);
              }
          return seen;
        };
        const isLooped = ['a', 'b', 'c', 'd', 'e'].some((place) => reach(place).has(place));
        const found = findLoop(all.map(({ from, to }) => edge(from, to)));
        expect(found !== null).toBe(isLooped);
        if (found === null) return;
        expect(found[0]).toBe(found.at(-1));
        for (const [index, to] of found.slice(1).entries())
          expect(all.some((one) => one.from === found[index] && one.to === to)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('rules', () => {
  const snapshot = { source: 'docs', sourceTags: ['office'], profile: 'p', periods: ['daily', 'weekly'] };

  it('cover what they name', () => {
    const covers = (scope: SyncScope) => rulesFor([rule('1', scope)], snapshot).length === 1;
    expect(covers(everything)).toBe(true);
    expect(covers(source('docs'))).toBe(true);
    expect(covers(source('other'))).toBe(false);
    expect(covers({ kind: 'tag', tag: 'office' })).toBe(true);
    expect(covers({ kind: 'tag', tag: 'home' })).toBe(false);
    expect(covers({ kind: 'period', profile: 'p', period: 'weekly' })).toBe(true);
    expect(covers({ kind: 'period', profile: 'q', period: 'weekly' })).toBe(false);
    expect(covers({ kind: 'period', profile: 'p', period: 'hourly' })).toBe(false);
  });

  it('of several, the one that goes first counts', () => {
    const rules = [rule('late', everything, 7), rule('first', source('docs'), 2)];
    expect(rulesFor(rules, snapshot).map(({ id }) => id)).toEqual(['first', 'late']);
  });
});
