// The shapes of the hub's HTTP API, by the names its OpenAPI document gives them. `generated.ts` is made from
// `openapi.json` by `npm run types`; a test of the hub keeps that file true.

import type { components } from './generated';

/** The hub writes `null` where there is nothing; it never leaves a field out. */
type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;

export type Schemas = { [Name in keyof components['schemas']]: Whole<components['schemas'][Name]> };

export type Uuid = string;
export type Instant = string;
export type StaffTile = Schemas['StaffTile'];
export type Role = Schemas['Role'];
export type Session = Schemas['Session'];
export type Permission = Schemas['Permission'];
export type VenueView = Schemas['VenueView'];
export type StationView = Schemas['StationView'];
export type FloorView = Schemas['FloorView'];
export type AreaView = Schemas['AreaView'];
export type TableView = Schemas['TableView'];
export type SectionView = Schemas['SectionView'];
export type DecorView = Schemas['DecorView'];
export type MenuView = Schemas['MenuView'];
export type CategoryView = Schemas['CategoryView'];
export type ItemView = Schemas['ItemView'];
export type ModifierGroupView = Schemas['ModifierGroupView'];
/** A check in a list; one that shows what the hub has not answered for yet says so. */
export type CheckSummary = Schemas['CheckSummary'] & {
  unsent?: Unsent;
  /** What is on this device alone adds to it, by the menu; the hub's amounts are without it. */
  unsent_minor?: number;
  /** What was taken here for it that the hub does not know yet. */
  unsent_paid_minor?: number;
};
export type CourseProgress = Schemas['CourseProgress'];
export type CheckState = Schemas['CheckState'];
export type Progress = Schemas['Progress'];
/** A check; one that shows what the hub has not answered for yet says so. */
export type CheckView = Omit<Schemas['CheckView'], 'lines' | 'tenders'> & {
  lines: LineView[];
  tenders: TenderView[];
} & Pick<CheckSummary, 'unsent' | 'unsent_minor' | 'unsent_paid_minor'> & {
    /** Lines that are not on this device, because it never saw the whole check. */
    partial?: boolean;
  };
/** A line; one that only this device knows, or that the kitchen will learn of later, says so. */
export type LineView = Schemas['LineView'] & { unsent?: Unsent };
/** On its way since a moment, or waiting for the hub. */
export type Unsent = 'saving' | 'waiting';
/** A payment; one that only this device knows says so, and so does what was given back here that the hub does not know. */
export type TenderView = Schemas['TenderView'] & {
  unsent?: Unsent;
  unsent_refund_minor?: number;
  /** The tip is what this device was told, and the hub was not yet. */
  unsent_tip?: boolean;
};
export type ShareView = Schemas['ShareView'];
export type TicketView = Schemas['TicketView'];
export type TicketLineView = Schemas['TicketLineView'];
export type PrintJobView = Schemas['PrintJobView'];
export type PrinterView = Schemas['PrinterView'];
export type DayReport = Schemas['DayReport'];
export type AuditEntry = Schemas['AuditEntry'];
export type AttentionItem = Schemas['AttentionItem'];
export type ChangeEvent = Schemas['ChangeEvent'];
export type AllDayRow = Schemas['AllDayItem'];
export type PrintEvent = Schemas['PrintEvent'];
export type DeviceEvent = Schemas['DeviceEvent'];
export type Pressed = Schemas['Pressed'];
export type DeviceView = Schemas['DeviceView'];
export type PagerView = Schemas['PagerView'];
export type DevicesView = Schemas['DevicesView'];
export type Device = Schemas['Device'];
export type DeviceKind = Schemas['DeviceKind'];
export type DeviceKey = Schemas['DeviceKey'];
export type KeyAction = Schemas['KeyAction'];
export type ProbeLogView = Schemas['ProbeLogView'];
export type Heartbeat = Schemas['Heartbeat'];
export type SyncView = Schemas['SyncState'];
export type AskingAddresses = Schemas['AskingAddresses'];
export type FoundPrinter = Schemas['FoundPrinter'];
export type DemoPrinter = Schemas['DemoPrinter'];
export type DemoDevice = Schemas['DemoDevice'];
export type DemoLine = Schemas['DemoLine'];
export type DemoSlip = Schemas['DemoSlip'];
export type DemoFault = Schemas['DemoFault'];
export type CatalogueView = Schemas['CatalogueView'];
export type CatalogueProblem = Schemas['CatalogueProblem'];
export type RoleRights = Schemas['RoleRights'];
export type Rights = Schemas['Rights'];
export type ImportReport = Schemas['ImportReport'];
export type ImportRow = Schemas['ImportRow'];
export type Screen = Schemas['Screen'];
export type ThisDevice = Schemas['ThisDevice'];
export type AuthorityView = Schemas['AuthorityView'];
export type TerminalView = Schemas['TerminalView'];
export type TerminalsView = Schemas['TerminalsView'];
export type PairingView = Schemas['PairingView'];
export type PairingAsked = Schemas['Asked'];
export type Pairing = Schemas['Pairing'];
