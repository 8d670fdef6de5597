import { expect, it } from 'vitest';
import type { RoleRights } from '$lib/api/schema';
import { asDelivered, decisions, takenBack } from './rightsTable';

const role = (
  name: RoleRights['role'],
  permissions: RoleRights['permissions'],
  delivered: RoleRights['delivered'],
): RoleRights => ({ role: name, id: `id-${name}`, permissions, delivered, kept: [] });

const waiter = role('waiter', ['order', 'comp'], ['order', 'serve']);
const host = role('host', ['order'], ['order']);

it('a_row_goes_back_to_what_was_delivered_where_it_differs_and_nowhere_else', () => {
  expect(asDelivered([waiter, host], 'comp')).toEqual([
    { of: waiter, permission: 'comp', may: false },
  ]);
  expect(asDelivered([waiter, host], 'order')).toEqual([]);
});

it('what_was_put_back_can_be_taken_back', () => {
  const cells = asDelivered([waiter, host], 'serve');
  expect(decisions(cells)).toEqual([{ id: 'id-waiter', cells: { serve: 'may' } }]);
  expect(decisions(takenBack(cells))).toEqual([{ id: 'id-waiter', cells: { serve: 'may_not' } }]);
});
