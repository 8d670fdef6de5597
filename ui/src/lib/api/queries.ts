import { get, send } from './client';
import type {
  AllDayRow,
  AskingAddresses,
  AttentionItem,
  AuditEntry,
  AuthorityView,
  CatalogueView,
  CheckSummary,
  CheckView,
  DayReport,
  DemoLine,
  DemoPrinter,
  FloorView,
  FoundPrinter,
  MenuView,
  Permission,
  Pairing,
  PairingAsked,
  PairingView,
  PrinterView,
  PrintJobView,
  Rights,
  StaffTile,
  SyncView,
  TerminalsView,
  ThisDevice,
  TicketView,
  Uuid,
  VenueView,
} from './schema';

export type Params = Record<string, string | number | null | undefined>;

export function withQuery(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const staffTiles = () => get<StaffTile[]>('/staff/tiles');
/** Who works at this tab, and what they may do. */
export type Me = { staff: StaffTile; permissions: Permission[] };
export const me = () => get<Me>('/auth/me');
export const venue = () => get<VenueView>('/venue');
export const floor = () => get<FloorView>('/floor');
export const menu = () => get<MenuView>('/menu');
export const searchMenu = (q: string) =>
  get<{ item_ids: Uuid[] }>(withQuery('/menu/search', { q }));
export const checks = (filter: Params) => get<CheckSummary[]>(withQuery('/checks', filter));
export const check = (id: Uuid) => get<CheckView>(`/checks/${id}`);
export const checkHistory = (id: Uuid) => get<AuditEntry[]>(`/checks/${id}/history`);
export const tickets = (station: string, state: 'open' | 'recent') =>
  get<TicketView[]>(withQuery('/kitchen/tickets', { station, state }));
export const allDay = (station: string) =>
  get<AllDayRow[]>(withQuery('/kitchen/all-day', { station }));
export const printJobs = () => get<PrintJobView[]>('/print-jobs');
export const printers = () => get<PrinterView[]>('/printers');
export const day = (date?: string) => get<DayReport>(withQuery('/day', { date }));
export const audit = (filter: Params) =>
  get<{ entries: AuditEntry[]; next_cursor: string | null }>(withQuery('/audit', filter));
export const attention = () => get<AttentionItem[]>('/attention');
export const sync = () => get<SyncView>('/sync');
export const foundPrinters = () => get<FoundPrinter[]>('/printers/found');
export const askingAddresses = () => get<AskingAddresses>('/printers/asking');
export const demoPrinters = () => get<DemoPrinter[]>('/demo/printers');
export const demoLines = () => get<DemoLine[]>('/demo/lines');
export const catalogue = () => get<CatalogueView>('/catalogue');
export const rights = () => get<Rights>('/permissions');
export const thisDevice = () => get<ThisDevice>('/terminal');
export const authority = () => get<AuthorityView>('/authority');
export const terminals = () => get<TerminalsView>('/terminals');
/** A code for a screen that nobody let in yet. */
export const askForCode = () => send<PairingAsked>({ method: 'POST', path: '/pairings' });
export const claimPairing = (secret: string) =>
  send<Pairing>({ method: 'POST', path: '/pairings/claim', body: { secret } });
export const pairings = () => get<PairingView[]>('/pairings');
