import type { components } from '../../src/lib/api/generated';
import type { Hub } from '../hub';
import { section, type Screen } from './screens';

type Schemas = components['schemas'];

/** The editor of one entity of each kind; what is changed in them stays a draft of that device. */
export async function editorsOf(hub: Hub): Promise<Screen[]> {
  const catalogue = await hub.get<Schemas['CatalogueView']>('/catalogue');
  const item = catalogue.items.find((one) => one.modifier_groups.length > 0)!;
  const editor = (slug: string, id: string, shows: string, touch?: string[]): Screen => ({
    ...section(`${slug}/${id}`, shows),
    name: `edit ${slug}`,
    touch,
  });
  return [
    editor('menu/item', item.id, 'add-schedule', ['add-schedule']),
    editor('menu/category', catalogue.categories[0]!.id, 'field-name'),
    editor('menu/group', catalogue.modifier_groups[0]!.id, 'add-modifier', ['add-modifier']),
    editor('stations', catalogue.stations[0]!.id, 'field-slug'),
    editor('printers', catalogue.printers[0]!.id, 'field-address'),
    editor('staff', catalogue.staff[0]!.id, 'role-table', ['set-pin']),
    { ...section('menu', 'draft-review'), name: 'publish', touch: ['draft-review'] },
  ];
}
