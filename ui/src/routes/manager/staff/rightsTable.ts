import type { Permission, RoleRights } from '$lib/api/schema';

export type RightsGroup = 'guests' | 'orders' | 'kitchen' | 'money' | 'venue';

export const groups: RightsGroup[] = ['guests', 'orders', 'kitchen', 'money', 'venue'];

/** Where a person looks for each permission. */
export const groupOf: Record<Permission, RightsGroup> = {
  seat: 'guests',
  transfer: 'guests',
  order: 'orders',
  fire: 'orders',
  void: 'orders',
  void_sent: 'orders',
  bump: 'kitchen',
  serve: 'kitchen',
  eighty_six: 'kitchen',
  take_payment: 'money',
  print: 'money',
  comp: 'money',
  discount: 'money',
  refund: 'money',
  reopen: 'money',
  drawer: 'money',
  close_day: 'money',
  view_reports: 'venue',
  view_audit: 'venue',
  edit_menu: 'venue',
  edit_floor: 'venue',
  edit_settings: 'venue',
  edit_staff: 'venue',
};

/** Whether a role may do what it was delivered without, or the other way round. */
export const isChanged = (of: RoleRights, permission: Permission) =>
  of.permissions.includes(permission) !== of.delivered.includes(permission);

/** A cell as it is to be. */
export interface Cell {
  of: RoleRights;
  permission: Permission;
  may: boolean;
}

/** The cells of a permission that differ, as they were delivered. */
export const asDelivered = (roles: RoleRights[], permission: Permission): Cell[] =>
  roles
    .filter((of) => isChanged(of, permission))
    .map((of) => ({ of, permission, may: of.delivered.includes(permission) }));

/** The same cells as they were before they were decided. */
export const takenBack = (cells: Cell[]): Cell[] =>
  cells.map((cell) => ({ ...cell, may: cell.of.permissions.includes(cell.permission) }));

/** What the hub is told, role by role. */
export const decisions = (cells: Cell[]) =>
  cells.map(({ of, permission, may }) => ({
    id: of.id,
    cells: { [permission]: may ? 'may' : 'may_not' } as const,
  }));
