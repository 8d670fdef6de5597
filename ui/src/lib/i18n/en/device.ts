import type { Message } from '../message';

export const device = {
  'device.title': 'This device',
  'device.persisted': 'The browser keeps what waits here',
  'device.notPersisted': 'The browser may drop what waits here when it runs out of room',
  'device.opensAlone': 'Opens without the hub',
  'device.needsHub': 'Cannot open without the hub: needs https',
  'device.hubs': 'Hub addresses',
  'device.hubHere': 'This address',
  'device.hubAdd': 'Add',
  'device.hubAddress': 'Address of another hub',
  'device.hubRemove': 'Remove {address}',
  'device.hubBad': 'This is not an address',
  'device.hubInUse': 'In use',
} as const satisfies Record<string, Message>;
