import { describe, expect, it } from 'vitest';
import {
  planReleases,
  planSettings,
  planTopics,
  planVisibility,
  type KeptRelease,
  type SeenRelease,
} from '../../../shared/model/github-restore-plan.ts';

const careful = { overwrite: false };

describe('settings', () => {
  const wanted = { description: 'Ours', has_wiki: false };
  const said = (seen: Parameters<typeof planSettings>[1], wishes = careful) =>
    planSettings(wanted, seen, wishes).map(({ name, action, heldBack }) => [name, heldBack ? 'held back' : action]);

  it('are set where the repository is new, or has what new ones have', () => {
    expect(said(null)).toEqual([
      ['description', 'set'],
      ['has_wiki', 'set'],
    ]);
    expect(said({ description: '', has_wiki: true })).toEqual([
      ['description', 'set'],
      ['has_wiki', 'set'],
    ]);
  });

  it('that somebody has chosen are held back, and replaced only when asked', () => {
    const seen = { description: 'Theirs', has_wiki: false };
    expect(said(seen)).toEqual([
      ['description', 'held back'],
      ['has_wiki', 'unchanged'],
    ]);
    expect(said(seen, { overwrite: true })).toEqual([
      ['description', 'set'],
      ['has_wiki', 'unchanged'],
    ]);
  });

  it('that the snapshot does not know are not looked at', () => {
    expect(planSettings({}, { description: 'Theirs' }, careful)).toEqual([]);
  });
});

describe('topics and visibility', () => {
  it('compare topics in any order', () => {
    expect(planTopics(['b', 'a'], ['a', 'b'], careful)).toMatchObject([{ action: 'unchanged' }]);
    expect(planTopics(['b'], [], careful)).toMatchObject([{ action: 'set', heldBack: false }]);
    expect(planTopics([], ['mine'], careful)).toMatchObject([{ action: 'set', heldBack: true }]);
    expect(planTopics([], [], careful)).toEqual([]);
  });

  it('leave who may see what is there', () => {
    const seen = { settings: {}, topics: [], isPrivate: false, isArchived: false };
    expect(planVisibility(true, seen, true)).toMatchObject({ action: 'leave', from: 'public', to: 'private' });
    expect(planVisibility(true, seen, false)).toMatchObject({ action: 'unchanged' });
    expect(planVisibility(true, null, false)).toMatchObject({ action: 'create', to: 'private' });
  });
});

describe('releases', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const asset = { name: 'a.bin', label: null, contentType: 'x/y', size: 7, digest };
  const text = { tag: 'v1', name: 'One', body: 'a\r\nb', isPrerelease: false };
  const release: KeptRelease = { ...text, isDraft: false, target: null, assets: [asset] };
  const there = { name: 'a.bin', id: 2, size: 7, digest, isWhole: true };
  const seen = (change: Partial<SeenRelease> = {}): SeenRelease => ({
    ...text,
    id: 1,
    isDraft: false,
    assets: [there],
    ...change,
  });
  const said = (found: readonly SeenRelease[], wishes = careful) =>
    planReleases([release], found, wishes).flatMap(({ part, assets }) =>
      [part, ...assets.map((planned) => planned.part)].map(({ action, heldBack }) => (heldBack ? 'held back' : action)),
    );

  it('are made where there is none with the tag, with all they have', () => {
    expect(said([])).toEqual(['create', 'create']);
    expect(said([seen({ tag: 'v2' })])).toEqual(['create', 'create']);
  });

  it('that are there are left, and get the assets that are missing or were cut off', () => {
    expect(said([seen({ body: 'a\nb' })])).toEqual(['unchanged', 'unchanged']);
    expect(said([seen({ name: 'Other', assets: [] })])).toEqual(['leave', 'create']);
    expect(said([seen({ assets: [{ ...there, size: 0, digest: null, isWhole: false }] })])).toEqual([
      'unchanged',
      'replace',
    ]);
  });

  it('keep an asset that is another one, unless it may be replaced', () => {
    const others = [seen({ assets: [{ ...there, digest: `sha256:${'cd'.repeat(32)}` }] })];
    expect(said(others)).toEqual(['unchanged', 'held back']);
    expect(said(others, { overwrite: true })).toEqual(['unchanged', 'replace']);
    expect(said([seen({ assets: [{ ...there, digest: null }] })])).toEqual(['unchanged', 'unchanged']);
  });

  it('that an earlier try has left as drafts are finished, and drafts of others are left alone', () => {
    expect(said([seen({ isDraft: true, assets: [] })])).toEqual(['finish', 'create']);
    expect(said([seen({ isDraft: true, name: 'Being written', assets: [] })])).toEqual(['leave', 'leave']);
  });

  it('with one tag are matched once, published ones with published ones', () => {
    const draft = { ...release, isDraft: true, assets: [] };
    const found = [seen({ id: 1, isDraft: true }), seen({ id: 2 })];
    expect(planReleases([release, draft], found, careful).map((planned) => planned.seen?.id)).toEqual([2, 1]);
    expect(planReleases([release, release], [seen()], careful).map((planned) => planned.seen?.id)).toEqual([
      1,
      undefined,
    ]);
  });
});
