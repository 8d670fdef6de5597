import type { Message } from '../message';

export const terminals = {
  'manager.terminals': 'Terminals',
  'kind.terminal': 'Terminal',

  'terminals.pair': 'Pair a screen',
  'terminals.none':
    'No screens are paired yet. A new screen that opens this hub shows a code: type it here.',
  'terminals.waiting': { one: '{n} screen waits', other: '{n} screens wait' },
  'terminals.trusted': 'Any device on this network may sign in',
  'terminals.code': 'Code',
  'terminals.codeWhere': 'The new screen shows it.',
  'terminals.wrongCode': {
    one: 'No screen shows that code. {n} try left',
    other: 'No screen shows that code. {n} tries left',
  },
  'terminals.letIn': 'Let it in',
  'terminals.name': 'Name',
  'terminals.opens': 'Opens',
  'terminals.role': 'For',
  'terminals.anyRole': 'Everybody',
  'terminals.roleMeans': 'Nobody does more there than this role may, managers included.',
  'terminals.seen': 'Heard of {ago} ago',
  'terminals.unseen': 'Not heard of since the hub started',
  'terminals.this': 'This screen',
  'terminals.by': 'Paired by {name}, {time}',
  'terminals.overheard': 'Not encrypted',
  'terminals.secureTitle': 'Encrypted connections',
  'terminals.secureHow':
    'Scan this with a new device: it downloads the certificate of the restaurant, and goes on when that is installed.',
  'terminals.secureOff': 'This hub speaks no TLS: whoever listens on the network reads along.',
  'terminals.fingerprint': 'SHA-256 fingerprint of the certificate',
  'terminals.plainHttp': 'Allow screens without encryption',
  'terminals.plainHttpOff': 'Screens without encryption are led to https, and stop until then.',
  'terminals.revoke': 'Take out',
  'terminals.revoked': '{name} was taken out',

  'attention.kind.pairing_waits': 'A screen waits to be paired',
} as const satisfies Record<string, Message>;
