// The shapes of the hub's HTTP API. Every other file takes its types from here, so that this file alone
// changes when the types are generated from the hub's OpenAPI document.

export type Uuid = string;
export type Instant = string;
export interface StaffTile {
  id: Uuid;
  handle: string;
  name: string;
  role: Role;
}
export type Role = 'manager' | 'host' | 'waiter' | 'kitchen';
export interface Session {
  access_token: string;
  expires_at: Instant;
  staff: StaffTile;
  permissions: Permission[];
}
export type Permission =
  | 'seat'
  | 'order'
  | 'fire'
  | 'void'
  | 'void_sent'
  | 'comp'
  | 'discount'
  | 'transfer'
  | 'take_payment'
  | 'refund'
  | 'reopen'
  | 'bump'
  | 'eighty_six'
  | 'close_day'
  | 'drawer'
  | 'edit_menu'
  | 'edit_floor'
  | 'edit_settings'
  | 'view_reports'
  | 'view_audit'
  | 'print';
export interface VenueView {
  name: string;
  currency: string;
  currency_exponent: number;
  time_zone: string;
  languages: string[];
  tax_included: boolean;
  business_date: string; // YYYY-MM-DD, the open trading day
  stations: StationView[]; // kind "prep" (pizza, grill, cold, bar) or "expo"
  void_reasons: string[];
  comp_reasons: string[];
  discount_reasons: string[];
  courses: { number: number; name: string }[]; // 1 "Starters", 2 "Mains", ...
  allergens: string[];
}
export interface StationView {
  id: Uuid;
  slug: string;
  name: string;
  kind: 'prep' | 'expo';
  color: string;
}
export interface FloorView {
  areas: AreaView[];
}
export interface AreaView {
  id: Uuid;
  name: string;
  tables: TableView[];
}
export interface TableView {
  id: Uuid;
  name: string;
  seats: number;
  area_id: Uuid;
  shape: 'rect' | 'round' | 'bar';
  x: number;
  y: number;
  width: number;
  height: number;
  rotation: number; // in grid units of a 100 x 60 area plan
  state: 'free' | 'reserved' | 'seated' | 'dirty' | 'blocked';
  checks: CheckSummary[]; // open checks of the table; two or more = "2 checks" shown
}
export interface MenuView {
  version: string;
  categories: CategoryView[];
  items: ItemView[];
}
export interface CategoryView {
  id: Uuid;
  name: string;
  color: string;
  sort: number;
}
export interface ItemView {
  id: Uuid;
  name: string;
  names: Record<string, string>;
  category_id: Uuid;
  price_minor: number /* now, price schedules applied */;
  station: Uuid | null;
  course: number;
  prep_secs: number;
  allergens: string[];
  description: string;
  modifier_groups: ModifierGroupView[];
  available: boolean /* false = eighty-sixed */;
  remaining: number | null /* countdown */;
  sort: number;
  favourite: boolean;
}
export interface ModifierGroupView {
  id: Uuid;
  name: string;
  min: number;
  max: number;
  modifiers: { id: Uuid; name: string; price_minor: number; allergens: string[] }[];
}
export interface CheckSummary {
  id: Uuid;
  number: string;
  name: string;
  state: CheckState;
  table_id: Uuid | null;
  table_name: string | null;
  covers: number;
  server: { id: Uuid; name: string };
  opened_at: Instant;
  closed_at: Instant | null;
  business_date: string;
  total_minor: number;
  paid_minor: number;
  due_minor: number; // due < 0 means refund due
  courses: { course: number; progress: Progress; lines: number }[]; // the least advanced progress of its lines
  unsent_lines: number;
}
export type CheckState = 'open' | 'closed' | 'merged';
export type Progress = 'new' | 'held' | 'fired' | 'started' | 'ready' | 'served';
export interface CheckView extends CheckSummary {
  lines: LineView[];
  tenders: TenderView[];
  shares: ShareView[];
  discounts: { id: Uuid; reason: string; amount_minor: number; by: string; at: Instant }[];
  subtotal_minor: number; // net of tax, after discounts
  tax_minor: number;
  taxes: { name: string; rate_basis_points: number; net_minor: number; tax_minor: number }[];
  service_minor: number;
  service_basis_points: number;
  discount_minor: number;
  tips_minor: number;
  merged_into: Uuid | null;
}
export interface LineView {
  id: Uuid;
  item_id: Uuid;
  name: string;
  quantity: number;
  seat: number | null;
  course: number;
  modifiers: { id: Uuid; name: string; price_minor: number }[];
  note: string;
  allergens: string[];
  unit_price_minor: number;
  total_minor: number /* what it still counts for on this check */;
  discount_minor: number;
  station: Uuid | null;
  progress: Progress;
  rush: boolean;
  ordered_at: Instant;
  ordered_by: string;
  void: { reason: string; by: string; at: Instant; waste: boolean } | null;
  comp: { reason: string; by: string; at: Instant; amount_minor: number } | null;
  moved_to: Uuid | null; // whole line moved to that check (then quantity 0)
  replaces: Uuid | null; // a change is: void + new line, linked
}
export interface TenderView {
  id: Uuid;
  kind: 'cash' | 'card' | 'voucher';
  amount_minor: number;
  tip_minor: number;
  tendered_minor: number;
  change_minor: number;
  reference: string;
  share_id: Uuid | null;
  refunded_minor: number;
  by: string;
  at: Instant;
}
export interface ShareView {
  id: Uuid;
  label: string;
  amount_minor: number;
  paid_minor: number;
  due_minor: number;
}
export interface TicketView {
  id: Uuid;
  check_id: Uuid;
  check_number: string;
  table_name: string | null;
  station: Uuid;
  course: number;
  kind: 'fire' | 'refire' | 'held';
  round: number;
  rush: boolean;
  state: 'open' | 'bumped';
  fired_at: Instant;
  bumped_at: Instant | null;
  prep_secs: number /* target of its slowest line */;
  server: string;
  covers: number;
  lines: TicketLineView[];
}
export interface TicketLineView {
  id: Uuid;
  name: string;
  quantity: number;
  modifiers: string[];
  note: string;
  seat: number | null;
  allergens: string[];
  progress: Progress;
  voided: boolean;
  replaces: Uuid | null;
}
export interface PrintJobView {
  id: Uuid;
  printer: Uuid;
  printer_name: string;
  kind: 'ticket' | 'receipt' | 'report' | 'drawer' | 'test';
  state:
    | 'queued'
    | 'attempting'
    | 'sent'
    | 'confirmed'
    | 'indeterminate'
    | 'reprinted'
    | 'expired'
    | 'dismissed';
  grade: 'A' | 'B' | 'C' | null;
  attempts: number;
  check_id: Uuid | null;
  ticket_id: Uuid | null;
  title: string;
  heading: string | null;
  created_at: Instant;
  settled_at: Instant | null;
  problem: string | null;
}
export interface PrinterView {
  id: Uuid;
  name: string;
  address: string;
  role: 'kitchen' | 'receipt';
  stations: Uuid[];
  backup: Uuid | null;
  health:
    | 'ready'
    | 'printing'
    | 'paper_low'
    | 'paper_out'
    | 'cover_open'
    | 'error'
    | 'unreachable'
    | 'unknown';
  queued: number;
  oldest_queued_at: Instant | null;
}
export interface DayReport {
  business_date: string;
  kind: 'x' | 'z';
  z_number: number | null;
  closed_at: Instant | null;
  closed_by: string | null;
  sales: {
    net_minor: number;
    tax_minor: number;
    service_minor: number;
    total_minor: number;
    discount_minor: number;
    comp_minor: number;
    void_minor: number;
    checks: number;
    covers: number;
  };
  taxes: { name: string; rate_basis_points: number; net_minor: number; tax_minor: number }[];
  tenders: {
    kind: string;
    count: number;
    amount_minor: number;
    tip_minor: number;
    refund_minor: number;
  }[];
  categories: { name: string; quantity: number; total_minor: number }[];
  hours: { hour: number; total_minor: number }[];
  drawer: {
    float_minor: number;
    cash_minor: number;
    paid_in_minor: number;
    paid_out_minor: number;
    expected_minor: number;
    counted_minor: number | null;
    over_short_minor: number | null;
    counted: { denomination_minor: number; count: number }[];
  };
  open_checks: { id: Uuid; number: string; due_minor: number; paid_minor: number }[]; // they outlive the day
  balance: {
    sales_minor: number;
    tenders_minor: number;
    paid_ahead_minor: number /* on checks still open */;
    paid_before_minor: number /* on earlier days for checks closed today */;
    difference_minor: number; /* must be 0 */
  };
}
export interface AuditEntry {
  seq: number;
  at: Instant;
  staff: string;
  staff_id: Uuid | null;
  action: string /* fact name, e.g. "line_voided" */;
  check_id: Uuid | null;
  check_number: string | null;
  summary: string;
  amount_minor: number | null;
  fact: unknown;
}
export interface AttentionItem {
  id: string;
  kind:
    | 'unrouted_line'
    | 'print_failed'
    | 'print_expired'
    | 'printer_down'
    | 'refund_due'
    | 'check_open_long'
    | 'double_seated'
    | 'stock_negative'
    | 'unhealthy';
  severity: 'info' | 'warning' | 'alarm';
  title: string;
  detail: string;
  check_id: Uuid | null;
  printer_id: Uuid | null;
  job_id: Uuid | null;
  since: Instant;
}
export interface ChangeEvent {
  seq: number;
  at: Instant;
  staff: string;
  facts: { type: string; check_id?: Uuid; [k: string]: unknown }[];
  changed: {
    checks: CheckSummary[];
    tables: TableView[];
    tickets: TicketView[] /* state "bumped" ones leave the screen */;
    items: ItemView[];
    print_jobs: PrintJobView[];
    printers: PrinterView[];
    menu: boolean;
    floor: boolean;
    venue: boolean;
    day: boolean;
    attention: boolean;
  };
}
export interface AllDayRow {
  name: string;
  quantity: number;
  modifiers: { name: string; quantity: number }[];
}
export interface PrintEvent {
  print_jobs: PrintJobView[];
  printers: PrinterView[];
  attention: boolean;
}
export interface Heartbeat {
  seq: number;
  at: Instant;
}
export interface SyncView {
  origin: string;
  vector: Record<string, number>;
  role: 'acting' | 'standby' | 'solo';
  peers: { origin: string; url: string; state: string; lag_ms: number }[];
}
export interface DemoPrinter {
  id: Uuid;
  name: string;
  address: string;
  health: PrinterView['health'];
  slips: DemoSlip[];
}
export interface DemoSlip {
  index: number;
  at: Instant;
  text: string;
  png: string;
  cut: boolean;
}
export type DemoFault =
  'paper_out' | 'paper_near_end' | 'cover_open' | 'offline' | 'cut_cable' | 'power_cycle' | 'none';
