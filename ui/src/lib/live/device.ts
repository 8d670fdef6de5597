import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Waiting } from './unsent.svelte';

const NAME = 'maitred';
const VERSION = 1;

/** What this device keeps through a reload and a power cut. */
export interface DeviceSchema extends DBSchema {
  /** Commands without an answer, and refusals that nobody has seen yet, in the order they were made. */
  commands: { key: number; value: Waiting };
  /** The last picture: one record for each part of it, under the role that may see it. */
  picture: { key: [role: string, part: string]; value: unknown };
}

export type Device = IDBPDatabase<DeviceSchema>;

let opened: Promise<Device> | null = null;

/** The device's database. Fails where the browser keeps nothing, as in a private window. */
export function device(): Promise<Device> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Device> {
  return openDB<DeviceSchema>(NAME, VERSION, {
    upgrade(database) {
      database.createObjectStore('commands', { keyPath: 'n', autoIncrement: true });
      database.createObjectStore('picture');
    },
  });
}
