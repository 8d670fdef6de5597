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

/** A page of the manager's, which shows that when it has loaded. */
export const section = (slug: string, shows: string): Screen => ({
  name: `manager ${slug}`,
  who: 'manager',
  path: `/manager/${slug}`,
  shows,
});

/** The floor, and what is touched there. */
export const onFloor = (name: string, ...touch: string[]): Screen => ({
  name,
  who: 'manager',
  path: '/host',
  shows: 'table-S7',
  touch,
});

/** Every screen, with something to see of this evening. */
export function screensOf(seen: Seen): Screen[] {
  const { allergyLine, full } = seen;
  return [
    { name: 'home', who: 'manager', path: '/', shows: 'user-menu', states: ['empty', 'offline'] },
    { ...onFloor('floor'), states: ['empty', 'stale', 'offline'] },
    onFloor('table', 'table-S12'),
    onFloor('seat', 'table-S3'),
    onFloor('walk-in', 'walk-in', 'walk-in-4'),
    onFloor('sections', 'toggle-sections'),
    onFloor('moving a party', 'table-S7', 'move-party'),
    onFloor('join tables', 'table-S7', 'join-tables'),
    // The device remembers it, so it comes after the others.
    onFloor('another way to lay the floor out', 'toggle-list'),
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
      name: 'kitchen settings',
      who: 'manager',
      path: '/kitchen/bar',
      shows: 'settings',
      touch: ['settings'],
    },
    {
      name: 'recent tickets',
      who: 'manager',
      path: '/kitchen/pizza',
      shows: 'recent',
      touch: ['recent'],
    },
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
    section('close', 'count-done'),
    { ...section('days', 'closed-day'), states: ['empty'], emptyShows: 'manager-days' },
    section('history', 'history-check'),
    section('history/floor', 'floor-past'),
    { ...section(`history/${full}`, 'history-step'), name: 'manager past of a check' },
    section('reports', 'report-total'),
    section('floor', 'plan-table-S7'),
    { ...section('floor', 'plan-table-S7'), name: 'floor table', touch: ['plan-table-S7'] },
    {
      ...section('floor', 'plan-table-S7'),
      name: 'floor sections',
      touch: ['plan-mode-sections', 'plan-section'],
    },
    section('settings', 'venue-name'),
    ...['tables', 'menu', 'printer', 'order'].map((step): Screen => {
      return {
        name: `guided ${step}`,
        who: 'manager',
        path: '/setup',
        shows: 'setup-step-menu',
        touch: [`setup-step-${step}`],
      };
    }),
    {
      name: 'guided starter menu',
      who: 'manager',
      path: '/setup',
      shows: 'setup-step-menu',
      touch: ['setup-step-menu', 'setup-menu-starter'],
    },
    section('attention', 'attention-double_seated'),
    section('audit', 'audit-entry'),
    section('printing', 'test-printer'),
    section('availability', 'back-on'),
    section('menu', 'add-item'),
    section('menu/categories', 'sortable'),
    section('menu/groups', 'add-group'),
    section('menu/import', 'export-csv'),
    section('taxes', 'tax-rate'),
    section('stations', 'add-station'),
    section('printers', 'add-printer'),
    section('staff', 'add-staff'),
    section('staff/rights', 'rights'),
    { name: 'printers', who: 'manager', path: '/printers', shows: 'slip' },
    { name: 'user menu', who: 'manager', path: '/', shows: 'user-menu', touch: ['user-menu'] },
    { name: 'tour', who: 'manager', path: '/', shows: 'user-menu', touch: TOUR },
    {
      name: 'tour at a station',
      who: 'manager',
      path: '/',
      shows: 'user-menu',
      touch: [...TOUR, 'tour-next', 'tour-next'],
    },
    ...orderScreens(seen),
    ...managersSheets(seen),
  ];
}

const TOUR = ['user-menu', 'tour-again'];

/** The order pad, the till, and every sheet that opens over them. */
function orderScreens({ full, shared, quiet, allergyLine }: Seen): Screen[] {
  const on = (name: string, path: string, shows: string, ...touch: string[]): Screen => ({
    name,
    who: 'waiter',
    path,
    shows,
    touch,
  });
  const onCheck = (name: string, ...touch: string[]) =>
    on(name, `/order/${full}`, 'send', ...touch);
  const more = (name: string) => onCheck(name, 'check-actions', name);
  const onPad = (name: string, ...touch: string[]) =>
    on(name, `/order/${quiet}`, 'search', ...touch);
  return [
    { ...on('orders', '/order', 'new-check'), states: ['empty', 'offline'] },
    on('new check', '/order', 'new-check', 'new-check'),
    on('covers', '/order', 'free-S2', 'free-S2'),
    {
      ...onCheck('check'),
      states: ['stale', 'offline', 'error'],
      trouble: ['show-menu', 'item-bruschetta-al-pomodoro', 'show-check'],
    },
    onCheck('check actions', 'check-actions'),
    more('transfer'),
    more('merge'),
    more('open-receipt'),
    onCheck('receipt as QR', 'check-actions', 'open-receipt', 'receipt-qr'),
    onCheck('covers of a check', 'check-covers'),
    onCheck('line', `line-${allergyLine}`),
    onCheck('void', `line-${allergyLine}`, 'line-void'),
    onCheck('move', `line-${allergyLine}`, 'line-move'),
    onCheck('refire a course', 'refire-1'),
    onCheck('split by seat', 'split', 'split-seat'),
    onCheck('split by line', 'split', 'split-line', 'piece'),
    onCheck('split evenly', 'split', 'split-even'),
    onCheck('split by amount', 'split', 'split-amount'),
    onPad('pad'),
    onPad('item', 'item-tagliata-di-manzo'),
    onPad('item allergy', 'adjust-margherita', 'item-allergy'),
    onPad('open item', 'item-fuori-menu'),
    onPad('options', 'adjust-margherita'),
    onPad('allergy of a seat', 'seat-2', 'allergy'),
    { ...on('pay', `/order/${shared}/pay`, 'tender-cash'), states: ['stale'] },
    on('pay by card', `/order/${shared}/pay`, 'tender-cash', 'tender-card', 'tip-1000'),
    on('tip of a slip', `/order/${shared}/pay`, 'tender-cash', 'tip-later'),
    on('pay by voucher', `/order/${shared}/pay`, 'tender-cash', 'tender-voucher'),
    on('pay half of it', `/order/${full}/pay`, 'tender-cash', 'split', 'split-even'),
    {
      ...onCheck('unsent'),
      states: ['offline', 'error'],
      trouble: ['show-menu', 'item-bruschetta-al-pomodoro', 'unsent-list'],
      isOnlyTrouble: true,
    },
  ];
}

/** What a waiter must ask a manager for. */
function managersSheets({ full, shared, allergyLine }: Seen): Screen[] {
  const on = (name: string, path: string, shows: string, ...touch: string[]): Screen => ({
    name,
    who: 'manager',
    path,
    shows,
    touch,
  });
  const more = (name: string) => on(name, `/order/${full}`, 'send', 'check-actions', name);
  return [
    more('discount'),
    more('service'),
    more('history'),
    on('comp', `/order/${full}`, 'send', `line-${allergyLine}`, 'line-comp'),
    on('refund', `/order/${shared}/pay`, 'tender-cash', 'refund'),
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
