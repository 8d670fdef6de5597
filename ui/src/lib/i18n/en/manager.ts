import type { Message } from '../message';

export const manager = {
  'manager.day': 'Day',
  'manager.close': 'Close day',
  'manager.drawer': 'Drawer',
  'manager.audit': 'Audit',
  'manager.attention': 'Attention',
  'manager.printing': 'Printing',
  'manager.availability': '86 list',
  'manager.floor': 'Floor plan',
  'manager.sections': 'Manager',
  'manager.group.today': 'Today',
  'manager.group.venue': 'The venue',
  'manager.noPermission': 'Your role cannot see this',

  'audit.person': 'Person',
  'audit.check': 'Check number',
  'audit.from': 'From',
  'audit.to': 'To',
  'audit.everyone': 'Everyone',
  'audit.more': 'Earlier entries',
  'audit.empty': 'No entries',

  'attention.none': 'Nothing needs you',
  'attention.since': 'since {time}',

  'severity.info': 'Note',
  'severity.warning': 'Warning',
  'severity.alarm': 'Alarm',

  'eightySix.title': '86 list',
  'eightySix.off': '86',
  'eightySix.on': 'Back on',
  'eightySix.countdown': 'Countdown',
} as const satisfies Record<string, Message>;
