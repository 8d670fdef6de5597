import type { Message } from '../message';

export const approval = {
  'approval.title': 'A manager’s PIN',
  'approval.for': 'Asked for by {name}',
  'approval.who': 'Who approves it?',
  'approval.nobody': 'Nobody here may approve this',
  'approval.away':
    'The hub does not answer. An approval cannot wait on this device: nothing was done.',
  'approval.again': 'Try again',
} as const satisfies Record<string, Message>;
