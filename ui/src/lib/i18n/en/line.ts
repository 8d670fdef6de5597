import type { Message } from '../message';

/** What is said of a line and its check wherever they are shown, in the kitchen too. */
export const line = {
  'order.newCheck': 'New check',
  'order.check': 'Check {number}',
  'order.seatN': 'Seat {n}',
  'order.course': 'Course',

  'host.covered': { one: '{n} cover', other: '{n} covers' },

  'progress.new': 'Not sent',
  'progress.held': 'Held',
  'progress.fired': 'Accepted',
  'progress.started': 'Started',
  'progress.ready': 'Ready',
  'progress.served': 'Served',

  'pager.number': 'Pager {n}',
  'pager.called': 'Called',

  'allergen.celery': 'celery',
  'allergen.crustaceans': 'crustaceans',
  'allergen.egg': 'egg',
  'allergen.fish': 'fish',
  'allergen.gluten': 'gluten',
  'allergen.lupin': 'lupin',
  'allergen.milk': 'milk',
  'allergen.molluscs': 'molluscs',
  'allergen.mustard': 'mustard',
  'allergen.nuts': 'nuts',
  'allergen.peanuts': 'peanuts',
  'allergen.sesame': 'sesame',
  'allergen.soy': 'soy',
  'allergen.sulphites': 'sulphites',
} as const satisfies Record<string, Message>;
