import type { Evening } from '../evening';

export type Who = 'manager' | 'waiter';

export const PINS: Record<Who, string> = { manager: '2468', waiter: '2222' };

/** In what a screen can be looked at, besides a busy evening. */
export type State = 'empty' | 'stale' | 'offline' | 'error';

/** A screen to look at: the tests do, and so does `make gallery`. Add yours here. */
export interface Screen {
  name: string;
  who: Who;
  path: string;
  /** What is there when it has loaded. */
  shows: string;
  /** What to touch before looking. */
  touch?: string[];
  /** What it is besides busy; what is the same as another screen's is left out. */
  states?: State[];
  /** What is there when nothing is going on, where that is not `shows`. */
  emptyShows?: string;
  /** It hangs on a wall, and may be 4K. */
  isWall?: boolean;
  /** What to touch when the hub does not answer, or says no; what a size does not show is left out. */
  trouble?: string[];
  /** On a busy evening it looks like another one. */
  isOnlyTrouble?: boolean;
}

const section = (slug: string, shows: string): Screen => ({
  name: `manager ${slug}`,
  who: 'manager',
  path: `/manager/${slug}`,
  shows,
});

/** Every screen, with something to see of this evening. */
export function screensOf(seen: Seen): Screen[] {
  const { full, shared, quiet, allergyLine } = seen;
  return [
    { name: 'home', who: 'manager', path: '/', shows: 'user-menu', states: ['empty', 'offline'] },
    {
      name: 'floor',
      who: 'manager',
      path: '/host',
      shows: 'table-S7',
      states: ['empty', 'stale', 'offline'],
    },
    { name: 'table', who: 'manager', path: '/host', shows: 'table-S7', touch: ['table-S12'] },
    { name: 'seat', who: 'manager', path: '/host', shows: 'table-S7', touch: ['table-S3'] },
    ...['pizza', 'grill', 'bar'].map((station): Screen => {
      return {
        name: station,
        who: 'manager',
        path: `/kitchen/${station}`,
        shows: seen.ticketOf(station),
        emptyShows: 'live',
        isWall: true,
        states: station === 'pizza' ? ['empty', 'stale', 'offline'] : [],
      };
    }),
    {
      name: 'expo',
      who: 'manager',
      path: '/expo',
      shows: `ticket-line-${allergyLine}`,
      emptyShows: 'live',
      isWall: true,
      states: ['empty', 'stale'],
    },
    { ...section('day', 'print-report'), states: ['empty', 'stale'] },
    section('drawer', 'drawer-record'),
    section('close', 'close-day'),
    section('attention', 'attention-double_seated'),
    section('audit', 'audit-entry'),
    section('printing', 'test-printer'),
    section('availability', 'back-on'),
    { name: 'printers', who: 'manager', path: '/printers', shows: 'slip' },
    {
      name: 'orders',
      who: 'waiter',
      path: '/order',
      shows: 'new-check',
      states: ['empty', 'offline'],
    },
    {
      name: 'check',
      who: 'waiter',
      path: `/order/${full}`,
      shows: 'send',
      states: ['stale', 'offline', 'error'],
      trouble: ['show-menu', 'item-bruschetta-al-pomodoro', 'show-check'],
    },
    { name: 'pad', who: 'waiter', path: `/order/${quiet}`, shows: 'search' },
    {
      name: 'item',
      who: 'waiter',
      path: `/order/${quiet}`,
      shows: 'search',
      touch: ['item-tagliata-di-manzo'],
    },
    {
      name: 'pay',
      who: 'waiter',
      path: `/order/${shared}/pay`,
      shows: 'tender-cash',
      states: ['stale'],
    },
    {
      name: 'split',
      who: 'waiter',
      path: `/order/${full}/pay`,
      shows: 'tender-cash',
      touch: ['split', 'split-even'],
    },
    {
      name: 'unsent',
      who: 'waiter',
      path: `/order/${full}`,
      shows: 'send',
      states: ['offline', 'error'],
      trouble: ['show-menu', 'item-bruschetta-al-pomodoro', 'unsent-list'],
      isOnlyTrouble: true,
    },
    { name: 'device', who: 'manager', path: '/', shows: 'user-menu', touch: ['user-menu'] },
  ];
}

/** What the screens need of an evening. */
export type Seen = Pick<Evening, 'full' | 'shared' | 'quiet' | 'allergyLine'> & {
  ticketOf: (station: string) => string;
};

/** A day on which nothing has happened yet. */
export const QUIET: Seen = {
  full: '',
  shared: '',
  quiet: '',
  allergyLine: '',
  ticketOf: () => '',
};
