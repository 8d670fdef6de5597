import type { CategoryView, ItemView, TicketView } from '$lib/api/schema';

const POPULAR_MAX = 9;

/** The menu in the order it is printed: by category, then by place within it. */
export function inMenuOrder(items: Iterable<ItemView>, categories: CategoryView[]): ItemView[] {
  const place = new Map(categories.map((category) => [category.id, category.sort]));
  const of = (item: ItemView) => place.get(item.category_id) ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort((a, b) => of(a) - of(b) || a.sort - b.sort);
}

/** How many of each item the kitchen has been told to make lately, by the name a ticket gives it. */
export function soldLately(tickets: Iterable<TicketView>): Map<string, number> {
  const sold = new Map<string, number>();
  for (const ticket of tickets) {
    for (const line of ticket.lines)
      if (!line.voided) sold.set(line.name, (sold.get(line.name) ?? 0) + line.quantity);
  }
  return sold;
}

/** The first page of the pad: the venue's favourites, then what sells most now and is none of them. */
export function firstPage(
  menu: ItemView[],
  sold: ReadonlyMap<string, number>,
): { favourites: ItemView[]; popular: ItemView[] } {
  const popular = menu
    .filter((item) => !item.favourite && (sold.get(item.name) ?? 0) > 0)
    .sort((a, b) => sold.get(b.name)! - sold.get(a.name)!)
    .slice(0, POPULAR_MAX);
  return { favourites: menu.filter((item) => item.favourite), popular };
}
