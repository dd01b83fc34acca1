import { describe, expect, it } from 'vitest';
import {
  holdsRepository,
  isUsable,
  mayGoTo,
  passwordFault,
  railOf,
  stepAfter,
  suggestedLocation,
} from '../../../../../renderer/features/first-run/start-model.ts';

const gib = 1024 ** 3;
const nothingMade = { repository: null, source: null, job: null };

describe('the questions of a first start', () => {
  it('suggest the roomiest disk that somebody has plugged in, and never a part of the system', () => {
    const places = [
      { name: 'Home', path: '/home/me', freeBytes: 900 * gib },
      { name: '/', path: '/', freeBytes: 900 * gib },
      { name: '/boot/efi', path: '/boot/efi', freeBytes: 950 * gib },
      { name: '/mnt/nas', path: '/mnt/nas', freeBytes: 40 * gib },
      { name: '/media/me/usb', path: '/media/me/usb', freeBytes: 70 * gib },
      { name: '/mnt/dead', path: '/mnt/dead', freeBytes: null },
    ];
    expect(suggestedLocation('/home/me', places)).toBe('/media/me/usb/holdfast-repository');
    expect(suggestedLocation('/home/me', places.slice(0, 3))).toBe('/home/me/holdfast-repository');
  });

  it('go on and back, and stop at both ends', () => {
    expect(stepAfter('where', -1)).toBe('where');
    expect(stepAfter('where', 1)).toBe('password');
    expect(stepAfter('run', 1)).toBe('run');
    expect(railOf('what', false).map(({ state }) => state)).toEqual(['done', 'done', 'active', 'todo', 'todo']);
  });

  it('cannot be answered otherwise once the answer has been carried out', () => {
    expect(mayGoTo('where', nothingMade)).toBe(true);
    const made = { ...nothingMade, repository: 'a' };
    expect([mayGoTo('where', made), mayGoTo('password', made), mayGoTo('what', made)]).toEqual([false, false, true]);
    expect(mayGoTo('what', { ...made, source: 'docs' })).toBe(false);
    expect(mayGoTo('often', { repository: 'a', source: 'docs', job: 'b' })).toBe(false);
  });

  it('do not make a repository where one lies', () => {
    const place = { location: '/a', problem: null, freeBytes: null, sameDisk: false, fingerprint: null } as const;
    expect(isUsable({ ...place, kind: 'repository' })).toBe(false);
    expect(isUsable({ ...place, kind: 'unusable' })).toBe(false);
    expect(isUsable({ ...place, kind: 'missing' })).toBe(true);
    expect(isUsable(undefined)).toBe(false);
  });

  it('notice a password typed differently, and only then', () => {
    expect(passwordFault('abc', '')).toBeNull();
    expect(passwordFault('abc', 'abd')).not.toBeNull();
    expect(passwordFault('abc', 'abc')).toBeNull();
  });

  it('notice a repository that would be stored in itself', () => {
    expect(holdsRepository(['/home/me'], [], '/home/me/repo')).toBe('/home/me');
    expect(holdsRepository(['/home/me'], ['/home/me/repo'], '/home/me/repo')).toBeNull();
    expect(holdsRepository(['/home/me'], [], '/home/mela')).toBeNull();
    expect(holdsRepository(['/'], [], '/mnt/nas/repo')).toBe('/');
  });
});
